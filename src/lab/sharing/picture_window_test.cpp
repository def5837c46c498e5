#include "lab/sharing/picture_window.h"

#include <gtest/gtest.h>

#include "lab/testing/tenants.h"

namespace septet::lab::sharing {
namespace {

using testing::closed;
using testing::scenario_of;
using testing::tenant_of;
using testing::yolos;

std::pair<double, double> window_of(const Scenario& scenario) {
  return picture_window(scenario, clients_of(scenario));
}

Tenant notebook(std::string name, std::vector<std::pair<double, double>> active) {
  Tenant tenant = closed(std::move(name), yolos());
  tenant.training = true;
  tenant.arrivals.active = std::move(active);
  return tenant;
}

TEST(PictureWindow, BeginsAfterTheWarmUpWhereAllAreAlwaysBusy) {
  const auto [from, to] = window_of(scenario_of({closed("a", yolos(), 7)}));
  EXPECT_EQ(from, 60.0);
  EXPECT_GT(to, from);
  EXPECT_LE(to, from + 4.0);
}

TEST(PictureWindow, IsWhereMostNotebooksCompute) {
  const Scenario scenario =
      scenario_of({notebook("early", {{0, 300}}), notebook("middle", {{250, 400}}),
                   notebook("late", {{290, 500}})});
  const auto [from, to] = window_of(scenario);
  EXPECT_GE(from, 290.0);
  EXPECT_LE(to, 300.0);
  EXPECT_EQ(window_of(scenario).first, from);
}

TEST(PictureWindow, KeepsAwayFromAChangeOfLayout) {
  Scenario scenario = scenario_of({notebook("day", {{0, 310}}), notebook("night", {{300, 600}})});
  scenario.layouts = {{"7g.80gb"}};
  scenario.changes = {{300.0, {{"7g.80gb"}}, 100.0}};
  const auto [from, to] = window_of(scenario);
  EXPECT_TRUE(to <= 300.0 || from >= 460.0) << from;
  EXPECT_EQ(from, 60.0);  // two at once only while the layout changes
}

TEST(PictureWindow, LooksAtWhatComesNotAtRates) {
  Tenant rare = tenant_of("rare", yolos(), 0.0);
  rare.arrivals.kind = Arrivals::Kind::kTrace;
  rare.arrivals.trace = {{400.0, 1.0}};
  const auto [from, to] = window_of(scenario_of({closed("always", yolos()), rare}));
  EXPECT_LE(from, 400.0);
  EXPECT_GT(to, 400.0);
}

TEST(PictureWindow, OfAVeryShortRunIsWithinIt) {
  const auto [from, to] = window_of(scenario_of({closed("a", yolos())}, 1.0));
  EXPECT_GE(from, 0.1);
  EXPECT_LE(to, 1.0);
  EXPECT_GT(to, from);
}

}  // namespace
}  // namespace septet::lab::sharing
