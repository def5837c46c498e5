// plan/online/gpu_order.h — the first GPU, by number, on which a request class fits.
//
// For policies that go by GPU number (first-fit, round-robin): per request class one bit per GPU,
// and above every 64 words one bit that says whether any is set. Finding the next set bit looks at
// a word per level: four levels at a million GPUs.
#pragma once

#include <vector>

#include "plan/online/fleet_state.h"

namespace septet::plan::online {

class BitTree {
 public:
  explicit BitTree(std::size_t size);
  void set(std::size_t at, bool on);
  // The first set bit at or after `from`; size() when there is none.
  std::size_t next(std::size_t from) const;
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::vector<std::vector<std::uint64_t>> levels_;  // the lowest first
};

class GpuOrder final : public FleetWatcher {
 public:
  explicit GpuOrder(FleetState& state);
  ~GpuOrder() override;
  GpuOrder(const GpuOrder&) = delete;
  GpuOrder& operator=(const GpuOrder&) = delete;

  // The first GPU from `from` on; state.gpus() when there is none.
  Gpu next_fit(unsigned request, Gpu from) const {
    return static_cast<Gpu>(fits_[request].next(from));
  }
  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;

 private:
  // Bit r set: request class r fits a GPU of that group.
  std::uint64_t fitting(Group group) const;
  FleetState& state_;
  std::vector<std::uint64_t> fitting_;
  std::vector<BitTree> fits_;
};

}  // namespace septet::plan::online
