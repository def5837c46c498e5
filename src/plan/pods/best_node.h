// plan/pods/best_node.h — the best node for one shape, kept while nodes change one at a time.
//
// Nodes stand in blocks of 32, and each block knows the most that any of its scores can be. A
// changed score costs a comparison; a block whose best node fell is looked through again only when
// it may hold the best of all. Of equal scores the node with the lowest number wins.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace septet::plan::pods {

class BestNode {
 public:
  static constexpr float kNoRoom = -1e30F;

  void build(std::span<const float> scores);
  bool built() const { return !scores_.empty(); }
  void set(std::uint32_t node, float score) {
    const float before = scores_[node];
    if (score == before) return;
    scores_[node] = score;
    const std::size_t block = node / kBlock;
    std::uint32_t& best = best_[block];
    // Of a stale block others may reach the most, too, so that only more than it says who is best.
    if (score > most_[block] || (score == most_[block] && node < best && best != kStale)) {
      most_[block] = score;
      best = node;
    } else if (node == best) {
      best = kStale;
    }
  }
  // Check score() against kNoRoom: there may be none. Looks through blocks that it must.
  std::uint32_t best();
  float score(std::uint32_t node) const { return scores_[node]; }

 private:
  static constexpr std::uint32_t kBlock = 32, kStale = 0xffffffff;
  void look_through(std::size_t block);

  std::vector<float> scores_;
  std::vector<float> most_;          // by block: its best score, or more when the block is stale
  std::vector<std::uint32_t> best_;  // by block: a node, or kStale
};

}  // namespace septet::plan::pods
