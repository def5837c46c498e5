// plan/online/fleet_state.h — who sits where on every GPU of a fleet, and which GPUs look alike.
//
// GPUs that hold the same layout are one *group*: a decision weighs groups (723 per 7-slice
// product, whatever the size of the fleet), then takes any GPU of the one it likes. The layout says
// more than the occupied mask (what will leave, and together with what), and whoever asks only for
// the mask has it in Shape::mask.
// Shapes. GPUs are numbered 0 to gpus() - 1, pool after pool; groups 0 to groups() - 1, pool after
//         pool, by layout. A job is a number of the caller's.
// Cost.   place and release O(1), with no allocation once warm. 64 bytes and two indices per GPU.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "plan/online/shape.h"

namespace septet::plan::online {

using Gpu = std::uint32_t;
using Group = std::uint32_t;
using Job = std::uint32_t;
constexpr Job kNobody = 0xffffffff;
constexpr std::uint8_t kNoClass = 0xff;

// GPUs of one product in a fleet.
struct Pool {
  std::shared_ptr<const Shape> shape;
  std::uint32_t gpus = 0;
  // Which class of the shape serves request class r; kNoClass: none. Empty: class r serves r.
  std::vector<std::uint8_t> serves;
};

struct Choice {
  Gpu gpu = 0;
  std::uint8_t window = 0;  // of the shape of the GPU's pool
  friend bool operator==(const Choice&, const Choice&) = default;
};

// Hears of every change, after it was made. `from_left` is how many GPUs remain in the group that
// was left, `to_now` how many are in the one that was joined.
class FleetWatcher {
 public:
  virtual ~FleetWatcher() = default;
  virtual void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) = 0;
};

class FleetState {
 public:
  explicit FleetState(std::vector<Pool> pools);
  FleetState(const FleetState&) = delete;
  FleetState& operator=(const FleetState&) = delete;

  const std::vector<Pool>& pools() const { return pools_; }
  unsigned request_classes() const { return request_classes_; }
  Gpu gpus() const { return static_cast<Gpu>(gpu_.size()); }
  Gpu first_gpu(unsigned pool) const { return first_gpu_[pool]; }
  Group groups() const { return static_cast<Group>(members_.size()); }
  Group first_group(unsigned pool) const { return first_group_[pool]; }

  // Of a group.
  unsigned pool_of_group(Group group) const { return pool_of_group_[group]; }
  const Shape& shape_of_group(Group group) const { return *pools_[pool_of_group_[group]].shape; }
  Shape::Layout layout_of_group(Group group) const {
    return static_cast<Shape::Layout>(group - first_group_[pool_of_group_[group]]);
  }
  const std::vector<Gpu>& members(Group group) const { return members_[group]; }

  // Of a GPU.
  Group group(Gpu gpu) const { return gpu_[gpu].group; }
  unsigned pool(Gpu gpu) const { return pool_of_group_[gpu_[gpu].group]; }
  const Shape& shape(Gpu gpu) const { return shape_of_group(gpu_[gpu].group); }
  Shape::Layout layout(Gpu gpu) const { return layout_of_group(gpu_[gpu].group); }
  // Who holds the window; kNobody when it is not held.
  Job occupant(Gpu gpu, unsigned window) const;
  // The class of the GPU's shape that serves a request class; kNoClass: none.
  std::uint8_t serving_class(unsigned pool, unsigned request) const {
    const auto& serves = pools_[pool].serves;
    return serves.empty() ? static_cast<std::uint8_t>(request) : serves[request];
  }

  bool free(Choice at) const {
    return ((shape(at.gpu).fits(layout(at.gpu)) >> at.window) & 1u) != 0;
  }
  // The window must be free (a bug otherwise).
  void place(Choice at, Job job);
  // The window must be held (a bug otherwise). Who held it.
  Job release(Choice at);

  // Memory units, of the whole fleet.
  std::uint64_t units() const { return units_; }
  std::uint64_t taken_units() const { return taken_units_; }

  // Watchers outlive their being watched: remove_watcher before they go.
  void add_watcher(FleetWatcher* watcher) { watchers_.push_back(watcher); }
  void remove_watcher(FleetWatcher* watcher) { std::erase(watchers_, watcher); }

 private:
  struct alignas(64) Record {
    Group group = 0;
    std::uint32_t position = 0;      // in members_[group]
    std::array<Job, 12> occupant{};  // by start of the window
  };
  void move(Gpu gpu, Group to);

  std::vector<Pool> pools_;
  unsigned request_classes_ = 0;
  std::vector<Gpu> first_gpu_;
  std::vector<Group> first_group_;
  std::vector<std::uint8_t> pool_of_group_;
  std::vector<Record> gpu_;
  std::vector<std::vector<Gpu>> members_;
  std::vector<FleetWatcher*> watchers_;
  std::uint64_t units_ = 0, taken_units_ = 0;
};

}  // namespace septet::plan::online
