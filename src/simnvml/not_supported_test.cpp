#include "simnvml/not_supported.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "simnvml/abi/nvml.h"

namespace septet::simnvml {
namespace {

// A struct as a client has it before the call: every byte is noise, the version is as given.
template <class Struct>
Struct noisy(unsigned int version) {
  Struct record;
  std::memset(&record, 0xAA, sizeof(record));
  record.version = version;
  return record;
}

constexpr unsigned int kNoise = 0xAAAAAAAAU;

TEST(ClearTest, SkipsNullOutputs) {
  clear(static_cast<unsigned int*>(nullptr));
  clear(static_cast<nvmlFanSpeedInfo_t*>(nullptr));
  clear(Text{nullptr, 8});
  clear(PstateList{nullptr, 8});
  clear(field(static_cast<nvmlFanSpeedInfo_t*>(nullptr), &nvmlFanSpeedInfo_t::speed));
  EXPECT_EQ(text_of(nullptr, nullptr).size, 0U);
}

TEST(ClearTest, KeepsTheVersionOfAStruct) {
  auto info = noisy<nvmlRepairStatus_t>(nvmlRepairStatus_v1);
  clear(&info);
  EXPECT_EQ(info.version, nvmlRepairStatus_v1);
  EXPECT_EQ(info.bChannelRepairPending, 0U);
  EXPECT_EQ(info.bTpcRepairPending, 0U);
}

// A client of the older version owns fewer bytes than the current struct has.
TEST(ClearTest, StopsWhereAnOlderStructEnds) {
  auto info = noisy<nvmlGpuFabricInfo_v3_t>(nvmlGpuFabricInfo_v2);
  std::array<unsigned char, sizeof(info)> bytes;
  clear(&info);
  std::memcpy(bytes.data(), &info, sizeof(info));
  ASSERT_LT(sizeof(nvmlGpuFabricInfo_v2_t), sizeof(info));
  for (std::size_t i = sizeof(info.version); i < sizeof(info); ++i) {
    EXPECT_EQ(bytes[i], i < sizeof(nvmlGpuFabricInfo_v2_t) ? 0x00 : 0xAA) << "byte " << i;
  }
}

TEST(ClearTest, LeavesAStructOfAnUnknownVersionAlone) {
  for (const unsigned int version : {0U, 4U, 0x0100'1000U, 0xFFFF'FFFFU}) {
    auto info = noisy<nvmlRepairStatus_t>(version);
    clear(&info);
    EXPECT_EQ(info.version, version);
    EXPECT_EQ(info.bTpcRepairPending, kNoise) << "version " << version;
  }
}

TEST(ClearTest, EmptiesTextOnlyWhereThereIsRoom) {
  std::array<char, 2> text = {'a', 'b'};
  clear(Text{text.data(), 0});
  EXPECT_EQ(text[0], 'a');
  clear(Text{text.data(), 2});
  EXPECT_EQ(text[0], '\0');
  EXPECT_EQ(text[1], 'b');
}

TEST(ClearTest, EndsAListOfPstatesWithinItsBytes) {
  std::vector<nvmlPstates_t> states(4, NVML_PSTATE_0);
  clear(PstateList{states.data(), 3 * sizeof(nvmlPstates_t)});
  EXPECT_EQ(states[2], NVML_PSTATE_UNKNOWN);
  EXPECT_EQ(states[3], NVML_PSTATE_0);
}

// Callers reuse the question (which fan?) in a loop: clearing it would make the loop endless.
TEST(ClearTest, AFieldIsClearedAlone) {
  auto info = noisy<nvmlFanSpeedInfo_t>(nvmlFanSpeedInfo_v1);
  info.fan = 3;
  clear(field(&info, &nvmlFanSpeedInfo_t::speed));
  EXPECT_EQ(info.fan, 3U);
  EXPECT_EQ(info.speed, 0U);
}

TEST(RefuseTest, BeforeInitNothingIsTouched) {
  unsigned int links = 7;
  EXPECT_EQ(nvmlSystemGetNvlinkBwMode(&links), NVML_ERROR_UNINITIALIZED);
  EXPECT_EQ(links, 7U);
}

}  // namespace
}  // namespace septet::simnvml
