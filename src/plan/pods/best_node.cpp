#include "plan/pods/best_node.h"

#include <algorithm>

#include "base/result.h"

namespace septet::plan::pods {

void BestNode::look_through(std::size_t block) {
  const auto first = static_cast<std::uint32_t>(block * kBlock);
  const auto last =
      static_cast<std::uint32_t>(std::min<std::size_t>(first + kBlock, scores_.size()));
  std::uint32_t best = first;
  for (std::uint32_t node = first + 1; node < last; ++node)
    if (scores_[node] > scores_[best]) best = node;
  best_[block] = best;
  most_[block] = scores_[best];
}

void BestNode::build(std::span<const float> scores) {
  SEPTET_ASSERT(!scores.empty() && scores.size() < kStale);
  scores_.assign(scores.begin(), scores.end());
  most_.resize((scores_.size() + kBlock - 1) / kBlock);
  best_.resize(most_.size());
  for (std::size_t block = 0; block < most_.size(); ++block) look_through(block);
}

std::uint32_t BestNode::best() {
  while (true) {
    // The first of equals: a later block cannot win against it, whatever is in there.
    std::size_t block = 0;
    for (std::size_t other = 1; other < most_.size(); ++other)
      if (most_[other] > most_[block]) block = other;
    if (best_[block] != kStale) return best_[block];
    look_through(block);
  }
}

}  // namespace septet::plan::pods
