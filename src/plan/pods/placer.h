// plan/pods/placer.h — where the next pod goes: a policy over a fleet, one pod at a time.
//
// Nothing is known of later pods but the histogram of typical ones. A node's score for a shape is
// kept until the node changes, so that a decision looks again only at nodes that changed since the
// last pod of that shape.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "plan/pods/best_node.h"
#include "plan/pods/policy.h"
#include "plan/pods/value.h"

namespace septet::plan::pods {

struct Placement {
  std::uint32_t node = 0;
  GpuSet gpus = 0;
};

class Placer {
 public:
  // Of nodes with equal scores the first wins. `seed`: for Policy::kRandom alone.
  Placer(std::vector<Node> nodes, std::span<const Shape> shapes, std::vector<Typical> typical,
         Policy policy, std::uint64_t seed);

  // Nothing when no node has room: the pod is lost.
  std::optional<Placement> place(std::uint32_t shape);
  std::span<const Node> nodes() const { return nodes_; }

 private:
  float score(std::uint32_t shape, const Node& node) const;
  void catch_up(std::uint32_t shape);
  std::optional<std::uint32_t> choose_node(std::uint32_t shape);
  GpuSet choose_gpus(const Node& node, const Shape& shape);

  std::vector<Node> nodes_;
  std::span<const Shape> shapes_;
  Policy policy_;
  Random random_;
  Fragmentation fragmentation_;
  Value value_;
  struct Table {
    BestNode best;
    std::size_t seen = 0;  // of changes_
  };
  std::vector<Table> tables_;             // by shape
  std::vector<std::uint32_t> changes_;    // nodes, oldest first
  std::vector<std::size_t> last_change_;  // by node: its last place in changes_, plus one
};

}  // namespace septet::plan::pods
