#include "plan/refusal.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/make_room.h"

namespace septet::plan {

namespace {

// What is wished beyond what is there. Wishes with a start choose first: the others take any.
std::vector<Wish> missing(const std::vector<Wish>& wishes, std::vector<mig::Instance> held) {
  std::vector<Wish> left;
  for (const bool fixed : {true, false}) {
    for (const Wish& wish : wishes) {
      if (wish.start.has_value() != fixed) continue;
      const auto there = std::ranges::find_if(held, [&wish](const mig::Instance& instance) {
        return instance.profile == wish.profile &&
               (!wish.start || instance.at.start == *wish.start);
      });
      if (there == held.end()) {
        left.push_back(wish);
      } else {
        held.erase(there);
      }
    }
  }
  return left;
}

std::string disturbed_text(const std::vector<Disturbed>& disturbed) {
  std::string text;
  for (const Disturbed& one : disturbed)
    text += fmt::format("{}{}", text.empty() ? "" : "; ", to_string(one));
  return text;
}

std::string users_text(const std::vector<Occupant>& held) {
  std::string text;
  for (const Occupant& occupant : held) {
    if (!occupant.busy) continue;
    text += fmt::format("\n  in use: {} at {} by {}", occupant.instance.profile->name,
                        occupant.instance.at.start, who(occupant.users));
  }
  return text;
}

std::string remedy(const mig::Gpu& gpu, const std::vector<Occupant>& held,
                   const std::vector<Wish>& wishes, const Explanation& answer) {
  std::string text;
  if (!held.empty()) {
    const auto room = make_room(gpu.geometry->geometry, held, wishes);
    if (room) text = "to make it fit: " + disturbed_text(*room);
  }
  if (answer.nearest.empty()) {
    return text.empty() ? "ask for less, or another GPU" : text;
  }
  const Alternative& near = answer.nearest.front();
  return text + fmt::format("{}ask for {} ({})", text.empty() ? "" : "; or ",
                            count_text(near.profiles), near.change);
}

}  // namespace

Error refusal(const mig::Gpu& gpu, const std::vector<Wish>& wishes, bool rest_stays) {
  const mig::Geometry& geometry = gpu.geometry->geometry;
  std::vector<Occupant> held;
  if (rest_stays) held = occupants_of(gpu);
  std::vector<mig::Instance> instances;
  for (const Occupant& occupant : held) instances.push_back(occupant.instance);
  const std::vector<Wish> lacking = missing(wishes, instances);
  const Explanation answer = explain(geometry, instances, lacking);
  const std::string part =
      answer.largest_part.empty() ? "nothing" : count_text(answer.largest_part);
  return {Code::kInfeasible,
          fmt::format("{} does not fit on GPU {}{}: {}{}\n  of it fits: {}",
                      count_text(wished_profiles(lacking)), gpu.index,
                      held.empty() ? "" : " beside what it holds", answer.reason, users_text(held),
                      part),
          remedy(gpu, held, lacking, answer), 0, nullptr};
}

std::string part_beside_users(const mig::Gpu& gpu, const GpuCut& to) {
  if (to.mode != mig::MigMode::kOn || gpu.geometry == nullptr) return "nothing";
  const mig::Geometry& geometry = gpu.geometry->geometry;
  std::vector<mig::Instance> stays;
  const auto stands = [&stays](const mig::Instance& instance) {
    return std::ranges::find(stays, instance) != stays.end();
  };
  for (const Occupant& occupant : occupants_of(gpu)) {
    if (occupant.busy) stays.push_back(occupant.instance);
  }
  std::vector<Wish> wishes;
  for (const InstanceCut& wanted : to.instances) {
    const mig::Instance instance{geometry.find_id(wanted.profile_id), wanted.at};
    if (instance.profile == nullptr) return "nothing";
    if (!stands(instance)) wishes.push_back({instance.profile, {}});
  }
  if (wishes.empty()) return "all of it";
  const Explanation answer = explain(geometry, stays, wishes);
  if (answer.fits) return "all of it, at other places";
  return answer.largest_part.empty() ? "nothing" : count_text(answer.largest_part);
}

}  // namespace septet::plan
