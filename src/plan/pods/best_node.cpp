#include "plan/pods/best_node.h"

#include <bit>

#include "base/result.h"

namespace septet::plan::pods {

void BestNode::play(std::size_t match) {
  const std::uint16_t left = winners_[2 * match], right = winners_[2 * match + 1];
  winners_[match] = scores_[right] > scores_[left] ? right : left;
}

void BestNode::build(std::span<const float> scores) {
  SEPTET_ASSERT(!scores.empty() && scores.size() <= 65536);
  leaves_ = std::bit_ceil(scores.size());
  scores_.assign(scores.begin(), scores.end());
  scores_.resize(leaves_, kNoRoom);
  winners_.resize(2 * leaves_);
  for (std::size_t i = 0; i < leaves_; ++i) winners_[leaves_ + i] = static_cast<std::uint16_t>(i);
  winners_[1] = 0;
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
