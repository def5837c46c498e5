// plan/fleet/max_flow.h — how much can flow from one node to another, in whole numbers.
//
// Shortest augmenting paths in layers (Dinitz): networks here have some ten thousand edges.
// Limits. The sum of all capacities stays below 2^62.
#pragma once

#include <cstdint>
#include <vector>

namespace septet::plan {

class MaxFlow {
 public:
  using Amount = std::int64_t;
  static constexpr Amount kPlenty = Amount{1} << 60;

  std::size_t add_node();
  std::size_t add_edge(std::size_t from, std::size_t to, Amount capacity);  // its number
  Amount run(std::size_t source, std::size_t sink);  // what flows more than before
  Amount flow(std::size_t edge) const { return edges_[2 * edge + 1].left; }
  void close(std::size_t edge);  // what flows there stays and can no longer change
  // After run: could still be reached from the source. The edges out of this set are full.
  bool reached(std::size_t node) const { return level_[node] >= 0; }

 private:
  struct Edge {
    std::size_t to = 0;
    Amount left = 0;
  };
  bool layers(std::size_t source, std::size_t sink);
  Amount push(std::size_t node, std::size_t sink, Amount most);

  std::vector<Edge> edges_;  // each followed by its reverse
  std::vector<std::vector<std::size_t>> out_;
  std::vector<int> level_;
  std::vector<std::size_t> next_;
};

}  // namespace septet::plan
