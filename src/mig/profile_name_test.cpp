#include "mig/profile_name.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

using testing::every_geometry;

const Geometry& geometry(const char* product) { return find_product(product)->geometry; }

std::string matched(const Geometry& of, std::string_view text) {
  const auto profile = match_profile(of, text);
  return profile ? std::string((*profile)->name) : "refused";
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

// ---- Grammar

TEST(ParseProfileName, reads_every_part) {
  const auto name = parse_profile_name("1c.3g.40gb+me.all,gfx");
  ASSERT_TRUE(name) << name.error().describe();
  EXPECT_EQ(*name, (ProfileName{1, true, 3, 40, Media::kAllMe, true}));
  EXPECT_EQ(*parse_profile_name("3g.40gb"), (ProfileName{3, false, 3, 40, Media::kPlain, false}));
  EXPECT_EQ(*parse_profile_name("1g.24gb-me"), (ProfileName{1, false, 1, 24, Media::kNoMe, false}));
  EXPECT_EQ(*parse_profile_name("1g.24gb.gfx"),
            (ProfileName{1, false, 1, 24, Media::kPlain, true}));
  EXPECT_EQ(*parse_profile_name("1g.24gb+gfx,me"),
            (ProfileName{1, false, 1, 24, Media::kMe, true}));
}

TEST(ParseProfileName, every_name_of_every_product_comes_back_as_it_was) {
  for (const auto& [product, of, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      const auto name = parse_profile_name(profile.name);
      ASSERT_TRUE(name) << product << ": " << name.error().describe();
      EXPECT_EQ(to_string(*name), profile.name) << product;
      EXPECT_EQ(name->media, profile.media) << product << ' ' << profile.name;
      EXPECT_EQ(name->graphics, profile.graphics) << product << ' ' << profile.name;
      for (const ComputeInstanceProfile& compute : profile.compute) {
        const auto device = parse_profile_name(compute.name);
        ASSERT_TRUE(device) << product << ": " << device.error().describe();
        EXPECT_EQ(to_string(*device), compute.name) << product;
      }
    }
  }
}

RC_GTEST_PROP(ParseProfileName, reads_back_what_it_writes, ()) {
  ProfileName name;
  name.slices = *rc::gen::inRange(1u, 16u);
  name.compute_written = *rc::gen::arbitrary<bool>();
  name.compute_slices = name.compute_written ? *rc::gen::inRange(1u, name.slices + 1) : name.slices;
  name.gb = *rc::gen::inRange(0u, 10'000u);
  name.media = *rc::gen::element(Media::kPlain, Media::kMe, Media::kAllMe, Media::kNoMe);
  name.graphics = name.media != Media::kNoMe && *rc::gen::arbitrary<bool>();
  const auto read = parse_profile_name(to_string(name));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == name);
}

RC_GTEST_PROP(ParseProfileName, survives_any_bytes, (const std::string& text)) {
  const auto name = parse_profile_name(text);
  if (name) RC_ASSERT(*parse_profile_name(to_string(*name)) == *name);
  (void)match_profile(geometry("h100-sxm5-80gb"), text);
  (void)match_placed(geometry("h100-sxm5-80gb"), text);
  (void)match_device(geometry("h100-sxm5-80gb"), text);
}

RC_GTEST_PROP(ParseProfileName, survives_damaged_names, ()) {
  std::string text = *rc::gen::element<std::string>("3g.40gb", "MIG 1c.3g.40gb", "1g.10gb+me",
                                                    "mig-1g.24gb.me.all", "1g.24gb-me:3");
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = *rc::gen::arbitrary<char>();
  const auto placed = match_placed(geometry("h100-sxm5-80gb"), text);
  // Not `placed || ...`: RC_ASSERT takes its operands apart, and would read error() of a match too.
  if (!placed) RC_ASSERT_FALSE(placed.error().what.empty());
}

TEST(ParseProfileName, refuses_hostile_input_with_a_sentence) {
  const std::string long_number(5000, '9');
  for (const std::string& text : std::vector<std::string>{"",
                                                          " ",
                                                          "MIG ",
                                                          "mig-",
                                                          "g.40gb",
                                                          "3g",
                                                          "3g.",
                                                          "3g.40",
                                                          "3g.gb",
                                                          "3g40gb",
                                                          "3.40gb",
                                                          "0g.0gb",
                                                          "0c.3g.40gb",
                                                          "4c.3g.40gb",
                                                          "c.3g.40gb",
                                                          "1c3g.40gb",
                                                          "1c.1c.3g.40gb",
                                                          "-3g.40gb",
                                                          "+3g.40gb",
                                                          "3g.-40gb",
                                                          "3g.+40gb",
                                                          "3g.40gb+",
                                                          "3g.40gb-",
                                                          "3g.40gb.",
                                                          "3g.40gb+me,",
                                                          "3g.40gb+,me",
                                                          "3g.40gb+me+me",
                                                          "3g.40gb+me,me",
                                                          "3g.40gb+me,me.all",
                                                          "3g.40gb+gfx,gfx",
                                                          "3g.40gb-gfx",
                                                          "3g.40gb-me.all",
                                                          "3g.40gb+me-me",
                                                          "3g.40gb+foo",
                                                          "3g.40gbx",
                                                          "3g.40gb me",
                                                          "3g.40.5gb",
                                                          "3g. 40gb",
                                                          "3 g.40gb",
                                                          "3g.40gb:4",
                                                          long_number + "g.40gb",
                                                          "3g." + long_number + "gb",
                                                          "99999g.1gb",
                                                          "18446744073709551617g.40gb",
                                                          "3g.40gb+" + std::string(100'000, 'm'),
                                                          std::string(1 << 20, 'x'),
                                                          std::string("3g.40gb\0", 8),
                                                          "3g.40gb\n",
                                                          "\xff\xfe",
                                                          "３g.40gb",
                                                          "MIG MIG 3g.40gb",
                                                          "nvidia.com/mig-3g.40gb"}) {
    const auto name = parse_profile_name(text);
    ASSERT_FALSE(name) << text.substr(0, 60);
    EXPECT_EQ(name.error().code, Code::kInvalidArgument);
    EXPECT_FALSE(name.error().remedy.empty());
    EXPECT_LT(name.error().what.size(), 300u) << "a complaint is one line, whatever it is about";
    for (const char c : name.error().what) EXPECT_FALSE(c >= 0 && c < 0x20) << text.substr(0, 60);
  }
}

// ---- Matching

TEST(MatchProfile, every_way_of_writing_every_profile_of_every_product) {
  for (const auto& [product, of, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      const std::string name(profile.name);
      std::string resource = name;
      std::ranges::replace(resource, '+', '.');
      for (const std::string& text :
           {name, "MIG " + name, "mig-" + resource, upper(name), upper("MIG " + name),
            " " + name + " ", std::to_string(profile.id)}) {
        EXPECT_EQ(matched(*geometry, text), name) << product << ": " << text;
      }
    }
  }
}

TEST(MatchProfile, tolerates_renamed_memory_sizes_but_nothing_else) {
  EXPECT_EQ(matched(geometry("gb200"), "1g.24gb"), "1g.23gb") << "the name of an early driver";
  EXPECT_EQ(matched(geometry("gb200"), "1g.24gb+me"), "1g.23gb+me");
  EXPECT_EQ(matched(geometry("gb200"), "7g.189gb"), "7g.186gb");
  EXPECT_EQ(matched(geometry("b200-180gb"), "3g.93gb"), "3g.90gb");
  EXPECT_EQ(matched(geometry("a100-40gb"), "1c.1g.5gb"), "1g.5gb") << "a redundant spelling";
  EXPECT_EQ(matched(geometry("a100-40gb"), "1g.6gb"), "refused");
  EXPECT_EQ(matched(geometry("a100-40gb"), "3g.40gb"), "refused")
      << "the profile of another product";
  EXPECT_EQ(matched(geometry("h100-sxm5-80gb"), "3g.47gb"), "refused");
  EXPECT_EQ(matched(geometry("a100-40gb"), "1g.10gb+me"), "refused");
  EXPECT_EQ(matched(geometry("a100-40gb"), "1g.5gb+gfx"), "refused");
  EXPECT_EQ(matched(geometry("a100-40gb"), "5g.20gb"), "refused");
}

TEST(MatchProfile, tolerance_never_chooses_between_two) {
  std::vector<GpuInstanceProfile> rows(2);
  rows[0].name = "1g.16gb";
  rows[0].slices = 1;
  rows[1].name = "1g.18gb";
  rows[1].slices = 1;
  const Geometry two{8, 7, false, rows};
  EXPECT_EQ(matched(two, "1g.17gb"), "refused");
  EXPECT_EQ(matched(two, "1g.16gb"), "1g.16gb");
  EXPECT_EQ(matched(two, "1g.18gb"), "1g.18gb");
}

TEST(MatchProfile, refusals_name_the_nearest) {
  const auto name = match_profile(geometry("h100-sxm5-80gb"), "3g.47gb");
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().describe(),
            "this GPU has no profile \"3g.47gb\"\n  try: nearest: 3g.40gb, 4g.40gb or 1g.10gb");
  const auto typo = match_profile(geometry("h100-sxm5-80gb"), "3g40gb");
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().remedy.find("3g.40gb"), std::string::npos) << typo.error().describe();
  const auto id = match_profile(geometry("a30-24gb"), "19");
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().remedy.find("14 (1g.6gb)"), std::string::npos) << id.error().describe();
  EXPECT_FALSE(match_profile(geometry("a30-24gb"), "99999999999999999999"));
}

TEST(MatchProfile, a_part_of_an_instance_is_no_gpu_instance_profile) {
  const auto part = match_profile(geometry("h100-sxm5-80gb"), "1c.3g.40gb");
  ASSERT_FALSE(part);
  EXPECT_NE(part.error().remedy.find("3g.40gb"), std::string::npos);
}

TEST(MatchDevice, every_compute_instance_name_of_every_product) {
  for (const auto& [product, of, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      for (const ComputeInstanceProfile& compute : profile.compute) {
        if (!compute.is_default && compute.slices == profile.slices)
          continue;  // one name, two profiles
        const auto device = match_device(*geometry, compute.name);
        ASSERT_TRUE(device) << product << ": " << device.error().describe();
        EXPECT_EQ(device->gpu_instance, &profile) << product << ' ' << compute.name;
        EXPECT_EQ(device->compute->slices, compute.slices) << product << ' ' << compute.name;
        EXPECT_EQ(device->compute->is_default, compute.is_default)
            << product << ' ' << compute.name;
      }
    }
  }
  EXPECT_EQ(match_device(geometry("h100-sxm5-80gb"), "9")->compute->name, "3g.40gb");
  EXPECT_EQ(match_device(geometry("gb200"), "MIG 2c.3g.95gb")->gpu_instance->name, "3g.93gb");
  EXPECT_FALSE(match_device(geometry("h100-sxm5-80gb"), "5c.7g.80gb"));
}

TEST(MatchPlaced, reads_a_start_behind_a_colon) {
  const Geometry& h100 = geometry("h100-sxm5-80gb");
  const auto placed = match_placed(h100, "3g.40gb:4");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->profile->name, "3g.40gb");
  EXPECT_EQ(placed->start, 4);
  EXPECT_EQ(match_placed(h100, "15:0")->profile->name, "1g.20gb");
  EXPECT_EQ(match_placed(h100, "MIG 3g.40gb")->start, std::nullopt);
  for (const char* text :
       {"3g.40gb:", "3g.40gb:2", "3g.40gb:x", "3g.40gb:-4", "3g.40gb:+4", "3g.40gb:4:0",
        "3g.40gb: 4", "3g.40gb:260", "3g.40gb:18446744073709551620", ":4", ":"}) {
    EXPECT_FALSE(match_placed(h100, text)) << text;
  }
  EXPECT_NE(match_placed(h100, "3g.40gb:2").error().remedy.find("0 or 4"), std::string::npos);
}

TEST(NearestNames, best_first_and_no_more_than_asked) {
  const auto names = nearest_names(geometry("h100-sxm5-80gb"), "MIG 1g.10gb+mee", 2);
  EXPECT_EQ(names, (std::vector<std::string>{"1g.10gb+me", "1g.10gb"}));
  EXPECT_TRUE(nearest_names(Geometry{}, "3g.40gb", 3).empty());
  EXPECT_TRUE(nearest_names(geometry("h100-sxm5-80gb"), "3g.40gb", 0).empty());
}

}  // namespace
}  // namespace septet::mig
