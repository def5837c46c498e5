// septet products, profiles and layouts as a user calls them, without a driver.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "cli/verb.h"
#include "mig/product.h"

namespace septet::cli {

extern const Verb kProducts, kProfiles, kLayouts;

namespace {

struct Ran {
  Result<int> code = 0;
  std::string out;
};

Ran ran(const Verb& verb, const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  Ran result;
  result.code = verb.run({}, arguments);
  std::fflush(stdout);
  result.out = testing::internal::GetCapturedStdout();
  return result;
}

Json json_of(const Verb& verb, std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  const Ran result = ran(verb, arguments);
  EXPECT_TRUE(result.code.has_value()) << result.code.error().describe();
  return Json::parse(result.out);
}

struct Count {
  const char* rule;
  std::vector<std::string> arguments;
  std::size_t layouts;
};
class LayoutCounts : public testing::TestWithParam<Count> {};

TEST_P(LayoutCounts, ListsEveryLayoutOnce) {
  const Json list = json_of(kLayouts, GetParam().arguments);
  EXPECT_EQ(list.size(), GetParam().layouts);
  std::set<std::string> seen;
  for (const Json& layout : list) {
    EXPECT_TRUE(seen.insert(layout["instances"].dump()).second);
    unsigned units = 0;
    for (const Json& instance : layout["instances"]) units += instance["size"].get<unsigned>();
    EXPECT_EQ(layout["memory_units"].get<unsigned>(), units);
  }
  auto arguments = GetParam().arguments;
  const std::string text = ran(kLayouts, arguments).out;  // a heading, the layouts, the count
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), GetParam().layouts + 2);
  EXPECT_NE(text.find("\n" + std::to_string(GetParam().layouts) + " "), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(
    , LayoutCounts,
    testing::Values(
        Count{"h100_classic", {"--product", "h100-sxm5-80gb", "--classic"}, 298},
        Count{
            "h100_classic_maximal", {"--product", "h100-sxm5-80gb", "--classic", "--maximal"}, 19},
        Count{"a100_classic_maximal", {"--product", "a100-40gb", "--classic", "--maximal"}, 19},
        Count{"h100_no_media", {"--product", "h100-sxm5-80gb", "--no-media"}, 723},
        Count{"h100_no_media_maximal",
              {"--product", "h100-sxm5-80gb", "--no-media", "--maximal"},
              78},
        Count{"a30_classic", {"--product", "a30-24gb", "--classic"}, 26},
        Count{"a30_classic_maximal", {"--product", "a30-24gb", "--classic", "--maximal"}, 5},
        Count{"rtx_classic_maximal",
              {"--product", "rtx-pro-6000-blackwell-96gb", "--classic", "--maximal"},
              5},
        Count{"only_3g", {"--product", "h100-sxm5-80gb", "--profiles", "3g.40gb", "--maximal"}, 1}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST(LayoutsVerb, DrawsInstancesAsWideAsTheirMemory) {
  const std::string text =
      ran(kLayouts, {"--product", "h100-sxm5-80gb", "--profiles", "3g.40gb,4g.40gb", "--maximal"})
          .out;
  EXPECT_NE(text.find("|          4g           |          3g           |   7/7     8/8"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("2 maximal layouts of h100-sxm5-80gb from 3g.40gb, 4g.40gb"),
            std::string::npos)
      << text;
}

TEST(LayoutsVerb, NamesTheNearestProfileAndProduct) {
  const Ran profile = ran(kLayouts, {"--product", "a30-24gb", "--profiles", "3g.40gb"});
  EXPECT_FALSE(profile.code.has_value());
  const Ran product = ran(kLayouts, {"--product", "h100-sxm5-80g"});
  ASSERT_FALSE(product.code.has_value());
  EXPECT_EQ(product.code.error().code, Code::kNotFound);
  EXPECT_NE(product.code.error().remedy.find("h100-sxm5-80gb"), std::string::npos);
}

TEST(ProfilesVerb, ShowsTheTableOfAProduct) {
  const std::string text = ran(kProfiles, {"--product", "h100-sxm5-80gb"}).out;
  EXPECT_NE(text.find("h100-sxm5-80gb: 7 slices, 8 memory units"), std::string::npos);
  EXPECT_NE(text.find("39.50"), std::string::npos);
  EXPECT_NE(text.find("{0,4}:4"), std::string::npos);
  EXPECT_NE(text.find("recorded; memory derived"), std::string::npos);
  EXPECT_EQ(text.find("unknown"), std::string::npos);
}

TEST(ProfilesVerb, KeepsUnknownAWord) {
  for (const mig::Product& product : mig::products()) {
    const std::string text =
        ran(kProfiles, {"--product", std::string(product.id), "--compute"}).out;
    EXPECT_EQ(text.find('~'), std::string::npos) << product.id;
  }
  const std::string text = ran(kProfiles, {"--product", "b300"}).out;
  EXPECT_NE(text.find("unknown"), std::string::npos);
}

TEST(ProfilesVerb, GivesProgramsNullAndTheEstimate) {
  const Json json = json_of(kProfiles, {"--product", "h100-pcie-80gb"});
  EXPECT_TRUE(json["profiles"][0]["sm"]["value"].is_null());
  EXPECT_EQ(json["profiles"][0]["sm"]["estimate"], 14);
  EXPECT_EQ(json["profiles"][0]["max"]["value"], 7);
  EXPECT_EQ(json["profiles"][0]["max"]["confidence"], "documented");
  EXPECT_FALSE(json["profiles"][0].contains("free"));
}

TEST(ProfilesVerb, FollowsTheDriverVersion) {
  const Json old = json_of(kProfiles, {"--product", "a100-40gb", "--driver-version", "470.57.02"});
  EXPECT_EQ(old["profiles"].size(), 6u);
  EXPECT_EQ(old["profiles"][2]["memory_mib"]["value"], 9984);
  EXPECT_FALSE(
      ran(kProfiles, {"--product", "a100-40gb", "--driver-version", "newest"}).code.has_value());
}

TEST(ProductsVerb, ListsAll) {
  const Ran text = ran(kProducts, {});
  for (const mig::Product& product : mig::products())
    EXPECT_NE(text.out.find(product.id), std::string::npos);
  EXPECT_EQ(text.out.find('~'), std::string::npos);
  const Json list = json_of(kProducts, {});
  ASSERT_EQ(list.size(), mig::products().size());
  for (const Json& product : list) {
    const auto& values = product["values"];
    EXPECT_EQ(values["all"].get<int>(),
              values["recorded"].get<int>() + values["documented"].get<int>() +
                  values["derived"].get<int>() + values["unknown"].get<int>());
  }
}

TEST(ProductsVerb, ShowsSourcesAndNotesOfOne) {
  const std::string text = ran(kProducts, {"--product", "a100-40gb"}).out;
  EXPECT_NE(text.find("NVIDIA A100-SXM4-40GB (PCI device id 0x20b010de)"), std::string::npos);
  EXPECT_NE(text.find("below driver 525"), std::string::npos);
  for (const mig::Source& source : mig::find_product("a100-40gb")->sources)
    EXPECT_NE(text.find(source.text), std::string::npos) << source.key;
  const Json json = json_of(kProducts, {"--product", "a100-40gb"});
  EXPECT_EQ(json["profiles"].size(), 7u);
  EXPECT_EQ(json["power_limit_w"]["value"], 400);
}

}  // namespace
}  // namespace septet::cli
