// Pictures of comparisons read back: every span in its place, nothing on top of a label, nothing
// foreign, and something sensible where there is next to nothing to draw.
#include "cli/lab_svg/pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "base/testing/strict_xml.h"
#include "cli/lab_svg/mig_share.h"
#include "cli/lab_svg/testing/made_up.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {
namespace {

using lab::Comparison, lab::Mode, lab::ModeOutcome, lab::Scenario;
using strict_xml::Element;
using strict_xml::read_xml;

const char* const kHostile =
    "</text><script>alert('&\"')</script> \x01\x1b[31m \xff\xfe \xe2\x80\xae"
    "drow \xed\xa0\x80 \xef\xbf\xbf \xe4\xb8\xad\xe6\x96\x87 ]]> <!-- &lol; \n\t";

std::vector<std::string> all_of(const Scenario& scenario, const Comparison& comparison) {
  return {summary_picture(scenario, comparison), latency_picture(scenario, comparison),
          utilization_picture(scenario, comparison), timeline_picture(scenario, comparison),
          faults_picture(scenario, comparison)};
}

std::vector<Element> of_class(const Element& root, const std::string& name) {
  std::vector<Element> out;
  root.walk([&](const Element& e) {
    if (e.has("class") && e.attributes.at("class") == name) out.push_back(e);
  });
  return out;
}

// Boxes of the texts that stand on the page itself, as wide as they may get.
std::vector<std::pair<svg::Box, std::string>> texts_of(const Element& root) {
  std::vector<std::pair<svg::Box, std::string>> out;
  root.walk([&](const Element& e) {
    if (e.name != "text" || e.text.empty()) return;
    const double size = e.number("font-size");
    const double width = svg::width_of(e.text, {size, e.has("font-weight")});
    const std::string anchor = e.has("text-anchor") ? e.attributes.at("text-anchor") : "start";
    const double left = anchor == "end"      ? e.number("x") - width
                        : anchor == "middle" ? e.number("x") - width / 2
                                             : e.number("x");
    out.push_back({{left, e.number("y") - size * 0.75, width, size * 0.9}, e.text});
  });
  return out;
}

TEST(LabPictures, TextsLieOnThePageAndApart) {
  for (const std::size_t tenants : {1u, 3u, 7u, 12u}) {
    const Scenario scenario = made_up::scenario(tenants);
    for (const std::string& picture : all_of(scenario, made_up::comparison(scenario))) {
      const Element root = read_xml(picture);
      const auto texts = texts_of(root);
      EXPECT_GT(texts.size(), 15u);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& [a, words] = texts[i];
        EXPECT_GE(a.x, 0) << words;
        EXPECT_LE(a.x + a.width, svg::kSlideWidth) << words;
        EXPECT_LE(a.y + a.height, root.number("height")) << words;
        for (std::size_t j = 0; j < i; ++j) {
          const auto& [b, other] = texts[j];
          const bool apart = a.x + a.width <= b.x || b.x + b.width <= a.x ||
                             a.y + a.height <= b.y || b.y + b.height <= a.y;
          EXPECT_TRUE(apart) << words << " on " << other << " with " << tenants;
        }
      }
    }
  }
}

TEST(LabPictures, SameValuesSameCharacters) {
  const Scenario scenario = made_up::scenario(7);
  EXPECT_EQ(all_of(scenario, made_up::comparison(scenario)),
            all_of(scenario, made_up::comparison(scenario)));
}

TEST(LabPictures, HostileNamesAreShownAndNothingElse) {
  Scenario scenario = made_up::scenario(3);
  scenario.name = scenario.about = kHostile;
  scenario.tenants[1].name = kHostile;
  Comparison comparison = made_up::comparison(scenario);
  comparison.losing_case = kHostile;
  comparison.modes[1].lanes[0].name = kHostile;
  comparison.modes[4].layouts = {kHostile};
  comparison.modes[5].impossible = kHostile;
  comparison.modes[3].notes = {kHostile};
  for (lab::FaultRow& row : comparison.faults) row.why = kHostile;
  const std::set<std::string> known = {"svg",  "title",  "desc", "defs", "pattern", "path",
                                       "rect", "circle", "line", "g",    "text"};
  for (const std::string& picture : all_of(scenario, comparison)) {
    read_xml(picture).walk([&](const Element& e) {
      EXPECT_TRUE(known.contains(e.name)) << e.name;
      for (const auto& [name, value] : e.attributes) {
        EXPECT_FALSE(name.starts_with("on") || name.ends_with("href")) << name;
        EXPECT_EQ(value.find("script"), std::string::npos) << value;
      }
    });
  }
}

svg::Box box(const Element& e) {
  return {e.number("x"), e.number("y"), e.number("width"), e.number("height")};
}

std::vector<svg::Box> plots_of(const Element& root) {
  std::vector<svg::Box> out;
  root.walk([&](const Element& e) {
    if (e.name == "rect" && e.has("stroke") && e.attributes.at("stroke") == "#b8bec6" &&
        e.attributes.at("fill") == "#ffffff")
      out.push_back(box(e));
  });
  return out;
}

TEST(LabPictures, EverySpanLiesInAPlot) {
  const Scenario scenario = made_up::scenario(7);
  const Element root = read_xml(timeline_picture(scenario, made_up::comparison(scenario)));
  const auto plots = plots_of(root);
  ASSERT_EQ(plots.size(), 6u);
  const auto spans = of_class(root, "span");
  EXPECT_GT(spans.size(), 100u);
  for (const Element& span : spans) {
    const svg::Box at = box(span);
    EXPECT_TRUE(std::ranges::any_of(plots,
                                    [&](const svg::Box& plot) {
                                      return at.x >= plot.x - 0.01 &&
                                             at.x + at.width <= plot.x + plot.width + 0.02 &&
                                             at.y >= plot.y &&
                                             at.y + at.height <= plot.y + plot.height;
                                    }))
        << at.x << " " << at.y;
  }
}

// Two instances, one of them three times as high; one span each.
Comparison two_instances() {
  Comparison comparison;
  ModeOutcome mode;
  mode.mode = Mode::kMig;
  mode.gpus = 1;
  mode.layouts = {"3g.40gb@0 1g.10gb@4"};
  mode.lanes = {{0, "3g.40gb@0"}, {0, "1g.10gb@4: small"}};
  mode.tenants.resize(2);
  mode.tenants[0].name = "large";
  mode.tenants[1].name = "small";
  mode.timeline = {{0, 0, 10, 11, 0}, {0, 1, 10.5, 11.5, 1}};
  mode.timeline_from = 10;
  mode.timeline_to = 12;
  comparison.modes = {mode};
  return comparison;
}

TEST(LabPictures, SpansAreWhereAndWhenTheyRan) {
  Scenario scenario = made_up::scenario(2);
  const Element root = read_xml(timeline_picture(scenario, two_instances()));
  const svg::Box plot = plots_of(root).at(0);
  const auto spans = of_class(root, "span");
  ASSERT_EQ(spans.size(), 2u);
  const svg::Box large = box(spans[0]), small = box(spans[1]);
  EXPECT_NEAR(large.x, plot.x, 0.02);
  EXPECT_NEAR(large.width, plot.width / 2, 0.02);
  EXPECT_NEAR(small.x, plot.x + plot.width / 4, 0.02);
  EXPECT_EQ(spans[0].attributes.at("fill"), svg::fill_of(0));
  EXPECT_EQ(spans[1].attributes.at("fill"), svg::fill_of(1));
  // 42 and 14 of 108 SMs; 52 in no instance.
  const auto stranded = of_class(root, "stranded");
  ASSERT_EQ(stranded.size(), 1u);
  EXPECT_NEAR((large.height - small.height) / (box(stranded[0]).height - small.height - 3),
              28.0 / (52 - 14), 0.03);
  EXPECT_NE(root.text_of("title").find("up to 2 side by side"), std::string::npos);
}

TEST(LabPictures, StrandedSharesAreOfThePhysicalSms) {
  const mig::Product* a100 = made_up::product("a100-80gb");
  const auto seven = shares_of(a100,
                               "1g.10gb@0 1g.10gb@1 1g.10gb@2 1g.10gb@3 1g.10gb@4 "
                               "1g.10gb@5 1g.10gb@6");
  ASSERT_TRUE(seven.has_value());
  EXPECT_NEAR(stranded(*seven), 1 - 98.0 / 108, 1e-9);
  EXPECT_EQ((*seven)[6].start, 6u);
  EXPECT_EQ(stranded(shares_of(a100, "(empty)").value()), 1);
  EXPECT_FALSE(shares_of(a100, "9g.10gb@0").has_value());
  EXPECT_FALSE(shares_of(a100, "1g.10gb").has_value());
  EXPECT_FALSE(shares_of(nullptr, "1g.10gb@0").has_value());
}

TEST(LabPictures, LatenciesStandAtTheirPercentiles) {
  const Scenario scenario = made_up::scenario(7);
  const Comparison comparison = made_up::comparison(scenario);
  const Element root = read_xml(latency_picture(scenario, comparison));
  const auto rows = of_class(root, "latency");
  ASSERT_EQ(rows.size(), 42u);
  EXPECT_TRUE(rows[0].text_of("title").starts_with("service-a: p50 "));
  EXPECT_EQ(of_class(root, "objective").size(), 42u);
  // One objective, one axis: at the same share of every plot.
  const auto plots = plots_of(root);
  ASSERT_EQ(plots.size(), 6u);
  std::set<long> shares;
  for (const Element& line : of_class(root, "objective")) {
    for (const svg::Box& plot : plots) {
      const double x = line.number("x1");
      if (x < plot.x || x > plot.x + plot.width) continue;
      shares.insert(std::lround((x - plot.x) / plot.width * 1000));
      break;
    }
  }
  EXPECT_EQ(shares.size(), 1u);
}

TEST(LabPictures, TooManyTenantsAreCutToTheWorstAndSaid) {
  const Scenario scenario = made_up::scenario(40);
  const std::string picture = latency_picture(scenario, made_up::comparison(scenario));
  EXPECT_NE(picture.find("Shown: the 12 of 40 tenants"), std::string::npos);
  EXPECT_EQ(of_class(read_xml(picture), "latency").size(), 12u * 6);
  EXPECT_GT(read_xml(timeline_picture(scenario, made_up::comparison(scenario))).number("height"),
            svg::kSlideHeight);
}

TEST(LabPictures, BarsAreAsLongAsTheirValues) {
  const Scenario scenario = made_up::scenario(7);
  const Comparison comparison = made_up::comparison(scenario);
  const auto bars = of_class(read_xml(summary_picture(scenario, comparison)), "bar");
  ASSERT_EQ(bars.size(), 30u);  // GPUs, goodput, p99, SM active, energy
  EXPECT_NEAR(bars[5].number("width") * 7, bars[0].number("width"), 0.05);
  EXPECT_NEAR(bars[3].number("width") / bars[23].number("width"),
              comparison.modes[0].sm_active / comparison.modes[4].sm_active, 0.01);
}

TEST(LabPictures, TheSummarySaysWhoWinsAndWhatBeatsMig) {
  const Scenario scenario = made_up::scenario(7);
  const Comparison comparison = made_up::comparison(scenario);
  const std::string picture = summary_picture(scenario, comparison);
  EXPECT_NE(picture.find("every objective on 1 GPU; whole GPUs take 7</title>"), std::string::npos);
  EXPECT_NE(picture.find("Where MIG loses: invented"), std::string::npos);
  EXPECT_NE(picture.find("Whole GPUs: 3.5x better"), std::string::npos);  // its p99 is lower
}

TEST(LabPictures, AFaultTakesDownWhomItTakesDown) {
  const Scenario scenario = made_up::scenario(7);
  const Comparison comparison = made_up::comparison(scenario);
  const Element root = read_xml(faults_picture(scenario, comparison));
  std::size_t down = 0;
  for (const lab::FaultRow& row : comparison.faults)
    for (const auto& one : row.down) down += one ? 1u : 0u;
  EXPECT_EQ(of_class(root, "down").size(), down + 2);  // and two in the legend
  EXPECT_NE(root.text_of("title").find("7 of 7 go down under MPS, 1 under MIG"), std::string::npos);
}

TEST(LabPictures, WhatFaultsLoseIsNotCalledLate) {
  Scenario scenario = made_up::scenario(2);
  Comparison comparison = made_up::comparison(scenario);
  lab::TenantOutcome& tenant = comparison.modes[0].tenants[1];
  tenant.completed = 950;
  tenant.lost = 50;
  tenant.meets_objective = false;
  comparison.modes.resize(1);
  const std::string latency = latency_picture(scenario, comparison);
  EXPECT_NE(latency.find("lost 5 %</text>"), std::string::npos);
  EXPECT_EQ(latency.find("p99 beyond the objective"), std::string::npos);
  EXPECT_NE(summary_picture(scenario, comparison).find("misses 1 of 2 by faults"),
            std::string::npos);
  tenant.latency.p99 = 0.3;
  EXPECT_NE(latency_picture(scenario, comparison).find("p99 beyond the objective"),
            std::string::npos);
}

// Nothing, next to nothing, all alike, all zero, not finite, impossible.
std::vector<Comparison> degenerate() {
  std::vector<Comparison> out(1);
  ModeOutcome bare;
  out.push_back({});
  out.back().modes = {bare, bare};
  ModeOutcome one = bare;
  one.mode = Mode::kMig;
  one.gpus = 1;
  one.tenants.resize(1);
  one.tenants[0].latencies = {0.5f};
  one.tenants[0].completed = 1;
  one.tenants[0].latency = {0.5, 0.5, 0.5, 0.5};
  one.utilization = {{1, 0, 0, 0, 0}};
  one.lanes = {{0, "lane"}};
  one.timeline = {{0, 0, 5, 5, 0}};
  out.push_back({});
  out.back().modes = {one};
  ModeOutcome alike = one;
  alike.tenants[0].latencies.assign(50, 0.25f);
  alike.tenants.assign(3, alike.tenants[0]);
  alike.utilization.assign(5, {1, 1, 1, 1, 1});
  alike.timeline = {{0, 7, 5, 6, 99}, {9, 0, 5, 6, 0}, {0, 0, 7, 3, 0}};
  out.push_back({});
  out.back().modes = {alike, bare};
  ModeOutcome wild = one;
  const double infinite = std::numeric_limits<double>::infinity(), none = std::nan("");
  wild.tenants[0].latencies = {0, static_cast<float>(infinite)};
  wild.tenants[0].latency = {none, infinite, infinite, none};
  wild.tenants[0].diverges = true;
  wild.utilization = {{0, none, infinite, -1, infinite}, {infinite, 2, 2, 2, 2}};
  wild.sm_active = wild.engine_active = wild.watts = none;
  wild.joules_per_request = infinite;
  wild.goodput = none;
  wild.timeline = {{0, 0, 0, infinite, 0}};
  out.push_back({});
  out.back().modes = {wild, one};
  out.back().faults = {{Mode::kMig, lab::FaultKind::kGpuLost, 5, {infinite, none}, ""},
                       {Mode::kMps, lab::FaultKind::kKernelFault, 0, {}, ""}};
  ModeOutcome impossible;
  impossible.impossible = "it does not fit";
  out.push_back({});
  out.back().modes = {impossible, impossible, one};
  out.push_back({});
  out.back().modes = {impossible};
  return out;
}

TEST(LabPictures, LittleOrNonsenseStillGivesAPage) {
  for (const Scenario& scenario : {made_up::scenario(0), made_up::scenario(2), Scenario{}}) {
    for (const Comparison& comparison : degenerate()) {
      for (const std::string& picture : all_of(scenario, comparison)) {
        if (picture.empty()) continue;  // no faults
        for (const char* nonsense : {"nan", "inf", "e+", "e-0"})
          for (const char* before : {"\"", ",", " ", "M", "H", "V", "-"})
            EXPECT_EQ(picture.find(std::string(before) + nonsense), std::string::npos) << picture;
        EXPECT_EQ(read_xml(picture).number("width"), svg::kSlideWidth);
      }
    }
  }
}

TEST(LabPictures, AreWrittenWhereToldOrSayWhyNot) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "septet-lab-pictures-test";
  fs::remove_all(folder);
  const Scenario scenario = made_up::scenario(2);
  Comparison comparison = made_up::comparison(scenario);
  const auto paths = write_pictures(scenario, comparison, folder.string());
  ASSERT_TRUE(paths.has_value()) << paths.error().describe();
  ASSERT_EQ(paths->size(), 5u);
  EXPECT_TRUE((*paths)[0].ends_with("/summary.svg"));
  for (const std::string& path : *paths) EXPECT_GT(fs::file_size(path), 2000u) << path;
  comparison.faults.clear();
  EXPECT_EQ(write_pictures(scenario, comparison, folder.string())->size(), 4u);
  const auto nowhere = write_pictures(scenario, comparison, (folder / "no" / "such").string());
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_NE(nowhere.error().what.find("no/such"), std::string::npos);
  const auto a_file = write_pictures(scenario, comparison, (folder / "summary.svg").string());
  EXPECT_FALSE(a_file.has_value());
  fs::remove_all(folder);
}

}  // namespace
}  // namespace septet::cli::lab_pictures
