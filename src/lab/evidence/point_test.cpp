#include "lab/evidence/point.h"

#include <gtest/gtest.h>

namespace septet::lab::evidence {
namespace {

Point off_by(double error) {
  Point point;
  point.measured = 10.0;
  point.predicted = 10.0 * (1.0 + error);
  return point;
}

TEST(EvidenceErrors, OfNothingAreNothing) {
  EXPECT_EQ(errors_of(std::span<const double>{}).count, 0u);
  EXPECT_EQ(errors_of(std::span<const double>{}).mean, 0.0);
}

TEST(EvidenceErrors, AreWithoutSignButForTheBias) {
  const double some[] = {-0.10, 0.02, 0.04, 0.08};
  const Errors errors = errors_of(some);
  EXPECT_EQ(errors.count, 4u);
  EXPECT_DOUBLE_EQ(errors.mean, 0.06);
  EXPECT_DOUBLE_EQ(errors.median, 0.06);
  EXPECT_DOUBLE_EQ(errors.bias, 0.01);
  EXPECT_DOUBLE_EQ(errors.worst, 0.10);
}

// The survey's counts and figures follow from this definition and from no interpolated one.
TEST(EvidenceErrors, NineInTenAreNotAboveTheFigure) {
  std::vector<double> errors;
  for (int i = 1; i <= 18; ++i) errors.push_back(i / 100.0);
  EXPECT_DOUBLE_EQ(errors_of(errors).nine_in_ten, 0.16);
}

TEST(EvidenceErrors, NaiveOnesAreOfPointsThatHaveOne) {
  std::vector<Point> points = {off_by(0.1), off_by(0.2)};
  points[1].naive = 20.0;
  const Errors errors = naive_errors_of(points);
  EXPECT_EQ(errors.count, 1u);
  EXPECT_DOUBLE_EQ(errors.mean, 1.0);
}

TEST(EvidenceGroup, HoldsToTheDigitStated) {
  Group group;
  EXPECT_EQ(group.holds(), std::nullopt);
  group.stated = {1, 0.059, std::nullopt, std::nullopt};
  EXPECT_EQ(group.holds(), false) << "no points";
  group.points = {off_by(0.0594)};
  EXPECT_EQ(group.holds(), true);
  group.points = {off_by(0.0596)};
  EXPECT_EQ(group.holds(), false);
  group.points = {off_by(0.02)};
  EXPECT_EQ(group.holds(), true) << "better is as good";
}

TEST(EvidenceGroup, RecomputedMustBeTheSame) {
  Group group;
  group.recomputed = true;
  group.stated = {2, 0.059, std::nullopt, std::nullopt};
  group.points = {off_by(0.059)};
  EXPECT_EQ(group.holds(), false) << "another count";
  group.points = {off_by(0.059), off_by(-0.059)};
  EXPECT_EQ(group.holds(), true);
  group.points = {off_by(0.02), off_by(0.02)};
  EXPECT_EQ(group.holds(), false) << "better is another computation";
}

TEST(EvidenceGroup, CoarseDigitsAreCompared) {
  Group group;
  group.points = {off_by(0.153)};
  group.stated = {std::nullopt, std::nullopt, std::nullopt, 0.15, kTenth, kWhole};
  EXPECT_EQ(group.holds(), true);
  group.stated.digit_of_nine_in_ten = kTenth;
  EXPECT_EQ(group.holds(), false);
}

}  // namespace
}  // namespace septet::lab::evidence
