// Ticks, and where values land.
#include "cli/svg/axis.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace septet::cli::svg {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNone = std::nan("");

std::string labels_of(const Axis& axis) {
  std::string out;
  for (const Tick& tick : axis.ticks)
    if (!tick.label.empty()) out += (out.empty() ? "" : " | ") + tick.label;
  return out;
}

struct WordsCase {
  double value;
  const char *number, *seconds, *share;
};

TEST(Axis, NumbersInWords) {
  const WordsCase cases[] = {{0, "0", "0 s", "0 %"},
                             {0.00034, "0.00034", "0.34 ms", "0 %"},
                             {0.0226, "0.0226", "23 ms", "2.3 %"},
                             {0.2345, "0.234", "234 ms", "23 %"},
                             {0.99951, "1", "1 s", "100 %"},
                             {1.236, "1.24", "1.2 s", "124 %"},
                             {99.6, "99.6", "100 s", "9960 %"},
                             {300, "300", "5 min", "30000 %"},
                             {12345, "12.3k", "3.4 h", "1234500 %"},
                             {2.5e6, "2.5M", "28.9 days", "250000000 %"},
                             {-0.5, "-0.5", "-500 ms", "-50 %"},
                             {kInfinity, "-", "-", "-"},
                             {kNone, "-", "-", "-"}};
  for (const WordsCase& one : cases) {
    EXPECT_EQ(short_number(one.value), one.number);
    EXPECT_EQ(seconds_words(one.value), one.seconds);
    EXPECT_EQ(percent_words(one.value), one.share);
  }
}

struct TicksCase {
  double least, greatest;
  std::size_t most;
  const char* labels;
};

TEST(Axis, LinearTicks) {
  const TicksCase cases[] = {{0, 1, 5, "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
                             {0, 7, 4, "0 | 2 | 4 | 6 | 8"},
                             {0, 646, 3, "0 | 500 | 1000"},
                             {84.2, 97.5, 4, "80 | 85 | 90 | 95 | 100"},
                             {-3, 3, 6, "-3 | -2 | -1 | 0 | 1 | 2 | 3"},
                             {0, 0, 5, "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
                             {5, 5, 5, "2 | 3 | 4 | 5 | 6 | 7 | 8"},
                             {1, 0, 2, "0 | 0.5 | 1"},
                             {kNone, kInfinity, 2, "0 | 0.5 | 1"},
                             {0, 1e-9, 2, "0 | 0 | 0"}};
  for (const TicksCase& one : cases)
    EXPECT_EQ(labels_of(linear_axis(one.least, one.greatest, one.most, short_number)), one.labels)
        << one.least << " to " << one.greatest;
}

TEST(Axis, LogarithmicTicks) {
  const TicksCase cases[] = {
      {0.03, 2.7, 0, "20 ms | 50 ms | 100 ms | 200 ms | 500 ms | 1 s | 2 s | 5 s"},
      {0.001, 10000, 0, "1 ms | 10 ms | 100 ms | 1 s | 10 s | 100 s | 17 min | 2.8 h"},
      {0.1, 0.1, 0, "50 ms | 100 ms | 200 ms"},
      {0, 0, 0, "500 ms | 1 s | 2 s"},
      {-1, kNone, 0, "500 ms | 1 s | 2 s"},
      {kNone, 20e-6, 0, "10 us | 20 us | 50 us"}};
  for (const TicksCase& one : cases)
    EXPECT_EQ(labels_of(log_axis(one.least, one.greatest, seconds_words)), one.labels)
        << one.least << " to " << one.greatest;
}

TEST(Axis, TimeTicksAreInOneUnitAndEndWhereTold) {
  const TicksCase cases[] = {
      {0, 0.27, 6, "0 | 50 ms | 100 ms | 150 ms | 200 ms | 250 ms"},
      {0, 600, 3, "0 | 5 min | 10 min"},
      {60, 90, 3, "60 s | 70 s | 80 s | 90 s"},
      {0, 86400, 8, "0 | 3 h | 6 h | 9 h | 12 h | 15 h | 18 h | 21 h | 24 h"},
      {0, 3600, 6, "0 | 10 min | 20 min | 30 min | 40 min | 50 min | 60 min"},
      {5, 5, 4, "5 s | 5.5 s | 6 s"},
      {0, 30 * 86400.0, 3, "0 | 10 days | 20 days | 30 days"}};
  for (const TicksCase& one : cases) {
    const Axis axis = time_axis(one.least, one.greatest, one.most);
    EXPECT_EQ(labels_of(axis), one.labels) << one.least << " to " << one.greatest;
    EXPECT_EQ(axis.from, one.least);
  }
}

TEST(Axis, ValuesLandInProportionAndNeverOutside) {
  const Axis linear{0, 10, false, {}}, logarithmic{0.01, 100, true, {}};
  EXPECT_DOUBLE_EQ(along(linear, 2.5, 100, 200), 125);
  EXPECT_DOUBLE_EQ(along(linear, 2.5, 200, 100), 175);
  EXPECT_DOUBLE_EQ(along(logarithmic, 1, 0, 100), 50);
  for (const Axis& axis : {linear, logarithmic}) {
    EXPECT_EQ(along(axis, -5, 100, 200), 100);
    EXPECT_EQ(along(axis, kInfinity, 100, 200), 200);
    EXPECT_EQ(along(axis, -kInfinity, 100, 200), 100);
    EXPECT_EQ(along(axis, kNone, 100, 200), 100);
  }
}

// Whatever it is asked to show: from < to, all ticks inside and in order, one of them labeled.
void check(const Axis& axis) {
  RC_ASSERT(std::isfinite(axis.from));
  RC_ASSERT(std::isfinite(axis.to));
  RC_ASSERT(axis.from < axis.to);
  bool labeled = false;
  const double slack = (axis.to - axis.from) * 1e-6;
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    RC_ASSERT(axis.ticks[i].at >= axis.from - slack);
    RC_ASSERT(axis.ticks[i].at <= axis.to + slack);
    if (i > 0) RC_ASSERT(axis.ticks[i - 1].at < axis.ticks[i].at);
    labeled = labeled || !axis.ticks[i].label.empty();
  }
  RC_ASSERT(labeled);
  RC_ASSERT(axis.ticks.size() < 150u);
}

RC_GTEST_PROP(AxisProperty, HoldsWhatItIsAskedTo, ()) {
  const auto mantissa = [] { return static_cast<double>(*rc::gen::inRange(-1000, 1000)); };
  const double a = mantissa() * std::pow(10, *rc::gen::inRange(-8, 9));
  const double b = mantissa() * std::pow(10, *rc::gen::inRange(-8, 9));
  const auto most = *rc::gen::inRange<std::size_t>(0, 12);
  const Axis linear = linear_axis(a, b, most, short_number);
  check(linear);
  RC_ASSERT(linear.from <= std::min(a, b) + (linear.to - linear.from) * 1e-6);
  RC_ASSERT(linear.to >= std::max(a, b) - (linear.to - linear.from) * 1e-6);
  check(time_axis(a, b, most));
  check(log_axis(a, b, seconds_words));
}

}  // namespace
}  // namespace septet::cli::svg
