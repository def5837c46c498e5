// plan/pods/placer.h — where the next pod goes: a policy over a fleet, one pod at a time.
//
// Nothing is known of later pods but how common each shape is. A node's score for a shape is kept
// until the node changes, so that a decision looks again only at nodes that changed since the last
// pod of that shape, and then only at blocks of nodes that may hold the best (best_node.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "plan/pods/best_node.h"
#include "plan/pods/policy.h"
#include "plan/pods/reserve.h"
#include "plan/pods/value.h"

namespace septet::plan::pods {

struct Placement {
  std::uint32_t node = 0;
  GpuSet gpus = 0;
};

// What pods are to be expected: `counts[s]` ask for `shapes[s]`.
struct Workload {
  std::span<const Shape> shapes;  // must outlive the placer
  std::span<const std::size_t> counts;
};

class Placer {
 public:
  // Of nodes with equal scores the first wins. `seed`: for Policy::kRandom alone.
  Placer(std::vector<Node> nodes, const Workload& workload, Policy policy, std::uint64_t seed);

  // Nothing when no node has room: the pod is lost.
  std::optional<Placement> place(std::uint32_t shape);
  std::span<const Node> nodes() const { return nodes_; }
  // Of a node for a shape, BestNode::kNoRoom included: what decides. For tests.
  float score(std::uint32_t shape, std::uint32_t node) const;

 private:
  float score_alone(const Node& node, std::uint32_t index, const Shape& shape) const;
  void build(std::uint32_t shape);
  void catch_up(std::uint32_t shape);
  void changed(std::uint32_t node);
  std::optional<std::uint32_t> best_node(std::uint32_t shape);
  std::optional<std::uint32_t> random_node(const Shape& shape);
  GpuSet choose_gpus(std::uint32_t node, const Shape& shape);

  std::vector<Node> nodes_;
  std::span<const Shape> shapes_;
  Policy policy_;
  Random random_;
  Fragmentation fragmentation_;
  Value value_;
  Reserve reserve_;
  std::vector<Value::Worth> known_;     // by node: ours; for FGD .total is its fragmentation
  std::vector<std::uint32_t> kind_of_;  // by node: nodes of one kind began alike
  std::uint32_t kinds_ = 0;

  struct Table {
    BestNode best;
    std::size_t seen = 0;  // of changes_
  };
  std::vector<Table> tables_;             // by shape
  std::vector<std::uint32_t> changes_;    // nodes, oldest first
  std::vector<std::size_t> last_change_;  // by node: its last place in changes_, plus one; or 0
};

}  // namespace septet::plan::pods
