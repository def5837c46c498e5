#include "plan/pods/value.h"

#include <gtest/gtest.h>

#include "plan/pods/reserve.h"

namespace septet::plan::pods {
namespace {

Typical pod_of(std::int32_t cpu, std::int32_t gpus, std::int32_t gpu_milli, double share) {
  Typical pod;
  pod.shape = {cpu, 0, gpus, gpu_milli, ~0u, ""};
  pod.share = share;
  return pod;
}

Node node_of(std::int32_t cpu, std::uint8_t gpus) {
  Node node;
  node.cpu_milli = cpu;
  node.memory_mib = 100000;
  node.gpus = gpus;
  std::fill_n(node.gpu_milli.begin(), gpus, std::int16_t{kWholeGpu});
  return node;
}

// Mostly whole GPUs with 12 cores; 810s, of which few find company; a few 160s.
const std::vector<Typical> kMix = {pod_of(12000, 1, 1000, 0.6), pod_of(3000, 1, 810, 0.3),
                                   pod_of(4000, 1, 160, 0.1)};

TEST(ValueTest, AGapThatManyHaveAndFewFillIsWorthLittle) {
  const std::vector<Node> nodes = {node_of(96000, 8)};
  const Value value(nodes, kMix);
  EXPECT_DOUBLE_EQ(value.usable(0), 0);
  EXPECT_LT(value.usable(190), 0.2 * 190 + 1e-9);  // only what random arrivals would fill
  EXPECT_GT(value.usable(1000), 900);
  EXPECT_LE(value.usable(1000), 1000);
  for (int gap = 1; gap <= kWholeGpu; ++gap) EXPECT_GE(value.usable(gap), 0);
}

TEST(ValueTest, ASmallShareGoesWhereAnotherLeftAGap) {
  const std::vector<Node> nodes = {node_of(96000, 8)};
  const Value value(nodes, kMix);
  Node node = node_of(96000, 8);
  node.gpu_milli[3] = 190;
  const auto choice = value.choice(node, value.worth(node), pod_of(4000, 1, 160, 0).shape);
  EXPECT_EQ(choice.gpus, 1u << 3);
}

TEST(ValueTest, CpuThatTheGpusWillWantIsDearOtherwiseFree) {
  const std::vector<Node> nodes = {node_of(96000, 8), node_of(104000, 2)};
  const Value value(nodes, kMix);
  const Shape cpu_only = {30000, 0, 0, 0, ~0u, ""};
  const Node eight = node_of(80000, 8), two = node_of(104000, 2);
  const double from_eight = value.choice(eight, value.worth(eight), cpu_only).change;
  const double from_two = value.choice(two, value.worth(two), cpu_only).change;
  EXPECT_LT(from_eight, -500);
  EXPECT_NEAR(from_two, 0, 1);
}

TEST(ValueTest, OthersStayAwayFromAModelThatSomeInsistOn) {
  Node common = node_of(96000, 8), scarce = node_of(96000, 8);
  scarce.model = 1;
  std::vector<Typical> mix = kMix;
  mix.push_back(pod_of(12000, 1, 1000, 0.3));
  mix.back().shape.models = 0b10;
  const std::vector<Node> nodes = {common, common, common, scarce};
  const Value value(nodes, mix);
  const Shape any = kMix[0].shape;
  EXPECT_GT(value.choice(common, value.worth(common), any).change,
            value.choice(scarce, value.worth(scarce), any).change + 100);
}

TEST(ValueTest, ChoicesAreDifferencesOfWorth) {
  const std::vector<Node> nodes = {node_of(96000, 8)};
  const Value value(nodes, kMix);
  Node node = node_of(50000, 4);
  node.gpu_milli = {1000, 530, 190, 1000};
  for (const Typical& pod : kMix) {
    const auto choice = value.choice(node, value.worth(node), pod.shape);
    Node after = node;
    take(after, pod.shape, choice.gpus);
    EXPECT_NEAR(choice.change, value.worth(after).total - value.worth(node).total, 1e-6);
  }
}

TEST(ValueTest, NothingToExpectIsNoDivisionByZero) {
  const std::vector<Node> nodes = {node_of(96000, 8)};
  const Value value(nodes, {});
  EXPECT_GE(value.worth(nodes[0]).total, 0);
  const Value cpu_only(nodes, std::vector<Typical>{pod_of(1000, 0, 0, 1)});
  EXPECT_GE(cpu_only.worth(nodes[0]).total, 0);
}

// Half of the GPU asked for is of pods of 8: of ten nodes, five are kept.
TEST(ReserveTest, KeepsWhatIsExpectedAndLetsGoAsLoadComes) {
  const std::vector<Node> nodes(10, node_of(96000, 8));
  const std::vector<Typical> mix = {pod_of(12000, 1, 1000, 8.0 / 9),
                                    pod_of(64000, 8, 1000, 1.0 / 9)};
  Reserve reserve(nodes, mix);
  const auto kept = [&] {
    int count = 0;
    for (std::uint32_t n = 0; n < nodes.size(); ++n) count += reserve.keeps(n);
    return count;
  };
  EXPECT_EQ(kept(), 5);
  std::uint32_t one = 0;
  while (!reserve.keeps(one)) ++one;
  EXPECT_LT(reserve.handicap(one, nodes[one], mix[0].shape), -1e5F);
  EXPECT_EQ(reserve.handicap(one, nodes[one], mix[1].shape), 0);
  reserve.taken(one);
  EXPECT_EQ(kept(), 4);
  reserve.note(40'000);  // half of all: two and a half stay
  while (reserve.let_go()) {
  }
  EXPECT_EQ(kept(), 2);
  reserve.note(40'000);
  while (reserve.let_go()) {
  }
  EXPECT_EQ(kept(), 0);
  EXPECT_FALSE(Reserve().keeps(0));
}

}  // namespace
}  // namespace septet::plan::pods
