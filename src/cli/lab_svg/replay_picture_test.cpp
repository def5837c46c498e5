// Pictures of replays read back.
#include "cli/lab_svg/replay_picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/testing/strict_xml.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {
namespace {

using strict_xml::Element;
using strict_xml::read_xml;

const ReplayWords kWords{"ours <first>", "replayed & counted", "acceptance, %", "10 seeds"};

ReplayPanel panel(std::string name, double lower) {
  return {std::move(name),
          {{"random", 84 - lower, 0.5}, {"ours", 95 - lower, 0.2, true}, {"FGD", 94 - lower, 0}},
          {{"unlimited repack", 96 - lower}, {"fluid bound", 97 - lower}}};
}

std::vector<Element> dots(const Element& root) {
  std::vector<Element> out;
  root.walk([&](const Element& e) {
    if (e.name == "circle" && e.has("class")) out.push_back(e);
  });
  return out;
}

TEST(ReplayPicture, BestFirstAndInProportion) {
  const Element root = read_xml(replay_picture(kWords, {panel("load 1", 0), panel("load 2", 5)}));
  const auto all = dots(root);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_LT(all[0].number("cy"), all[1].number("cy"));  // ours, FGD, random
  EXPECT_LT(all[1].number("cy"), all[2].number("cy"));
  EXPECT_GT(all[0].number("cx"), all[1].number("cx"));
  EXPECT_NEAR(
      (all[0].number("cx") - all[2].number("cx")) / (all[0].number("cx") - all[1].number("cx")), 11,
      0.05);
  EXPECT_EQ(all[0].number("cy"), all[3].number("cy"));
  std::size_t references = 0;
  root.walk([&](const Element& e) {
    references += e.has("class") && e.attributes.at("class") == "reference" ? 1u : 0u;
  });
  EXPECT_EQ(references, 4u);
}

TEST(ReplayPicture, ManyPoliciesMakeThePageTaller) {
  ReplayPanel many{"", {}, {}};
  for (int i = 0; i < 60; ++i) many.policies.push_back({"p" + std::to_string(i), i * 1.0, 1});
  EXPECT_GT(read_xml(replay_picture(kWords, {many})).number("height"), svg::kSlideHeight);
  EXPECT_EQ(dots(read_xml(replay_picture(kWords, {many, many, many, many, many}))).size(), 300u);
}

TEST(ReplayPicture, LittleOrNonsenseStillGivesAPage) {
  const double infinite = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<ReplayPanel>> cases = {
      {},
      {{}},
      {{"one", {{"only", 5, 0}}, {}}},
      {{"same", {{"a", 5, 0}, {"b", 5, 0}}, {{"c", 5}}}},
      {{"wild", {{"a", std::nan(""), infinite}, {"b", infinite, 1}}, {{"c", infinite}}}}};
  for (const auto& panels : cases)
    EXPECT_EQ(read_xml(replay_picture(kWords, panels)).number("width"), svg::kSlideWidth);
  const std::vector<std::vector<TimeLine>> lines = {
      {}, {{"a", {}}}, {{"a", {{1, 1}}}}, {{"a", {{0, std::nan("")}, {infinite, infinite}}}}};
  for (const auto& one : lines)
    EXPECT_EQ(read_xml(over_time_picture(kWords, one, {{"c", infinite}})).number("width"),
              svg::kSlideWidth);
}

TEST(ReplayPicture, LinesOverTimeHaveNamesAndOursLiesOnTop) {
  std::vector<TimeLine> lines;
  for (int i = 0; i < 9; ++i) {
    TimeLine line{"policy <" + std::to_string(i) + ">", {}, i == 0};
    for (int t = 0; t < 3000; ++t) line.points.push_back({t * 1.0, t % 7 + i * 1.0});
    lines.push_back(std::move(line));
  }
  const std::string picture = over_time_picture(kWords, lines, {{"capacity", 30}});
  std::vector<std::string> strokes;
  read_xml(picture).walk([&](const Element& e) {
    if (e.name == "path") strokes.push_back(e.attributes.at("stroke"));
  });
  ASSERT_EQ(strokes.size(), 9u);
  EXPECT_EQ(strokes.back(), "#0077bb");
  for (int i = 0; i < 9; ++i)
    EXPECT_NE(picture.find("policy &lt;" + std::to_string(i) + "&gt;</text>"), std::string::npos);
  EXPECT_LT(picture.size(), 200'000u);
}

TEST(ReplayPicture, LeastFirstWhereLessIsBetter) {
  ReplayWords words = kWords;
  words.less_is_better = true;
  const std::string picture = replay_picture(words, {panel("load 1", 0)});
  EXPECT_LT(picture.find(">random</text>"), picture.find(">ours</text>"));
}

}  // namespace
}  // namespace septet::cli::lab_pictures
