#include "plan/pods/typical.h"

#include <gtest/gtest.h>

namespace septet::plan::pods {
namespace {

constexpr Shape kCommon = {4000, 10, 1, 500, ~0u, ""};
constexpr Shape kCommonMoreMemory = {4000, 20, 1, 500, ~0u, ""};
constexpr Shape kCpu = {8000, 10, 0, 0, ~0u, ""};
constexpr Shape kRare = {9000, 10, 8, 1000, ~0u, ""};

TEST(TypicalPodsTest, CommonestFirstUntilEnoughAreCovered) {
  const std::vector<Shape> shapes = {kRare, kCommon, kCpu, kCommonMoreMemory};
  const std::vector<std::size_t> counts = {4, 30, 36, 30};
  const auto typical = typical_pods(shapes, counts);
  ASSERT_EQ(typical.size(), 2u);  // 96 of 100
  EXPECT_EQ(typical[0].shape.gpu_milli, 500);
  EXPECT_DOUBLE_EQ(typical[0].share, 60.0 / 96);
  EXPECT_DOUBLE_EQ(typical[1].share, 36.0 / 96);
  const auto all = typical_pods(shapes, counts, 100);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_DOUBLE_EQ(all[2].share, 0.04);
}

TEST(TypicalPodsTest, EqualCountsGoByWhatTheyAsk) {
  const std::vector<Shape> shapes = {kCpu, kRare};
  const std::vector<std::size_t> counts = {5, 5};
  const auto typical = typical_pods(shapes, counts, 100);
  EXPECT_EQ(typical[0].shape.cpu_milli, 9000);  // more CPU first
  EXPECT_TRUE(typical_pods({}, {}).empty());
}

}  // namespace
}  // namespace septet::plan::pods
