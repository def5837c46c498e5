// What pictures must not say by what they leave out, cut short or put elsewhere.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/testing/strict_xml.h"
#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/testing/made_up.h"
#include "lab/model/fault_rules.h"

namespace septet::cli::lab_pictures {
namespace {

using lab::Comparison, lab::Mode, lab::Scenario;
using strict_xml::Element;
using strict_xml::read_xml;

std::size_t count_of_class(const Element& root, const std::string& name) {
  std::size_t count = 0;
  root.walk([&](const Element& e) {
    if (e.has("class") && e.attributes.at("class") == name) ++count;
  });
  return count;
}

TEST(LabPictures, TheReasonsOfFaultsFitTheirCells) {
  Scenario scenario = made_up::scenario(7);
  Comparison comparison = made_up::comparison(scenario);
  ASSERT_EQ(comparison.modes.size(), std::size(lab::kModes)) << "the most rows there are";
  for (lab::FaultRow& row : comparison.faults) row.why = lab::fault_rule(row.mode, row.kind).why;
  const std::string picture = faults_picture(scenario, comparison);
  EXPECT_FALSE(picture.contains("\xe2\x80\xa6</text>")) << "cut short";
}

TEST(LabPictures, WhoHasNoInstanceIsNotSaidToGoOn) {
  const Scenario scenario = made_up::scenario(3);
  Comparison comparison = made_up::comparison(scenario);
  EXPECT_FALSE(faults_picture(scenario, comparison).contains("has no instance then"));
  const auto row = std::ranges::find_if(comparison.faults, [](const lab::FaultRow& one) {
    return one.mode == Mode::kMig && one.kind == lab::FaultKind::kGpuLost;
  });
  row->down[2].reset();
  row->away = {false, false, true};
  const std::string picture = faults_picture(scenario, comparison);
  EXPECT_EQ(count_of_class(read_xml(picture), "away"), 2u) << "it and the legend";
  EXPECT_TRUE(picture.contains("2 of 2 down"));
  EXPECT_TRUE(picture.contains("has no instance then"));
}

TEST(LabPictures, WholeGpusAreInTheOrderOfTheTenants) {
  const Scenario scenario = made_up::scenario(3);
  Comparison comparison = made_up::comparison(scenario);
  const auto drawn = timeline_picture(scenario, comparison);
  auto& lanes = comparison.modes[0].lanes;
  ASSERT_EQ(comparison.modes[0].mode, Mode::kWholeGpu);
  // The same run, with the tenants on other GPUs.
  std::ranges::reverse(lanes);
  for (unsigned gpu = 0; gpu < lanes.size(); ++gpu) lanes[gpu].gpu = gpu;
  for (lab::TimelineSpan& span : comparison.modes[0].timeline)
    span.gpu = static_cast<unsigned>(lanes.size()) - 1 - span.gpu;
  const auto text_of = [](const std::string& picture) {
    std::string words;
    read_xml(picture).walk([&](const Element& e) {
      if (e.name == "text") words += e.text + "\n";
    });
    return words;
  };
  EXPECT_EQ(text_of(timeline_picture(scenario, comparison)), text_of(drawn));
}

TEST(LabPictures, ALongRunIsNotSaidToTimeSliceAtOnce) {
  const Scenario scenario = made_up::scenario(2);
  Comparison comparison = made_up::comparison(scenario);
  EXPECT_FALSE(timeline_picture(scenario, comparison).contains("by turns"));
  for (lab::ModeOutcome& mode : comparison.modes)
    if (mode.mode == Mode::kTimeSlicing) mode.timeline = {{0, 0, 60, 61, 0}, {0, 1, 60, 61, 1}};
  const std::string picture = timeline_picture(scenario, comparison);
  EXPECT_TRUE(picture.contains("time-slicing runs up to 2 by turns"));
  EXPECT_TRUE(picture.contains("turns are not drawn one by one"));
}

}  // namespace
}  // namespace septet::cli::lab_pictures
