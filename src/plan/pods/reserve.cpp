#include "plan/pods/reserve.h"

#include <algorithm>
#include <array>

namespace septet::plan::pods {

namespace {

// Larger than any change of worth (at most 8,000 or so), and one that a much better place beats.
constexpr float kLastResort = -1e6F;
constexpr float kRather = -500;

}  // namespace

Reserve::Reserve(std::span<const Node> nodes, std::span<const Typical> histogram) {
  kept_.assign(nodes.size(), false);
  double mean = 0, several = 0;
  for (const Typical& pod : histogram) {
    mean += pod.share * pod.shape.total_gpu_milli();
    if (pod.shape.gpus > 1) several += pod.share * pod.shape.gpus / kMostGpus;
  }
  std::array<int, 32> of_model{};
  for (const Node& node : nodes) {
    capacity_ += node.total_gpu_milli();
    ++of_model[node.model];
  }
  if (mean > 0) wanted_ = several * capacity_ / mean;
  // First the nodes that can host most of these pods, and of these the commonest model.
  struct Candidate {
    double hosts;
    int alike;
    std::uint32_t node;
  };
  std::vector<Candidate> candidates;
  for (std::uint32_t n = 0; n < nodes.size(); ++n) {
    double hosts = 0;
    for (const Typical& pod : histogram)
      if (pod.shape.gpus > 1 && fits(nodes[n], pod.shape)) hosts += pod.share * pod.shape.gpus;
    candidates.push_back({hosts, of_model[nodes[n].model], n});
  }
  std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
    return a.hosts != b.hosts ? a.hosts > b.hosts : a.alike > b.alike;
  });
  for (const Candidate& candidate : candidates) {
    if (static_cast<double>(order_.size()) >= wanted_ || candidate.hosts <= 0) break;
    kept_[candidate.node] = true;
    order_.push_back(candidate.node);
  }
  std::ranges::reverse(order_);
}

float Reserve::handicap(std::uint32_t node, const Node& state, const Shape& shape) const {
  if (!keeps(node) || shape.gpus == state.gpus) return 0;
  return shape.gpus > 1 ? kRather : kLastResort;
}

std::optional<std::uint32_t> Reserve::let_go() {
  if (order_.empty()) return std::nullopt;
  const double still = wanted_ * std::max(0.0, 1 - asked_ / capacity_);
  if (static_cast<double>(order_.size()) <= still) return std::nullopt;
  const std::uint32_t node = order_.back();
  order_.pop_back();
  kept_[node] = false;
  return node;
}

void Reserve::taken(std::uint32_t node) {
  if (!keeps(node)) return;
  kept_[node] = false;
  std::erase(order_, node);
}

}  // namespace septet::plan::pods
