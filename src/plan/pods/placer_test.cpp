#include "plan/pods/placer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace septet::plan::pods {
namespace {

// A small cluster of several kinds and pods of all kinds, drawn from a seed.
struct World {
  std::vector<Node> nodes;
  std::vector<Shape> shapes;
  std::vector<std::size_t> counts;
  std::vector<std::uint32_t> arrivals;  // shapes
};

World world_of(std::uint64_t seed, std::size_t nodes, std::size_t pods) {
  Random random(seed);
  World world;
  for (std::size_t n = 0; n < nodes; ++n) {
    Node node;
    constexpr std::uint8_t kGpus[] = {1, 2, 4, 8, 8};
    node.gpus = kGpus[random.below(5)];
    node.cpu_milli = static_cast<std::int32_t>(8000 * (1 + random.below(12)));
    node.memory_mib = 65536;
    node.model = static_cast<std::uint8_t>(random.below(3));
    for (std::size_t g = 0; g < node.gpus; ++g) node.gpu_milli[g] = kWholeGpu;
    world.nodes.push_back(node);
  }
  constexpr std::int32_t kMilli[] = {160, 230, 320, 470, 650, 810};
  for (int s = 0; s < 12; ++s) {
    Shape shape;
    shape.cpu_milli = static_cast<std::int32_t>(1000 * (1 + random.below(16)));
    shape.memory_mib = static_cast<std::int32_t>(1024 * random.below(12));
    shape.gpus = s < 2 ? 0 : s == 2 ? 8 : s == 3 ? 2 : 1;
    shape.gpu_milli = shape.gpus == 0 ? 0 : s > 5 ? kMilli[random.below(6)] : kWholeGpu;
    if (s == 7) shape.models = 0b100;
    if (s == 7) shape.spec = "C";
    world.shapes.push_back(shape);
    world.counts.push_back(1 + random.below(40));
  }
  for (std::size_t i = 0; i < pods; ++i)
    world.arrivals.push_back(static_cast<std::uint32_t>(random.below(world.shapes.size())));
  return world;
}

// The same policy without any memory: every node is looked at for every pod.
std::optional<std::uint32_t> naive_node(const Fragmentation& fragmentation,
                                        std::span<const Node> nodes, const Shape& shape,
                                        Policy policy) {
  std::optional<std::uint32_t> best;
  int best_score = 0;
  for (std::uint32_t n = 0; n < nodes.size(); ++n) {
    if (!fits(nodes[n], shape)) continue;
    const int score =
        policy == Policy::kFgd
            ? fgd_choice(fragmentation, nodes[n], fragmentation.of(nodes[n]), shape).score
            : published_score(policy, nodes[n], shape);
    if (best && score <= best_score) continue;
    best = n;
    best_score = score;
  }
  return best;
}

RC_GTEST_PROP(PlacerTest, PublishedPoliciesDecideAsANaiveScan, ()) {
  const World world = world_of(*rc::gen::inRange<std::uint64_t>(0, 1'000'000), 16, 120);
  const Fragmentation fragmentation(typical_pods(world.shapes, world.counts));
  for (const Policy policy : {Policy::kDotProduct, Policy::kGpuClustering, Policy::kGpuPacking,
                              Policy::kBestFit, Policy::kFgd}) {
    Placer placer(world.nodes, {world.shapes, world.counts}, policy, 1);
    for (const std::uint32_t shape : world.arrivals) {
      const auto expected = naive_node(fragmentation, placer.nodes(), world.shapes[shape], policy);
      const auto placed = placer.place(shape);
      RC_ASSERT(placed.has_value() == expected.has_value());
      if (placed) RC_ASSERT(placed->node == *expected);
    }
  }
}

// Without pods of several GPUs in the histogram no node is kept, and a score is the node's alone.
RC_GTEST_PROP(PlacerTest, OursTakesTheFirstOfTheBestScores, ()) {
  World world = world_of(*rc::gen::inRange<std::uint64_t>(0, 1'000'000), 16, 120);
  world.counts[2] = world.counts[3] = 0;
  Placer placer(world.nodes, {world.shapes, world.counts}, Policy::kOurs, 1);
  for (const std::uint32_t shape : world.arrivals) {
    std::vector<float> scores;
    for (std::uint32_t n = 0; n < world.nodes.size(); ++n) scores.push_back(placer.score(shape, n));
    const auto best = std::ranges::max_element(scores);
    const auto placed = placer.place(shape);
    RC_ASSERT(placed.has_value() == (*best != BestNode::kNoRoom));
    if (placed) RC_ASSERT(placed->node == static_cast<std::uint32_t>(best - scores.begin()));
  }
}

RC_GTEST_PROP(PlacerTest, NothingIsRefusedThatFitsAndNothingGoesBelowZero, ()) {
  const World world = world_of(*rc::gen::inRange<std::uint64_t>(0, 1'000'000), 12, 120);
  for (const Policy policy : kPolicies) {
    Placer placer(world.nodes, {world.shapes, world.counts}, policy, 7);
    std::int64_t total = 0, cpu = 0;
    for (const Node& node : world.nodes) {
      total += node.total_gpu_milli();
      cpu += node.cpu_milli;
    }
    for (const std::uint32_t index : world.arrivals) {
      const Shape& shape = world.shapes[index];
      const bool room =
          std::ranges::any_of(placer.nodes(), [&](const Node& node) { return fits(node, shape); });
      const auto placed = placer.place(index);
      RC_ASSERT(placed.has_value() == room);
      if (!placed) continue;
      total -= shape.total_gpu_milli();
      cpu -= shape.cpu_milli;
    }
    for (const Node& node : placer.nodes()) {
      RC_ASSERT(node.cpu_milli >= 0 && node.memory_mib >= 0);
      for (const std::int16_t left : node.gpu_milli) RC_ASSERT(left >= 0);
      total -= node.total_gpu_milli();
      cpu -= node.cpu_milli;
    }
    RC_ASSERT(total == 0);
    RC_ASSERT(cpu == 0);
  }
}

RC_GTEST_PROP(BestNodeTest, IsTheFirstOfTheHighest, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 100);
  auto scores = *rc::gen::container<std::vector<int>>(count, rc::gen::inRange(0, 9));
  std::vector<float> values(scores.begin(), scores.end());
  BestNode best;
  best.build(values);
  for (int change = 0; change < 200; ++change) {
    // Not after every change, so that blocks go stale; over more than one block (of 32).
    if (*rc::gen::inRange(0, 4) == 0)
      RC_ASSERT(best.best() ==
                static_cast<std::uint32_t>(std::ranges::max_element(values) - values.begin()));
    const auto node = *rc::gen::inRange<std::size_t>(0, values.size());
    values[node] = static_cast<float>(*rc::gen::inRange(0, 9));
    best.set(static_cast<std::uint32_t>(node), values[node]);
  }
}

}  // namespace
}  // namespace septet::plan::pods
