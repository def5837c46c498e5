// plan/online/ordered_policies.h — the policies that go through GPUs by number, or by node.
#pragma once

#include "plan/online/gpu_order.h"
#include "plan/online/policy.h"

namespace septet::plan::online {

// The lowest GPU that has room; its lowest start, or the one the driver would take by default.
class FirstFit final : public Policy {
 public:
  enum class Start : std::uint8_t { kLowest, kDriverDefault };
  FirstFit(FleetState& state, Start start) : state_(state), order_(state), start_(start) {}
  std::optional<Choice> choose(unsigned request) override;

 private:
  FleetState& state_;
  GpuOrder order_;
  Start start_;
};

// The next GPU after the last one chosen.
class RoundRobin final : public Policy {
 public:
  explicit RoundRobin(FleetState& state) : state_(state), order_(state) {}
  std::optional<Choice> choose(unsigned request) override;

 private:
  FleetState& state_;
  GpuOrder order_;
  Gpu after_ = 0;
};

// GPUs in nodes of eight, of which one is chosen first; then a GPU of it; then the lowest start.
// Looks at every node and every GPU of one: what a Kubernetes scheduler does.
class NodePolicy final : public Policy, private FleetWatcher {
 public:
  enum class Rule : std::uint8_t {
    kBinpack,    // the fullest node with room, in it the fullest GPU with room
    kSpread,     // the emptiest of both
    kFreeSlots,  // the node with the most free memory, in it the first GPU with room
  };
  NodePolicy(FleetState& state, Rule rule);
  ~NodePolicy() override;
  std::optional<Choice> choose(unsigned request) override;

 private:
  static constexpr Gpu kGpusPerNode = 8;
  bool fits(Gpu gpu, unsigned request) const;
  std::optional<Gpu> gpu_of(Gpu node, unsigned request) const;
  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;
  unsigned free_units(Group group) const {
    return state_.shape_of_group(group).free_units(state_.layout_of_group(group));
  }

  FleetState& state_;
  Rule rule_;
  std::vector<unsigned> node_free_;
};

}  // namespace septet::plan::online
