#include "plan/explain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/meaning.h"

namespace septet::plan {
namespace {

const mig::Geometry& geometry_of(const char* product) {
  return mig::find_product(product)->geometry;
}

Meaning meant(const char* product, const std::vector<std::string>& words) {
  return meaning_of(geometry_of(product), words).value();
}

Explanation explained(const char* product, const std::vector<std::string>& words) {
  return explain(geometry_of(product), {}, meant(product, words).wishes);
}

TEST(Explain, TwoHalvesLeaveNoRoomForASmallOne) {
  const auto answer = explained("a100-80gb", {"3g.40gb", "3g.40gb", "1g.10gb"});
  EXPECT_FALSE(answer.fits);
  EXPECT_EQ(
      answer.reason,
      "2x 3g.40gb + 1g.10gb need 9 memory units of 8, although 7 of 7 compute slices would do: "
      "3g.40gb "
      "has 3 compute slices but takes 4 of the 8 memory units");
  ASSERT_FALSE(answer.nearest.empty());
  for (const Alternative& other : answer.nearest) {
    EXPECT_TRUE(mig::Layout::make(geometry_of("a100-80gb"), other.layout.instances()));
    EXPECT_EQ(other.layout.instances().size(), other.profiles.size());
  }
  EXPECT_EQ(count_text(answer.largest_part), "2x 3g.40gb");
}

TEST(Explain, TheOrderThatTheUserGuideWarnsOf) {
  const auto answer = explained("h100-sxm5-80gb", {"1g.10gb", "1g.10gb", "2g.20gb", "3g.40gb"});
  ASSERT_TRUE(answer.fits);
  EXPECT_TRUE(answer.given_order_fails);
  EXPECT_EQ(answer.first_refused, 3u);
  ASSERT_FALSE(answer.working_order.empty());
  EXPECT_EQ(answer.working_order[0]->name, "3g.40gb");
}

TEST(Explain, FixedPlacesAreKept) {
  const auto answer = explained("h100-sxm5-80gb", {"3g.40gb:4", "2g.20gb:2"});
  ASSERT_TRUE(answer.fits);
  EXPECT_EQ(mig::to_string(answer.layout), "2g.20gb@2 3g.40gb@4");
  EXPECT_FALSE(explained("h100-sxm5-80gb", {"3g.40gb:4", "2g.20gb:4"}).fits);
}

TEST(Explain, WhatTheGpuHoldsStays) {
  const mig::Geometry& geometry = geometry_of("h100-sxm5-80gb");
  const std::vector<mig::Instance> held = {{geometry.find_name("1g.10gb"), {0, 1}},
                                           {geometry.find_name("1g.10gb"), {4, 1}}};
  const auto answer = explain(geometry, held, {{geometry.find_name("3g.40gb"), {}}});
  EXPECT_FALSE(answer.fits);
  EXPECT_NE(answer.reason.find("0 is barred by 1g.10gb@0, 4 by 1g.10gb@4"), std::string::npos)
      << answer.reason;
  EXPECT_NE(answer.reason.find("1g.10gb@0 1g.10gb@4"), std::string::npos) << answer.reason;
}

TEST(Explain, OneMediaExtensionPerGpu) {
  const auto answer = explained("h100-sxm5-80gb", {"1g.10gb+me", "1g.10gb+me"});
  EXPECT_FALSE(answer.fits);
  EXPECT_NE(answer.reason.find("+me"), std::string::npos) << answer.reason;
}

// For every multiset of up to three plain profiles the answer equals what the layouts say.
TEST(Explain, AgreesWithEnumerationOnEveryProduct) {
  for (const char* product : {"a30-24gb", "h100-sxm5-80gb", "rtx-pro-6000-blackwell-96gb"}) {
    const mig::Geometry& geometry = geometry_of(product);
    std::vector<const mig::GpuInstanceProfile*> plain;
    for (const auto& profile : geometry.profiles) {
      if (profile.media == mig::Media::kPlain && !profile.graphics) plain.push_back(&profile);
    }
    for (std::size_t a = 0; a < plain.size(); ++a) {
      for (std::size_t b = a; b < plain.size(); ++b) {
        const std::vector<Wish> wishes = {{plain[a], {}}, {plain[b], {}}};
        bool possible = false;
        mig::visit_layouts(
            geometry, [](const auto&) { return true; },
            [&](const mig::Layout& layout) {
              if (layout.instances().size() != 2) return;
              const auto *x = layout.instances()[0].profile, *y = layout.instances()[1].profile;
              possible =
                  possible || (x == plain[a] && y == plain[b]) || (x == plain[b] && y == plain[a]);
            });
        const auto answer = explain(geometry, {}, wishes);
        ASSERT_EQ(answer.fits, possible) << product << count_text({plain[a], plain[b]});
        ASSERT_EQ(answer.reason.empty(), possible);
      }
    }
  }
}

TEST(Meaning, IdsThatLookedLikeSlices) {
  const auto meaning = meant("h100-sxm5-80gb", {"9", "9", "9", "19"});
  ASSERT_TRUE(meaning.as_written);
  const auto traps =
      misread_ids(geometry_of("h100-sxm5-80gb"), {}, {"9", "9", "9", "19"}, meaning.wishes);
  ASSERT_EQ(traps.size(), 1u);
  EXPECT_EQ(traps[0].instead, "nvidia-smi mig -cgi 14,14,14,19 -C");
}

TEST(Meaning, IdsThatAreSmallerElsewhere) {
  const auto meaning = meant("h100-sxm5-80gb", {"14", "14", "14"});
  const auto traps =
      misread_ids(geometry_of("h100-sxm5-80gb"), {}, {"14", "14", "14"}, meaning.wishes);
  ASSERT_EQ(traps.size(), 1u);
  EXPECT_NE(traps[0].what.find("a30-24gb"), std::string::npos) << traps[0].what;
  EXPECT_NE(traps[0].what.find("rtx-pro-6000"), std::string::npos) << traps[0].what;
  EXPECT_NE(traps[0].instead.find("3x 1g.10gb: nvidia-smi mig -cgi 19,19,19 -C"), std::string::npos)
      << traps[0].instead;
}

TEST(Meaning, IdsThatNoOtherBoardHasTogetherAreNoTrap) {
  const std::vector<std::string> words = {"9", "14", "19", "19"};
  const auto meaning = meant("h100-sxm5-80gb", words);
  EXPECT_TRUE(misread_ids(geometry_of("h100-sxm5-80gb"), {}, words, meaning.wishes).empty());
}

TEST(Meaning, IdsAndNamesOfOtherProducts) {
  const auto id = meant("h100-sxm5-80gb", {"21"});  // 1g.6gb+me of an A30
  EXPECT_FALSE(id.as_written);
  EXPECT_EQ(id.wishes[0].profile->name, "1g.10gb+me");
  const auto graphics =
      meaning_of(geometry_of("h100-sxm5-80gb"), {"47"});  // of RTX PRO 6000, nothing alike
  ASSERT_FALSE(graphics);
  EXPECT_EQ(graphics.error().code, Code::kInfeasible);
}

TEST(Meaning, NamesOfAnotherMemorySize) {
  const auto meaning = meant("a100-80gb", {"3g.20gb"});
  EXPECT_FALSE(meaning.as_written);
  ASSERT_EQ(meaning.wishes.size(), 1u);
  EXPECT_EQ(meaning.wishes[0].profile->name, "3g.40gb");
  ASSERT_EQ(meaning.traps.size(), 1u);
}

TEST(Meaning, ShortFormsAndCounts) {
  EXPECT_EQ(meant("h100-sxm5-80gb", {"3g"}).wishes[0].profile->name, "3g.40gb");
  EXPECT_EQ(meant("h100-sxm5-80gb", {"2x1g.10gb", "3g.40gb:4"}).wishes.size(), 3u);
  for (const char* wrong : {"banana", "", "3", "0x1g.10gb", "99x1g.10gb", "3g.40gb:1"}) {
    EXPECT_FALSE(meaning_of(geometry_of("h100-sxm5-80gb"), {wrong})) << wrong;
  }
}

TEST(SmiWords, BareDciLeavesGpuInstances) {
  const auto command = parse_smi({"nvidia-smi mig -dci"});
  ASSERT_TRUE(command);
  const auto traps = command_traps(*command, 3u, 3u);
  ASSERT_FALSE(traps.empty());
  EXPECT_NE(traps[0].what.find("3 GPU instances of this GPU stay"), std::string::npos)
      << traps[0].what;
  EXPECT_EQ(traps[0].instead, "nvidia-smi mig -dci && nvidia-smi mig -dgi");
}

TEST(SmiWords, ReadsACommandAndRefusesWhatIsNone) {
  const auto command =
      parse_smi({"sudo", "nvidia-smi", "mig", "-i", "2", "-cgi", "9,3g.40gb:4", "-C"});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->create, (std::vector<std::string>{"9", "3g.40gb:4"}));
  EXPECT_TRUE(command->with_compute);
  EXPECT_EQ(command->gpus, "2");
  EXPECT_FALSE(parse_smi({"-cgj", "9"}));
  EXPECT_FALSE(parse_smi({"-cgi"}));
}

}  // namespace
}  // namespace septet::plan
