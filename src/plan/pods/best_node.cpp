#include "plan/pods/best_node.h"

#include <algorithm>
#include <bit>

#include "base/result.h"

namespace septet::plan::pods {

void BestNode::play(std::size_t match) {
  const std::size_t player = 2 * match;
  const bool first = player >= leaves_;  // between two nodes
  const std::size_t left = first ? player - leaves_ : winners_[player];
  const std::size_t right = first ? left + 1 : winners_[player + 1];
  winners_[match] = static_cast<std::uint16_t>(scores_[right] > scores_[left] ? right : left);
}

void BestNode::build(std::span<const float> scores) {
  SEPTET_ASSERT(!scores.empty() && scores.size() <= 65536);
  leaves_ = std::max<std::size_t>(2, std::bit_ceil(scores.size()));
  scores_.assign(scores.begin(), scores.end());
  scores_.resize(leaves_, kNoRoom);
  winners_.resize(leaves_);
  for (std::size_t match = leaves_; --match > 0;) play(match);
}

void BestNode::set(std::uint32_t node, float score) {
  if (scores_[node] == score) return;
  scores_[node] = score;
  for (std::size_t match = (leaves_ + node) / 2; match > 0; match /= 2) {
    const std::uint16_t before = winners_[match];
    play(match);
    // Above, only matches that this node is in can change.
    if (winners_[match] == before && before != node) break;
  }
}

}  // namespace septet::plan::pods
