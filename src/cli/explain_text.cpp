#include "cli/explain_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/plan_text.h"

namespace septet::cli {

namespace {

using Profile = const mig::GpuInstanceProfile*;

std::string fitted(std::string_view text, std::size_t width) {
  std::string out(text.substr(0, width));
  out.resize(width, ' ');
  return out;
}

std::string smi(const ExplainedWish& wish, const std::string& list) {
  return fmt::format("nvidia-smi mig -i {} -cgi {} -C", wish.gpu.value_or(0), list);
}

std::string names(const std::vector<Profile>& profiles) {
  std::string text;
  for (const Profile profile : profiles)
    text += fmt::format("{}{}", text.empty() ? "" : ",", profile->name);
  return text;
}

std::string placed(const std::vector<mig::Instance>& instances) {
  std::string text;
  for (const mig::Instance& instance : instances) {
    text +=
        fmt::format("{}{}:{}", text.empty() ? "" : ",", instance.profile->name, instance.at.start);
  }
  return text;
}

std::vector<Profile> asked(const ExplainedWish& wish) {
  std::vector<Profile> profiles;
  for (const plan::Wish& one : wish.meaning.wishes) profiles.push_back(one.profile);
  return profiles;
}

// How to get it with nvidia-smi.
std::string how(const ExplainedWish& wish) {
  const plan::Explanation& answer = *wish.answer;
  std::string text = wrapped("  with places   ", smi(wish, placed(answer.created)));
  const bool fixed = std::ranges::any_of(wish.meaning.wishes,
                                         [](const auto& one) { return one.start.has_value(); });
  if (fixed) return text;
  if (!answer.given_order_fails)
    return text + wrapped("  or as asked   ", smi(wish, names(asked(wish))));
  text += wrapped(
      "  not as        ",
      fmt::format("{}: the driver places each where it likes and then has no room for number {}",
                  names(asked(wish)), answer.first_refused + 1));
  if (answer.working_order.empty()) {
    return text + "  no order works without places\n";
  }
  return text + wrapped("  but as        ", smi(wish, names(answer.working_order)));
}

std::string no_text(const ExplainedWish& wish) {
  const plan::Explanation& answer = *wish.answer;
  std::string text = wrapped("  why           ", answer.reason);
  for (const plan::Alternative& other : answer.nearest) {
    const bool first = &other == &answer.nearest.front();
    text += wrapped(first ? "  nearest       " : "                ",
                    fmt::format("{}  ({})", plan::count_text(other.profiles), other.change));
  }
  text += wrapped("  of it fits    ", answer.largest_part.empty()
                                          ? std::string("nothing")
                                          : plan::count_text(answer.largest_part));
  if (!wish.room) return text;
  for (const plan::Disturbed& one : *wish.room) {
    const bool first = &one == &wish.room->front();
    text += wrapped(first ? "  to make room  " : "                ", plan::to_string(one));
  }
  return text;
}

Json room_json(const std::vector<plan::Disturbed>& room) {
  Json json = Json::array();
  for (const plan::Disturbed& one : room) {
    Json users = Json::array();
    for (const mig::Process& user : one.occupant.users)
      users.push_back({{"pid", user.pid}, {"name", user.name}});
    json.push_back({{"profile", one.occupant.instance.profile->name},
                    {"start", one.occupant.instance.at.start},
                    {"to", one.to ? Json(one.to->start) : Json(nullptr)},
                    {"users", std::move(users)}});
  }
  return json;
}

std::string traps_text(const std::vector<plan::Trap>& traps) {
  std::string text;
  for (const plan::Trap& trap : traps) {
    text += wrapped("  mind          ", trap.what);
    if (!trap.instead.empty()) text += wrapped("    instead     ", trap.instead);
  }
  return text;
}

std::string verdict(const ExplainedWish& wish) {
  const std::string what = plan::count_text(asked(wish));
  const std::string beside = wish.held.empty() ? "" : " beside what it holds";
  if (!wish.meaning.as_written) {
    return fmt::format("no: that is not what {} has; as {} it {}", wish.board, what,
                       wish.answer->fits ? "would fit" + beside : "would not fit either");
  }
  if (!wish.answer->fits)
    return fmt::format("no: {} does not fit on {}{}", what, wish.board, beside);
  if (!wish.yes())
    return fmt::format("no: in this order {} does not fit on {}, in another it does", what,
                       wish.board);
  return fmt::format("yes: {} fits on {}{}", what, wish.board, beside);
}

Json names_json(const std::vector<Profile>& profiles) {
  Json json = Json::array();
  for (const Profile profile : profiles) json.push_back(profile->name);
  return json;
}

Json placed_json(const std::vector<mig::Instance>& instances) {
  Json json = Json::array();
  for (const mig::Instance& instance : instances) {
    json.push_back({{"profile", instance.profile->name},
                    {"profile_id", instance.profile->id},
                    {"start", instance.at.start},
                    {"size", instance.at.size}});
  }
  return json;
}

}  // namespace

std::string draw_layout(const mig::Geometry& geometry, const mig::Layout& layout) {
  const std::size_t width = geometry.units == 0 ? 0 : 72 / geometry.units;
  std::string edge = "+", row = "|", scale = " ";
  for (unsigned unit = 0; unit < geometry.units;) {
    const auto at = std::ranges::find_if(layout.instances(), [unit](const mig::Instance& instance) {
      return instance.at.start == unit;
    });
    const bool free = at == layout.instances().end();
    const unsigned size = free ? 1 : at->at.size;
    edge += std::string(size * width - 1, '-') + "+";
    row += fitted(free ? " ." : fmt::format(" {}", at->profile->name), size * width - 1) + "|";
    for (unsigned u = unit; u < unit + size; ++u) scale += fitted(fmt::format(" {}", u), width);
    unit += size;
  }
  while (scale.ends_with(' ')) scale.pop_back();
  return fmt::format("  {}\n  {}\n  {}\n  {}\n", edge, row, edge, scale);
}

std::string explain_text(const ExplainedWish& wish) {
  if (!wish.answer) {
    const std::string board = wish.board.empty() ? "any board" : wish.board;
    return wish.traps.empty()
               ? fmt::format("nothing to say against that on {}\n", board)
               : fmt::format("{}: that works, but\n{}", board, traps_text(wish.traps));
  }
  std::string text = wrapped("", verdict(wish));
  if (wish.answer->fits) {
    text += draw_layout(*wish.geometry, wish.answer->layout) + how(wish);
  } else {
    if (!wish.held.empty()) text += draw_layout(*wish.geometry, wish.answer->layout);
    text += no_text(wish);
  }
  return text + traps_text(wish.traps);
}

Json explain_json(const ExplainedWish& wish) {
  Json json;
  json["board"] = wish.board.empty() ? Json(nullptr) : Json(wish.board);
  json["fits"] = wish.yes();
  json["gpu"] = wish.gpu ? Json(*wish.gpu) : Json(nullptr);
  json["traps"] = Json::array();
  for (const plan::Trap& trap : wish.traps) {
    json["traps"].push_back({{"what", trap.what}, {"instead", trap.instead}});
  }
  if (!wish.answer) return json;
  const plan::Explanation& answer = *wish.answer;
  json["as_written"] = wish.meaning.as_written;
  json["wish"] = names_json(asked(wish));
  json["held"] = placed_json(wish.held);
  json["reason"] = answer.reason;
  json["layout"] = answer.fits ? placed_json(answer.layout.instances()) : Json(nullptr);
  json["create"] = answer.fits ? placed_json(answer.created) : Json(nullptr);
  json["given_order_works"] = answer.fits && !answer.given_order_fails;
  json["working_order"] = names_json(answer.working_order);
  json["nearest"] = Json::array();
  for (const plan::Alternative& other : answer.nearest) {
    json["nearest"].push_back({{"change", other.change},
                               {"profiles", names_json(other.profiles)},
                               {"layout", placed_json(other.layout.instances())}});
  }
  json["largest_part"] = names_json(answer.largest_part);
  json["to_make_room"] = wish.room ? room_json(*wish.room) : Json(nullptr);
  json["layouts_tried"] = answer.layouts_tried;
  return json;
}

}  // namespace septet::cli
