#include "partition/differences.h"

#include <gtest/gtest.h>

namespace septet::partition {
namespace {

using mig::MigMode;
using plan::GpuCut;
using plan::InstanceCut;

InstanceCut whole(const char* name, std::uint8_t start, std::uint8_t size) {
  return {size, name, {start, size}, {{0, name, {}, {}}}};
}

GpuCut on(std::vector<InstanceCut> instances) {
  return {0, "GPU-0", MigMode::kOn, MigMode::kOn, std::move(instances)};
}

struct Case {
  const char* rule;
  GpuCut have, want;
  const char* said;
};

const GpuCut kOff{0, "GPU-0", MigMode::kOff, MigMode::kOff, {}};
const GpuCut kPending{0, "GPU-0", MigMode::kOff, MigMode::kOn, {}};

class DifferencesTest : public testing::TestWithParam<Case> {};

TEST_P(DifferencesTest, AreSaid) {
  const Case& row = GetParam();
  const auto found = differences(plan::Plan{{row.have}, {row.want}, {}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(to_string(found[0]), row.said);
}
INSTANTIATE_TEST_SUITE_P(
    , DifferencesTest,
    testing::Values(
        Case{"mode", kOff, on({whole("7g.80gb", 0, 8)}),
             "GPU 0: MIG mode is off, not on; lacks 1x 7g.80gb"},
        Case{"mode_off", on({}), kOff, "GPU 0: MIG mode is on, not off"},
        Case{"pending", kPending, kOff,
             "GPU 0: a change of MIG mode waits for a reset or a reboot"},
        Case{"counts", on({whole("3g.40gb", 4, 4)}),
             on({whole("1g.10gb", 0, 1), whole("1g.10gb", 1, 1), whole("3g.40gb", 4, 4)}),
             "GPU 0: lacks 2x 1g.10gb"},
        Case{"another_one", on({whole("3g.40gb", 4, 4)}), on({whole("4g.40gb", 0, 4)}),
             "GPU 0: lacks 1x 4g.40gb; holds 1x 3g.40gb that nobody asked for"},
        Case{"another_place", on({whole("3g.40gb", 4, 4)}), on({whole("3g.40gb", 0, 4)}),
             "GPU 0: lacks 1x 3g.40gb@0; holds 1x 3g.40gb@4 that nobody asked for"},
        Case{"no_compute", on({{4, "3g.40gb", {4, 4}, {}}}), on({whole("3g.40gb", 4, 4)}),
             "GPU 0: lacks 1x 3g.40gb; holds 1x 3g.40gb (no compute instance) that nobody asked "
             "for"}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST(Differences, NoneWhereThePlaceOfAComputeInstanceIsOpen) {
  auto have = on({whole("3g.40gb", 4, 4)});
  have.instances[0].compute[0].at = mig::Placement{0, 3};
  EXPECT_TRUE(differences({{have}, {on({whole("3g.40gb", 4, 4)})}, {}}).empty());
}

}  // namespace
}  // namespace septet::partition
