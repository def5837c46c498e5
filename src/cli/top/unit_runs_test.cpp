#include <gtest/gtest.h>

#include "cli/top/testing/nodes.h"
#include "cli/top/unit_runs.h"

namespace septet::cli::top {
namespace {

TEST(UnitRuns, FreeUnitsAreUsableOrStranded) {
  mig::Gpu gpu = testing::cut_gpu(0);
  EXPECT_EQ(free_units(gpu).usable, 0xff);
  testing::add_instance(gpu, "4g.40gb", 0);
  testing::add_instance(gpu, "2g.20gb", 4);
  EXPECT_EQ(free_units(gpu).usable, 0xc0);
  testing::add_instance(gpu, "1g.10gb", 6);
  EXPECT_EQ(free_units(gpu).usable, 0);
  EXPECT_EQ(free_units(gpu).stranded, 0x80);
}

TEST(UnitRuns, NothingIsToldOfAGpuThatIsNotCutOrNotKnown) {
  mig::Gpu gpu = testing::cut_gpu(0);
  gpu.mode = mig::MigMode::kOff;
  EXPECT_EQ(free_units(gpu).usable, 0);
  gpu.mode = mig::MigMode::kOn;
  gpu.problem = "GPU is lost";
  EXPECT_EQ(free_units(gpu).usable, 0);
  gpu.problem.reset();
  testing::add_instance(gpu, "2g.20gb", 2).profile_id = 999;
  EXPECT_EQ(free_units(gpu).usable, 0);
}

TEST(UnitRuns, RunsAreWhatIsTogether) {
  EXPECT_EQ(runs(0), (std::vector<mig::Placement>{}));
  EXPECT_EQ(runs(0b1101), (std::vector<mig::Placement>{{0, 1}, {2, 2}}));
  EXPECT_EQ(runs(0xffff), (std::vector<mig::Placement>{{0, 16}}));
}

}  // namespace
}  // namespace septet::cli::top
