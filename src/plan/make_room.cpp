#include "plan/make_room.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "plan/cut.h"
#include "plan/place_search.h"

namespace septet::plan {

namespace {

constexpr std::uint16_t kAnywhere = 0xffff;

Group& group_for(std::vector<Group>& groups, const mig::GpuInstanceProfile* profile,
                 std::uint16_t starts) {
  const auto known = std::ranges::find_if(groups, [&](const Group& group) {
    return group.profile == profile && group.starts == starts;
  });
  if (known != groups.end()) return *known;
  groups.push_back({profile, starts, 0, std::vector<Gain>(16)});
  return groups.back();
}

class RoomMaker {
 public:
  RoomMaker(const mig::Geometry& geometry, const std::vector<Occupant>& held,
            const std::vector<Wish>& wishes)
      : geometry_(geometry), held_(held), wishes_(wishes) {}

  std::optional<std::vector<Disturbed>> run() {
    for (std::size_t stopped = 0; stopped < (std::size_t{1} << held_.size()); ++stopped)
      consider(stopped);
    return std::move(best_);
  }

 private:
  using Cost = std::tuple<unsigned, unsigned, unsigned, unsigned>;
  static bool in(std::size_t set, std::size_t i) { return ((set >> i) & 1u) != 0; }

  std::vector<Group> groups_without(std::size_t stopped) const {
    std::vector<Group> groups;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (in(stopped, i)) continue;
      const auto* const profile = held_[i].instance.profile;
      Group& group = group_for(groups, profile, profile->starts);
      ++group.count;
      const mig::Placement at = held_[i].instance.at;
      group.gain[at.start] = {held_[i].busy ? 1u : 0u, at.size, 1};
    }
    for (const Wish& wish : wishes_) {
      const std::uint16_t fixed =
          wish.start ? static_cast<std::uint16_t>(*wish.start < 16 ? 1u << *wish.start : 0u)
                     : kAnywhere;
      ++group_for(groups, wish.profile, wish.profile->starts & fixed).count;
    }
    return groups;
  }

  void consider(std::size_t stopped) {
    unsigned stopped_busy = 0, stopped_units = 0, busy = 0, units = 0;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      (in(stopped, i) ? stopped_busy : busy) += held_[i].busy ? 1 : 0;
      (in(stopped, i) ? stopped_units : units) += held_[i].instance.at.size;
    }
    if (best_ && Cost{stopped_busy, 0, stopped_units, 0} >= best_cost_) return;
    const auto groups = groups_without(stopped);
    const auto places = search_places(geometry_, groups, {});
    if (!places) return;
    const Cost cost{stopped_busy, busy - places->gain.busy, stopped_units,
                    units - places->gain.units};
    if (best_ && cost >= best_cost_) return;
    best_cost_ = cost;
    best_ = disturbed(stopped, groups, places->chosen);
  }

  std::vector<Disturbed> disturbed(std::size_t stopped, const std::vector<Group>& groups,
                                   std::vector<Chosen> chosen) const {
    const auto take = [&](std::size_t i, bool where_it_is) -> std::optional<mig::Placement> {
      const mig::Instance& instance = held_[i].instance;
      const auto at = std::ranges::find_if(chosen, [&](const Chosen& one) {
        const Group& group = groups[one.group];
        return group.profile == instance.profile && group.starts == instance.profile->starts &&
               (!where_it_is || one.at == instance.at);
      });
      if (at == chosen.end()) return std::nullopt;
      const mig::Placement place = at->at;
      chosen.erase(at);
      return place;
    };
    std::vector<std::size_t> moved;
    std::vector<Disturbed> found;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (in(stopped, i)) {
        found.push_back({held_[i], {}});
      } else if (!take(i, true)) {
        moved.push_back(i);
      }
    }
    for (const std::size_t i : moved) found.push_back({held_[i], take(i, false)});
    return found;
  }

  const mig::Geometry& geometry_;
  const std::vector<Occupant>& held_;
  const std::vector<Wish>& wishes_;
  std::optional<std::vector<Disturbed>> best_;
  Cost best_cost_;
};

}  // namespace

std::vector<Occupant> occupants_of(const mig::Gpu& gpu) {
  std::vector<Occupant> occupants;
  for (const mig::GpuInstance& live : gpu.instances) {
    const auto* const profile = gpu.geometry->geometry.find_id(live.profile_id);
    occupants.push_back({{profile, live.at}, live.processes, in_use(live)});
  }
  return occupants;
}

std::optional<std::vector<Disturbed>> make_room(const mig::Geometry& geometry,
                                                const std::vector<Occupant>& held,
                                                const std::vector<Wish>& wishes) {
  return RoomMaker(geometry, held, wishes).run();
}

std::string to_string(const Disturbed& disturbed) {
  const mig::Instance& instance = disturbed.occupant.instance;
  const bool idle = !disturbed.occupant.busy;
  std::string text = fmt::format("{} {}{}", disturbed.to ? "move" : "stop", idle ? "idle " : "",
                                 instance.profile->name);
  text += disturbed.to ? fmt::format(" from {} to {}", instance.at.start, disturbed.to->start)
                       : fmt::format(" at {}", instance.at.start);
  if (idle) return text;
  return text + fmt::format(", in use by {}", who(disturbed.occupant.users));
}

}  // namespace septet::plan
