#include "plan/pods/placer.h"

#include <algorithm>

namespace septet::plan::pods {

Placer::Placer(std::vector<Node> nodes, const Workload& workload, Policy policy, std::uint64_t seed)
    : nodes_(std::move(nodes)),
      shapes_(workload.shapes),
      policy_(policy),
      random_(seed),
      fragmentation_(typical_pods(workload.shapes, workload.counts)),
      value_(nodes_, typical_pods(workload.shapes, workload.counts)),
      known_(nodes_.size()),
      tables_(workload.shapes.size()),
      last_change_(nodes_.size(), 0) {
  if (policy_ == Policy::kOurs)
    reserve_ = Reserve(nodes_, typical_pods(workload.shapes, workload.counts, 100));
  std::vector<Node> kinds;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    const auto same = std::ranges::find(kinds, nodes_[n]);
    kind_of_.push_back(static_cast<std::uint32_t>(same - kinds.begin()));
    if (same == kinds.end()) kinds.push_back(nodes_[n]);
    if (policy_ == Policy::kFgd) known_[n].total = fragmentation_.of(nodes_[n]);
    if (policy_ == Policy::kOurs) known_[n] = value_.worth(nodes_[n]);
  }
  kinds_ = static_cast<std::uint32_t>(kinds.size());
}

float Placer::score_alone(const Node& node, std::uint32_t index, const Shape& shape) const {
  if (!fits(node, shape)) return BestNode::kNoRoom;
  const Value::Worth& known = known_[index];
  if (policy_ == Policy::kOurs) return static_cast<float>(value_.choice(node, known, shape).change);
  if (policy_ == Policy::kFgd)
    return static_cast<float>(fgd_choice(fragmentation_, node, known.total, shape).score);
  return static_cast<float>(published_score(policy_, node, shape));
}

float Placer::score(std::uint32_t shape, std::uint32_t node) const {
  const float alone = score_alone(nodes_[node], node, shapes_[shape]);
  if (alone == BestNode::kNoRoom) return alone;
  return alone + reserve_.handicap(node, nodes_[node], shapes_[shape]);
}

// Nodes that nothing has touched yet are scored once per kind.
void Placer::build(std::uint32_t shape) {
  std::vector<std::optional<float>> of_kind(kinds_);
  std::vector<float> scores(nodes_.size());
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    if (last_change_[n] != 0 || reserve_.keeps(n)) {
      scores[n] = score(shape, n);
      continue;
    }
    std::optional<float>& known = of_kind[kind_of_[n]];
    if (!known) known = score(shape, n);
    scores[n] = *known;
  }
  tables_[shape].best.build(scores);
}

void Placer::catch_up(std::uint32_t shape) {
  Table& table = tables_[shape];
  if (!table.best.built()) {
    build(shape);
  } else {
    for (std::size_t i = table.seen; i < changes_.size(); ++i) {
      const std::uint32_t node = changes_[i];
      if (last_change_[node] == i + 1) table.best.set(node, score(shape, node));
    }
  }
  table.seen = changes_.size();
}

void Placer::changed(std::uint32_t node) {
  if (policy_ == Policy::kFgd) known_[node].total = fragmentation_.of(nodes_[node]);
  if (policy_ == Policy::kOurs) known_[node] = value_.worth(nodes_[node]);
  changes_.push_back(node);
  last_change_[node] = changes_.size();
}

std::optional<std::uint32_t> Placer::best_node(std::uint32_t shape) {
  catch_up(shape);
  BestNode& best = tables_[shape].best;
  const std::uint32_t node = best.best();
  if (best.score(node) == BestNode::kNoRoom) return std::nullopt;
  return node;
}

// Guesses while guesses are likely to hit, then looks at every node: each with room is as likely.
std::optional<std::uint32_t> Placer::random_node(const Shape& shape) {
  constexpr int kGuesses = 32;
  for (int guess = 0; guess < kGuesses; ++guess) {
    const auto node = static_cast<std::uint32_t>(random_.below(nodes_.size()));
    if (fits(nodes_[node], shape)) return node;
  }
  std::vector<std::uint32_t> roomy;
  for (std::uint32_t n = 0; n < nodes_.size(); ++n)
    if (fits(nodes_[n], shape)) roomy.push_back(n);
  if (roomy.empty()) return std::nullopt;
  return roomy[random_.below(roomy.size())];
}

GpuSet Placer::choose_gpus(std::uint32_t index, const Shape& shape) {
  const Node& node = nodes_[index];
  if (!shape.shares()) return first_untouched(node, shape.gpus);
  if (policy_ == Policy::kFgd)
    return fgd_choice(fragmentation_, node, known_[index].total, shape).gpus;
  if (policy_ == Policy::kOurs) return value_.choice(node, known_[index], shape).gpus;
  if (policy_ != Policy::kRandom) return tightest(node, shape);
  std::array<std::uint8_t, kMostGpus> roomy{};
  std::size_t count = 0;
  for (std::uint8_t g = 0; g < kMostGpus; ++g)
    if (node.gpu_milli[g] >= shape.gpu_milli) roomy[count++] = g;
  return static_cast<GpuSet>(1u << roomy[random_.below(count)]);
}

std::optional<Placement> Placer::place(std::uint32_t shape) {
  reserve_.note(shapes_[shape].total_gpu_milli());
  while (const auto node = reserve_.let_go()) changed(*node);
  const auto node = policy_ == Policy::kRandom ? random_node(shapes_[shape]) : best_node(shape);
  if (!node) return std::nullopt;
  const Placement placement{*node, choose_gpus(*node, shapes_[shape])};
  take(nodes_[*node], shapes_[shape], placement.gpus);
  reserve_.taken(*node);
  changed(*node);
  return placement;
}

}  // namespace septet::plan::pods
