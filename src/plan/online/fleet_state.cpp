#include "plan/online/fleet_state.h"

#include <algorithm>

namespace septet::plan::online {

FleetState::FleetState(std::vector<Pool> pools) : pools_(std::move(pools)) {
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    const Pool& pool = pools_[p];
    SEPTET_ASSERT(pool.shape->units() <= 12);
    const auto empty = static_cast<Group>(members_.size());
    const auto first = static_cast<Gpu>(gpu_.size());
    first_group_.push_back(empty);
    first_gpu_.push_back(first);
    members_.resize(members_.size() + pool.shape->layouts());
    pool_of_group_.resize(members_.size(), static_cast<std::uint8_t>(p));
    Record unused;
    unused.group = empty;
    unused.occupant.fill(kNobody);
    gpu_.resize(gpu_.size() + pool.gpus, unused);
    // Backwards: the last of a group is taken first, so an idle fleet fills from GPU 0 on.
    for (std::uint32_t i = 0; i < pool.gpus; ++i) {
      gpu_[first + i].position = pool.gpus - 1 - i;
      members_[empty].push_back(first + pool.gpus - 1 - i);
    }
    const auto served =
        pool.serves.empty() ? pool.shape->classes() : static_cast<unsigned>(pool.serves.size());
    SEPTET_ASSERT(p == 0 || served == request_classes_);
    request_classes_ = served;
    units_ += std::uint64_t{pool.gpus} * pool.shape->units();
  }
}

Job FleetState::occupant(Gpu gpu, unsigned window) const {
  const Shape& its = shape(gpu);
  if (((its.held(layout(gpu)) >> window) & 1u) == 0) return kNobody;
  return gpu_[gpu].occupant[its.window(window).at.start];
}

void FleetState::move(Gpu gpu, Group to) {
  Record& record = gpu_[gpu];
  const Group from = record.group;
  std::vector<Gpu>& left = members_[from];
  const Gpu last = left.back();
  left[record.position] = last;
  gpu_[last].position = record.position;
  left.pop_back();
  record.group = to;
  record.position = static_cast<std::uint32_t>(members_[to].size());
  members_[to].push_back(gpu);
  for (FleetWatcher* watcher : watchers_)
    watcher->moved(gpu, from, to, left.size(), members_[to].size());
}

void FleetState::place(Choice at, Job job) {
  const Shape& its = shape(at.gpu);
  const Shape::Layout now = its.added(layout(at.gpu), at.window);
  SEPTET_ASSERT(now != Shape::kNone);
  const mig::Placement where = its.window(at.window).at;
  gpu_[at.gpu].occupant[where.start] = job;
  taken_units_ += where.size;
  move(at.gpu, first_group_[pool(at.gpu)] + now);
}

Job FleetState::release(Choice at) {
  const Shape& its = shape(at.gpu);
  const Shape::Layout now = its.removed(layout(at.gpu), at.window);
  SEPTET_ASSERT(now != Shape::kNone);
  const mig::Placement where = its.window(at.window).at;
  const Job job = gpu_[at.gpu].occupant[where.start];
  gpu_[at.gpu].occupant[where.start] = kNobody;
  taken_units_ -= where.size;
  move(at.gpu, first_group_[pool(at.gpu)] + now);
  return job;
}

}  // namespace septet::plan::online
