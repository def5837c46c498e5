#include "plan/pods/fragmentation.h"

#include <gtest/gtest.h>

namespace septet::plan::pods {
namespace {

Shape shape_of(std::int32_t cpu, std::int32_t gpus, std::int32_t gpu_milli) {
  Shape shape;
  shape.cpu_milli = cpu;
  shape.gpus = gpus;
  shape.gpu_milli = gpu_milli;
  return shape;
}

Node node_of(std::int32_t cpu, std::initializer_list<std::int16_t> gpus) {
  Node node;
  node.cpu_milli = cpu;
  node.memory_mib = 1000;
  for (const std::int16_t left : gpus) node.gpu_milli[node.gpus++] = left;
  return node;
}

// Half want a share of 500 and 4 cores, half a whole GPU and 12 cores.
const std::vector<Typical> kHalves = {{shape_of(4000, 1, 500), 0.5},
                                      {shape_of(12000, 1, 1000), 0.5}};

TEST(FragmentationTest, SumsByHand) {
  const Fragmentation fragmentation(kHalves);
  // The share fits and cannot use the GPU with 400; the whole GPU's pod lacks CPU: all 1400.
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(10000, {1000, 400})), 0.5 * 400 + 0.5 * 1400);
  // Both fit.
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(20000, {1000, 1000})), 0);
  // The whole GPU's pod finds none, with CPU and without: the same loss.
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(20000, {500, 600})), 0.5 * 1100);
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(4000, {500, 600})), 0.5 * 1100);
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(0, {1000})), 1000);
  EXPECT_DOUBLE_EQ(fragmentation.of(node_of(20000, {0, 0})), 0);
}

TEST(FragmentationTest, PodsWithoutGpuAndOfOtherModelsUseNothing) {
  Shape other = shape_of(1000, 1, 1000);
  other.models = 1u << 3;
  const std::vector<Typical> typical = {{shape_of(1000, 0, 0), 0.25}, {other, 0.75}};
  const Fragmentation fragmentation(typical);
  Node node = node_of(8000, {1000});
  EXPECT_DOUBLE_EQ(fragmentation.of(node), 1000);
  node.model = 3;
  EXPECT_DOUBLE_EQ(fragmentation.of(node), 250);
}

TEST(FragmentationTest, FgdTakesTheGpuWhereItGrowsLeast) {
  const Fragmentation fragmentation(kHalves);
  const Node node = node_of(20000, {1000, 600});
  const double before = fragmentation.of(node);
  EXPECT_DOUBLE_EQ(before, 0.5 * 600);  // the whole GPU's pod cannot use the 600
  // On the first: {500, 600} is 0.5 x 1100; on the second: {1000, 100} is 0.5 x 100 + 0.5 x 100.
  const FgdChoice choice = fgd_choice(fragmentation, node, before, shape_of(4000, 1, 500));
  EXPECT_EQ(choice.gpus, 0b10);
  EXPECT_EQ(choice.score, 54);  // 100 / (1 + exp(-(300 - 100) / 1000)) = 54.98
  const FgdChoice whole = fgd_choice(fragmentation, node, before, shape_of(12000, 1, 1000));
  EXPECT_EQ(whole.gpus, 0b01);
  EXPECT_EQ(whole.score, 50);  // {0, 600}: as before
}

}  // namespace
}  // namespace septet::plan::pods
