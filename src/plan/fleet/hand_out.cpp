#include "plan/fleet/hand_out.h"

#include <algorithm>

namespace septet::plan {

using Profile = const mig::GpuInstanceProfile*;

HandOut::HandOut(const Fleet& fleet, const FleetFillings& fillings)
    : fleet_(fleet), fillings_(fillings) {
  for (const auto& classes : fillings.classes) asked_.emplace_back(classes.size());
}

void HandOut::ask(const FleetChoice& choice, std::uint64_t replicas) {
  Queue& queue =
      asked_[choice.product][class_of(fillings_.classes[choice.product], choice.profile)];
  const auto known = std::ranges::find(queue, choice.profile, &Asked::profile);
  if (known == queue.end()) {
    queue.push_back({choice.profile, replicas});
  } else {
    known->left += replicas;
  }
}

// The profiles that the slots of the next GPU become (nullptr: left out), and in `alike` of how
// many GPUs in a row at the most. Takes nothing from the queue yet.
std::vector<Profile> HandOut::next_of(Queue& queue, std::uint16_t slots, std::uint64_t& alike) {
  std::vector<Profile> profiles;
  for (const Asked& asked : queue) {
    if (asked.left == 0 || profiles.size() == slots) continue;
    const std::uint64_t free = slots - profiles.size();
    const std::uint64_t taken = std::min(asked.left, free);
    alike = std::min(alike, asked.left / taken);
    profiles.insert(profiles.end(), taken, asked.profile);
    // A profile that runs out within the GPU makes the next GPU different.
    if (taken < free) alike = std::min<std::uint64_t>(alike, 1);
  }
  profiles.resize(slots, nullptr);
  return profiles;
}

void HandOut::fill(std::size_t pool, const Filling& filling, std::uint64_t gpus) {
  auto& queues = asked_[fleet_.pools[pool].product];
  const auto& classes = fillings_.classes[fleet_.pools[pool].product];
  while (gpus > 0) {
    std::uint64_t alike = gpus;
    std::vector<std::vector<Profile>> slots;
    for (std::size_t c = 0; c < queues.size(); ++c)
      slots.push_back(next_of(queues[c], filling.added[c], alike));
    FleetRow row{pool, {}, alike};
    std::vector<std::size_t> used(queues.size(), 0);
    for (const mig::Instance& place : filling.placed) {
      const std::size_t c = class_of(classes, place.profile);
      if (used[c] >= slots[c].size()) continue;  // a class that nobody uses
      const Profile profile = slots[c][used[c]++];
      if (profile == nullptr) continue;
      row.added.push_back({profile, place.at});
      std::ranges::find(queues[c], profile, &Asked::profile)->left -= alike;
    }
    if (row.added.empty()) return;  // nothing is left to place
    rows_.push_back(std::move(row));
    gpus -= alike;
  }
}

bool HandOut::all_placed() const {
  return std::ranges::all_of(asked_, [](const std::vector<Queue>& queues) {
    return std::ranges::all_of(queues, [](const Queue& queue) {
      return std::ranges::all_of(queue, [](const Asked& asked) { return asked.left == 0; });
    });
  });
}

}  // namespace septet::plan
