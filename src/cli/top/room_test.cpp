#include <gtest/gtest.h>

#include "cli/top/room.h"
#include "cli/top/testing/nodes.h"

namespace septet::cli::top {
namespace {

struct Placed {
  const char* profile;
  unsigned start;
};
struct RoomCase {
  const char* name;
  const char* product;
  std::vector<Placed> instances;
  unsigned used_slices, free_slices, stranded_slices;
  std::uint16_t free, stranded;
};
class RoomOnAGpu : public ::testing::TestWithParam<RoomCase> {};

TEST_P(RoomOnAGpu, TellsFreeFromStranded) {
  const RoomCase& row = GetParam();
  mig::Gpu gpu = testing::cut_gpu(0, row.product);
  for (const Placed& placed : row.instances) {
    testing::add_instance(gpu, placed.profile, placed.start);
  }
  const Room room = room_on(gpu);
  EXPECT_EQ(room.used_slices, row.used_slices);
  EXPECT_EQ(room.free_slices, row.free_slices);
  EXPECT_EQ(room.stranded_slices, row.stranded_slices);
  EXPECT_EQ(room.free, row.free);
  EXPECT_EQ(room.stranded, row.stranded);
  EXPECT_EQ(room.fits.empty(), row.free == row.stranded);
}
INSTANTIATE_TEST_SUITE_P(
    , RoomOnAGpu,
    ::testing::Values(
        RoomCase{"empty", "h100-sxm5-80gb", {}, 0, 7, 0, 0xff, 0},
        RoomCase{"whole", "h100-sxm5-80gb", {{"7g.80gb", 0}}, 7, 0, 0, 0, 0},
        // Two 3g have all memory and leave one compute slice.
        RoomCase{"two_halves", "h100-sxm5-80gb", {{"3g.40gb", 0}, {"3g.40gb", 4}}, 6, 1, 1, 0, 0},
        // Only a 1g with twice the memory may reach the last unit, from 6.
        RoomCase{"last_unit",
                 "h100-sxm5-80gb",
                 {{"4g.40gb", 0}, {"2g.20gb", 4}, {"1g.10gb", 6}},
                 7,
                 0,
                 0,
                 0x80,
                 0x80},
        RoomCase{"beside_a_half", "h100-sxm5-80gb", {{"3g.40gb", 4}}, 3, 4, 0, 0x0f, 0},
        // A 3g at 0 takes four units, so three slices are left where a 4g would not fit.
        RoomCase{"other_half", "h100-sxm5-80gb", {{"3g.40gb", 0}}, 3, 4, 1, 0xf0, 0},
        RoomCase{"a30", "a30-24gb", {{"2g.12gb", 0}}, 2, 2, 0, 0x0c, 0}),
    [](const auto& row) { return row.param.name; });

TEST(Room, NothingIsToldOfAGpuThatIsNotCut) {
  mig::Gpu gpu = testing::cut_gpu(0);
  gpu.mode = mig::MigMode::kOff;
  EXPECT_EQ(room_on(gpu).units, 0u);
  gpu.mode = mig::MigMode::kOn;
  gpu.problem = "GPU is lost";
  EXPECT_EQ(room_on(gpu).free, 0u);
}

TEST(Room, SaysWhereTheNextMayStand) {
  mig::Gpu gpu = testing::cut_gpu(0);
  testing::add_instance(gpu, "3g.40gb", 4);
  testing::add_instance(gpu, "1g.10gb", 0);
  const Room room = room_on(gpu);
  const auto small = std::ranges::find(room.fits, "1g.10gb", &Fit::profile);
  ASSERT_NE(small, room.fits.end());
  EXPECT_EQ(small->more, 3u);
  EXPECT_EQ(small->starts, (std::vector<unsigned>{1, 2, 3}));
  EXPECT_EQ(std::ranges::find(room.fits, "3g.40gb", &Fit::profile), room.fits.end());
}

TEST(Room, AProfileThatNobodyKnowsStillTakesItsPlace) {
  mig::Gpu gpu = testing::cut_gpu(0);
  testing::add_instance(gpu, "2g.20gb", 2).profile_id = 999;
  EXPECT_EQ(room_on(gpu).free, 0xf3);
}

TEST(Room, RunsAreWhatIsTogether) {
  EXPECT_EQ(runs(0), (std::vector<mig::Placement>{}));
  EXPECT_EQ(runs(0b1101), (std::vector<mig::Placement>{{0, 1}, {2, 2}}));
  EXPECT_EQ(runs(0xffff), (std::vector<mig::Placement>{{0, 16}}));
}

}  // namespace
}  // namespace septet::cli::top
