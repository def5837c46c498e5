#include "plan/pods/placer.h"

namespace septet::plan::pods {

Placer::Placer(std::vector<Node> nodes, std::span<const Shape> shapes, std::vector<Typical> typical,
               Policy policy, std::uint64_t seed)
    : nodes_(std::move(nodes)),
      shapes_(shapes),
      policy_(policy),
      random_(seed),
      fragmentation_(typical),
      value_(nodes_, std::move(typical)),
      tables_(shapes.size()),
      last_change_(nodes_.size(), 0) {}

float Placer::score(std::uint32_t shape, const Node& node) const {
  const Shape& wanted = shapes_[shape];
  if (!fits(node, wanted)) return BestNode::kNoRoom;
  if (policy_ == Policy::kOurs) return value_.choice(node, wanted).score;
  return static_cast<float>(published_score(policy_, fragmentation_, node, wanted));
}

void Placer::catch_up(std::uint32_t shape) {
  Table& table = tables_[shape];
  if (!table.best.built()) {
    std::vector<float> scores;
    scores.reserve(nodes_.size());
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      std::size_t same =
          n;  // nodes of one kind often stand side by side in no order: look back a bit
      for (std::size_t back = 1; back <= 8 && back <= n; ++back)
        if (nodes_[n - back] == nodes_[n]) same = n - back;
      scores.push_back(same != n ? scores[same] : score(shape, nodes_[n]));
    }
    table.best.build(scores);
  }
  for (std::size_t i = table.seen; i < changes_.size(); ++i) {
    const std::uint32_t node = changes_[i];
    if (last_change_[node] == i + 1) table.best.set(node, score(shape, nodes_[node]));
  }
  table.seen = changes_.size();
}

std::optional<std::uint32_t> Placer::choose_node(std::uint32_t shape) {
  const BestNode& best = tables_[shape].best;
  if (best.score(best.best()) == BestNode::kNoRoom) return std::nullopt;
  if (policy_ != Policy::kRandom) return best.best();
  std::vector<std::uint32_t> roomy;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n)
    if (best.score(n) != BestNode::kNoRoom) roomy.push_back(n);
  return roomy[random_.below(roomy.size())];
}

GpuSet Placer::choose_gpus(const Node& node, const Shape& shape) {
  if (!shape.shares()) return first_untouched(node, shape.gpus);
  if (policy_ == Policy::kFgd) return fgd_choice(fragmentation_, node, shape).gpus;
  if (policy_ == Policy::kOurs) return value_.choice(node, shape).gpus;
  if (policy_ != Policy::kRandom) return tightest(node, shape);
  std::array<std::uint8_t, kMostGpus> roomy{};
  std::size_t count = 0;
  for (std::uint8_t g = 0; g < kMostGpus; ++g)
    if (node.gpu_milli[g] >= shape.gpu_milli) roomy[count++] = g;
  return static_cast<GpuSet>(1u << roomy[random_.below(count)]);
}

std::optional<Placement> Placer::place(std::uint32_t shape) {
  catch_up(shape);
  const auto node = choose_node(shape);
  if (!node) return std::nullopt;
  const Placement placement{*node, choose_gpus(nodes_[*node], shapes_[shape])};
  take(nodes_[*node], shapes_[shape], placement.gpus);
  changes_.push_back(*node);
  last_change_[*node] = changes_.size();
  return placement;
}

}  // namespace septet::plan::pods
