#include "slurm/free_slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <tuple>

namespace septet::slurm {

bool operator<(const Demand& a, const Demand& b) {
  if (a.cpus != b.cpus) return a.cpus < b.cpus;
  return std::ranges::lexicographical_compare(
      a.slices, b.slices, {}, [](const auto& one) { return std::tie(one.type, one.count); },
      [](const auto& one) { return std::tie(one.type, one.count); });
}

bool FreeNode::take(const Demand& demand) {
  if (cpus < static_cast<std::int64_t>(demand.cpus)) return false;
  for (const publish::GresCount& one : demand.slices) {
    const auto have = free.find(one.type);
    if (have == free.end() || have->second < static_cast<std::int64_t>(one.count)) return false;
  }
  for (const publish::GresCount& one : demand.slices)
    free.find(one.type)->second -= static_cast<std::int64_t>(one.count);
  cpus -= static_cast<std::int64_t>(demand.cpus);
  claimed = true;
  return true;
}

FreeNode free_of(const SlurmNode& node) {
  FreeNode found;
  for (const publish::GresCount& one : node.offers)
    found.free[one.type] += static_cast<std::int64_t>(one.count);
  for (const publish::GresCount& one : node.used)
    found.free[one.type] -= static_cast<std::int64_t>(one.count);
  found.cpus = static_cast<std::int64_t>(node.cpus) - static_cast<std::int64_t>(node.alloc_cpus);
  return found;
}

bool NewCut::place_in(std::vector<Gpu>& gpus, std::string_view profile) const {
  const mig::GpuInstanceProfile* const wanted = geometry_->find_name(profile);
  if (wanted == nullptr) return false;
  for (Gpu& gpu : gpus) {
    const std::uint64_t fits = table_->fits(gpu.taken);
    int most_room = -1;
    const mig::FitTable::Pair* best = nullptr;
    for (std::size_t i = 0; i < table_->pairs().size(); ++i) {
      const mig::FitTable::Pair& pair = table_->pairs()[i];
      if (((fits >> i) & 1u) == 0 || pair.profile->id != wanted->id) continue;
      mig::Occupancy after = gpu.taken;
      after.add(*pair.profile, pair.at);
      const int room = std::popcount(table_->fits(after));
      if (room <= most_room) continue;
      most_room = room;
      best = &pair;
    }
    if (best == nullptr) continue;
    gpu.taken.add(*best->profile, best->at);
    gpu.instances.push_back(fmt::format("{}:{}", best->profile->name, best->at.start));
    return true;
  }
  return false;
}

bool NewCut::place(std::string_view profile) { return place_in(gpus_, profile); }

bool NewCut::take(const Demand& demand) {
  if (cpus_ < demand.cpus) return false;
  std::vector<Gpu> tried = gpus_;
  for (const publish::GresCount& one : demand.slices)
    for (std::uint64_t n = 0; n < one.count; ++n)
      if (!place_in(tried, one.type)) return false;
  gpus_ = std::move(tried);
  cpus_ -= demand.cpus;
  return true;
}

std::vector<std::vector<std::string>> NewCut::layout() const {
  std::vector<std::vector<std::string>> gpus;
  for (const Gpu& gpu : gpus_) gpus.push_back(gpu.instances);
  return gpus;
}

}  // namespace septet::slurm
