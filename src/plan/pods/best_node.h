// plan/pods/best_node.h — the best node for one shape, kept while nodes change one at a time.
//
// A tournament over the nodes' scores: a changed score costs the depth of the tree, the best is at
// the root. Of equal scores the node with the lowest number wins.
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
  void set(std::uint32_t node, float score);
  // Check score() against kNoRoom: there may be none.
  std::uint32_t best() const { return winners_[1]; }
  float score(std::uint32_t node) const { return scores_[node]; }
  std::span<const float> scores() const { return scores_; }

 private:
  void play(std::size_t match);

  std::vector<float> scores_;
  // A heap of matches: [1] is the final, [leaves + i / 2] the first match of node i.
  std::vector<std::uint16_t> winners_;
  std::size_t leaves_ = 0;
};

}  // namespace septet::plan::pods
