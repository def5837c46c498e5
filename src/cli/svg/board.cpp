#include "cli/svg/board.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/svg/palette.h"

namespace septet::cli::svg {

namespace {

constexpr double kPillAbove = 7, kBoxHeight = 56, kPillHeight = 14;
constexpr std::size_t kMostBands = 3;
constexpr double kInset = 4;  // of text from the wall of its box
constexpr Font kProfileFont{11, true}, kNameFont{11, false}, kPillFont{9.5, true},
    kRulerFont{9, false};
constexpr std::string_view kMinus = "\xe2\x88\x92", kTimes = "\xc3\x97";

struct PillLook {
  std::string_view fill, stroke, ink;
};

PillLook pill_look(Fate fate) {
  switch (fate) {
    case Fate::kNew: return {"#1b5e3b", "#1b5e3b", "#ffffff"};
    case Fate::kGoes: return {"#9b2226", "#9b2226", "#ffffff"};
    case Fate::kStays:
    case Fate::kUntold: return {"#ffffff", "#555555", "#1a1a1a"};
  }
  return {"#ffffff", "#555555", "#1a1a1a"};
}

std::string pill_words(const DrawnInstance& instance) {
  std::string number = instance.steps.empty() ? "" : " " + instance.steps;
  switch (instance.fate) {
    case Fate::kNew: return "+" + number;
    case Fate::kGoes: return std::string(kMinus) + number;
    case Fate::kStays: return number.empty() ? "=" : "= \xc2\xb1" + number.substr(1);
    case Fate::kUntold: return number;
  }
  return number;
}

std::string_view fate_word(Fate fate) {
  switch (fate) {
    case Fate::kNew: return "new";
    case Fate::kGoes: return "destroyed";
    case Fate::kStays: return "stays";
    case Fate::kUntold: return "";
  }
  return "";
}

std::string name_with_count(const Occupant& who) {
  return who.gpus == 0 ? who.name : fmt::format("{} {}{}", who.name, kTimes, who.gpus);
}

// Wide enough for its words, from the right wall of the box; the words are cut where it is not.
std::string pill(const DrawnInstance& instance, Box box) {
  std::string words = pill_words(instance);
  const double room = box.width - 8;
  if (instance.in_use) {
    const std::string longer = words + (words.empty() ? "in use" : " in use");
    const bool fits = width_of(longer, kPillFont) + 10 <= room;
    words = fits ? longer : words + "\xe2\x97\x8f";
  }
  if (words.empty()) return {};
  const double width = std::min(width_of(words, kPillFont) + 10, room);
  const PillLook look = pill_look(instance.fate);
  const Box at{box.x + box.width - 4 - width, box.y - kPillAbove, width, kPillHeight};
  return rect(at, fmt::format("rx=\"7\" fill=\"{}\" stroke=\"{}\"", look.fill, look.stroke)) +
         text(at.x + width / 2, at.y + 10.5, words, width - 6, {kPillFont, look.ink, "middle"});
}

// The fills of all who share a box, each as long as they are many: beside or below each other.
std::string bands(const std::vector<Occupant>& who, Box box, bool beside) {
  double all = 0;
  for (const Occupant& one : who) all += static_cast<double>(std::max<std::uint64_t>(one.gpus, 1));
  std::string out;
  double before = 0;
  for (const Occupant& one : who) {
    const double share = static_cast<double>(std::max<std::uint64_t>(one.gpus, 1)) / all;
    const Box band = beside
                         ? Box{box.x + before * box.width, box.y, share * box.width, box.height}
                         : Box{box.x, box.y + before * box.height, box.width, share * box.height};
    out += rect(band, fmt::format("fill=\"{}\" class=\"band\"", fill_of(one.key)));
    before += share;
  }
  return out;
}

// The box with the fill of who is in it. A few who share it get bands of it; many, on which words
// could not be read, a strip at its top.
std::string walls(const DrawnInstance& instance, Box box) {
  if (instance.fate == Fate::kGoes) {
    return rect(box, fmt::format("fill=\"{}\" stroke=\"#9b2226\" stroke-width=\"1.5\" "
                                 "stroke-dasharray=\"5 3\"",
                                 kGoesFill));
  }
  const auto& who = instance.occupants;
  const auto stroke = instance.fate == Fate::kNew ? "stroke=\"#1a1a1a\" stroke-width=\"2\""
                                                  : "stroke=\"#555555\" stroke-width=\"1\"";
  if (who.size() < 2) {
    const auto key = who.empty() ? instance.key : who[0].key;
    return rect(box, fmt::format("fill=\"{}\" {}", fill_of(key), stroke));
  }
  const bool few = who.size() <= kMostBands;
  return (few ? "" : rect(box, fmt::format("fill=\"{}\" class=\"band\"", fill_of({})))) +
         (few ? bands(who, box, false) : bands(who, {box.x, box.y, box.width, 8}, true)) +
         rect(box, fmt::format("fill=\"none\" {}", stroke));
}

// "1g.10gb+me" where it fits; "1g+me" rather than a cut name that reads as another profile.
std::string profile_that_fits(const std::string& name, double width) {
  if (width_of(name, kProfileFont) <= width) return name;
  const auto dot = name.find('.'), gb = name.find("gb");
  if (dot == std::string::npos || gb == std::string::npos || gb < dot) return name;
  return name.substr(0, dot) + name.substr(gb + 2);
}

// The count stays when the name is shortened.
std::string counted_name(const Occupant& who, double width) {
  if (who.gpus == 0) return fitted(who.name, width, kNameFont);
  const std::string count = fmt::format(" {}{}", kTimes, who.gpus);
  return fitted(who.name, width - width_of(count, kNameFont), kNameFont) + count;
}

std::vector<std::string> names_in(const DrawnInstance& instance, double width) {
  const auto& who = instance.occupants;
  if (who.empty()) return {};
  if (who.size() == 1) return lines_of(name_with_count(who[0]), width, kNameFont, 2);
  std::vector<std::string> lines = {counted_name(who[0], width)};
  lines.push_back(who.size() == 2
                      ? counted_name(who[1], width)
                      : fitted(fmt::format("and {} more", who.size() - 1), width, kNameFont));
  return lines;
}

std::string writing(const DrawnInstance& instance, Box box) {
  const double x = box.x + kInset, width = box.width - 2 * kInset;
  const std::string_view ink = instance.fate == Fate::kGoes ? "#6b6b6b" : "#1a1a1a";
  std::string out =
      text(x, box.y + 18, profile_that_fits(instance.profile, width), width, {kProfileFont, ink});
  double y = box.y + 30.5;
  for (const std::string& one : names_in(instance, width)) {
    out += text(x, y, one, width, {kNameFont, ink});
    y += 11.5;
  }
  return out;
}

// Compute slices as bars over the first places of the foot, as wide as a memory unit each.
std::string bars(const DrawnInstance& instance, Box box) {
  const unsigned places = std::max({instance.size, instance.slices, 1u});
  const double one = box.width / places, y = box.y + box.height - 8;
  const std::string_view ink = instance.fate == Fate::kGoes ? "#8a8a8a" : "#2b2b2b";
  std::vector<bool> taken(places, false);
  std::string out;
  for (const ComputeSpan& span : instance.compute) {
    if (span.size == 0 || span.start + span.size > instance.slices) continue;
    for (unsigned s = span.start; s < span.start + span.size; ++s) taken[s] = true;
    const double x = box.x + span.start * one;
    out +=
        rect({x + 4, y, span.size * one - 8, 4}, fmt::format("class=\"compute\" fill=\"{}\"", ink));
    for (unsigned s = 1; s < span.size; ++s)
      out += line(x + s * one, y, x + s * one, y + 4, "stroke=\"#ffffff\" stroke-width=\"1.5\"");
  }
  for (unsigned s = 0; s < instance.slices; ++s) {
    if (taken[s]) continue;
    out += rect({box.x + s * one + 4.5, y + 0.5, one - 9, 3},
                fmt::format("class=\"no-compute\" fill=\"none\" stroke=\"{}\"", ink));
  }
  return out;
}

std::string instance_drawn(const DrawnInstance& instance, Box box) {
  return group("class=\"instance\"", words_of(instance),
               walls(instance, box) + writing(instance, box) + bars(instance, box));
}

std::string ruler(unsigned units, Box frame) {
  std::string lines, numbers;
  const double unit = frame.width / units, foot = frame.y + frame.height;
  for (unsigned u = 0; u <= units; ++u) {
    const double x = frame.x + u * unit;
    if (u > 0 && u < units) lines += line(x, frame.y, x, foot, "stroke-dasharray=\"2 3\"");
    lines += line(x, foot, x, foot + 4, "");
    if (u < units) {
      numbers += text(x + 2, foot + 12, std::to_string(u), unit, {kRulerFont, "#6b6b6b"});
    }
  }
  return group("stroke=\"#b9bfc6\"", "", lines) + numbers;
}

std::string title_of(const Board& board, const std::string& name) {
  std::string words;
  for (const DrawnInstance& instance : board.instances)
    words += (words.empty() ? "" : "; ") + words_of(instance);
  if (words.empty()) words = board.remark.empty() ? "empty" : board.remark;
  return name.empty() ? words : fmt::format("{}: {}", name, words);
}

}  // namespace

std::string words_of(const DrawnInstance& instance) {
  std::string out = fmt::format("{} at {}", instance.profile, instance.start);
  std::string more(fate_word(instance.fate));
  const auto add = [&more](const std::string& what) { more += (more.empty() ? "" : ", ") + what; };
  if (instance.in_use) add("in use");
  for (const Occupant& who : instance.occupants)
    add(who.gpus == 0 ? who.name : fmt::format("{} on {}", who.name, who.gpus));
  if (!instance.steps.empty()) add("step " + instance.steps);
  return more.empty() ? out : out + ": " + more;
}

Box box_of(const Board& board, const DrawnInstance& instance, double x, double y, double width) {
  const double unit = width / std::max(board.units, 1u);
  return {x + instance.start * unit, y + kPillAbove, instance.size * unit, kBoxHeight};
}

std::string drawn(const Board& board, const std::string& name, double x, double y, double width) {
  const Box frame{x, y + kPillAbove, width, kBoxHeight};
  std::string out = rect(frame, "class=\"board\" fill=\"#f4f5f7\" stroke=\"#b9bfc6\"");
  if (board.units > 0) out += ruler(board.units, frame);
  if (!board.remark.empty() && board.instances.empty()) {
    const double room = width - 2 * kInset;
    const double covers = std::min(width_of(board.remark, {12, false}) + 16, room);
    out += rect({x + (width - covers) / 2, frame.y + 19, covers, 18}, "rx=\"9\" fill=\"#f4f5f7\"") +
           text(x + width / 2, frame.y + 32, board.remark, room, {{12}, "#555555", "middle"});
  }
  std::string pills;
  for (const DrawnInstance& instance : board.instances) {
    const Box box = box_of(board, instance, x, y, width);
    out += instance_drawn(instance, box);
    pills += pill(instance, box);
  }
  return group("", title_of(board, name), out + pills);
}

}  // namespace septet::cli::svg
