#include "plan/online/gpu_order.h"

#include <bit>

namespace septet::plan::online {

BitTree::BitTree(std::size_t size) : size_(size) {
  std::size_t bits = size;
  do {
    bits = (bits + 63) / 64;
    levels_.emplace_back(bits, 0);
  } while (bits > 1);
}

void BitTree::set(std::size_t at, bool on) {
  for (auto& level : levels_) {
    std::uint64_t& word = level[at / 64];
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    const bool before = word != 0;
    word = on ? word | bit : word & ~bit;
    const bool after = word != 0;
    if (before == after) return;
    at /= 64;
    on = after;
  }
}

std::size_t BitTree::next(std::size_t from) const {
  if (from >= size_) return size_;
  std::size_t at = from;
  for (std::size_t up = 0; up < levels_.size(); ++up) {
    if (at / 64 >= levels_[up].size()) return size_;
    const std::uint64_t rest = levels_[up][at / 64] & (~std::uint64_t{0} << (at % 64));
    if (rest == 0) {  // nothing left in this word: the next one, a level up
      at = at / 64 + 1;
      continue;
    }
    at = at / 64 * 64 + static_cast<std::size_t>(std::countr_zero(rest));
    for (std::size_t down = up; down > 0; --down)
      at = at * 64 + static_cast<std::size_t>(std::countr_zero(levels_[down - 1][at]));
    return at;
  }
  return size_;
}

GpuOrder::GpuOrder(FleetState& state) : state_(state) {
  SEPTET_ASSERT(state.request_classes() <= 64);
  for (Group group = 0; group < state.groups(); ++group) fitting_.push_back(fitting(group));
  for (unsigned request = 0; request < state.request_classes(); ++request) {
    fits_.emplace_back(state.gpus());
    for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
      if (((fitting_[state.group(gpu)] >> request) & 1u) != 0) fits_.back().set(gpu, true);
    }
  }
  state_.add_watcher(this);
}

GpuOrder::~GpuOrder() { state_.remove_watcher(this); }

std::uint64_t GpuOrder::fitting(Group group) const {
  std::uint64_t fits = 0;
  for (unsigned request = 0; request < state_.request_classes(); ++request) {
    const auto cls = state_.serving_class(state_.pool_of_group(group), request);
    if (cls == kNoClass) continue;
    if (state_.shape_of_group(group).fits(state_.layout_of_group(group), cls) != 0)
      fits |= std::uint64_t{1} << request;
  }
  return fits;
}

void GpuOrder::moved(Gpu gpu, Group from, Group to, std::size_t, std::size_t) {
  for (std::uint64_t changed = fitting_[from] ^ fitting_[to]; changed != 0;
       changed &= changed - 1) {
    const auto request = static_cast<unsigned>(std::countr_zero(changed));
    fits_[request].set(gpu, ((fitting_[to] >> request) & 1u) != 0);
  }
}

}  // namespace septet::plan::online
