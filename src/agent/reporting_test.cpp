#include "agent/reporting.h"

#include <gtest/gtest.h>

#include "agent/testing/node_of.h"

namespace septet::agent {

namespace {

struct Told {
  AgentOptions options;
  Shown shown;
  Choice choice;
  Standing standing;
  Since since;
  std::string now = "2026-01-01T00:00:00Z";

  Told() { options.node_name = "n1"; }
  Report report(bool node_known = true) {
    ReportInputs inputs;
    inputs.shown = node_known ? &shown : nullptr;
    if (!node_known)
      inputs.driver_problem = Error{Code::kNoDriver, "no driver", "load it", 0, nullptr};
    inputs.choice = &choice;
    inputs.standing = &standing;
    inputs.now = now;
    return report_of(options, inputs, since);
  }
};

TEST(Report, AnUnknownNodeIsNotAHealthyOne) {
  Told told;
  const Json condition = told.report(false).conditions.at(0);
  EXPECT_EQ(condition.at("status"), "False");
  EXPECT_EQ(condition.at("reason"), "DriverUnavailable");
  EXPECT_NE(condition.at("message").get<std::string>().find("load it"), std::string::npos);
}

TEST(Report, TheTimeOfAConditionMovesWithTheCondition) {
  Told told;
  EXPECT_EQ(told.report().conditions.at(0).at("lastTransitionTime"), "2026-01-01T00:00:00Z");
  told.now = "2026-01-01T00:01:00Z";
  EXPECT_EQ(told.report().conditions.at(0).at("lastTransitionTime"), "2026-01-01T00:00:00Z");
  told.shown.offer.not_offered.push_back({1, "GPU-x", "no MIG devices on it"});
  const Json condition = told.report().conditions.at(0);
  EXPECT_EQ(condition.at("lastTransitionTime"), "2026-01-01T00:01:00Z");
  EXPECT_EQ(condition.at("message"), "GPU 1: no MIG devices on it");
}

TEST(Report, TheLabelProtocolIsNeverStuck) {
  Told told;
  EXPECT_FALSE(told.report().labels.contains(kStateLabel)) << "nobody asked";
  told.choice.label = "all-1g.10gb";
  const std::pair<Phase, const char*> table[] = {{Phase::kApplied, "success"},
                                                 {Phase::kFailed, "failed"},
                                                 {Phase::kBlocked, "pending"},
                                                 {Phase::kWithheld, "pending"},
                                                 {Phase::kApplying, "pending"}};
  for (const auto& [phase, state] : table) {
    told.standing.phase = phase;
    EXPECT_EQ(told.report().labels.at(kStateLabel), state);
  }
  told.standing.phase = Phase::kBlocked;
  told.standing.error = Error{Code::kBusy, "GPU 0 waits for pod a/b", "delete it", 0, nullptr};
  EXPECT_NE(told.report().annotations.at(kReasonAnnotation).find("pod a/b"), std::string::npos)
      << "pending says what it waits for";
  told.choice.label_problem = Error{Code::kNotFound, "no such config", "try x", 0, nullptr};
  EXPECT_EQ(told.report().labels.at(kStateLabel), "failed");
}

TEST(Report, EachNodeHasItsEntryOnAMigLayout) {
  Told told;
  told.choice.layouts = {{"ns", "day", 3, std::nullopt},
                         {"ns", "other", 1, Error{Code::kConflict, "day governs", "", 0, nullptr}}};
  told.standing.phase = Phase::kApplied;
  told.standing.gpus = {{0, "GPU-a", Phase::kApplied, ""}};
  const Report report = told.report();
  ASSERT_EQ(report.layouts.size(), 2u);
  const Json& day = report.layouts[0].entry;
  EXPECT_EQ(day.at("name"), "n1");
  EXPECT_EQ(day.at("phase"), "Applied");
  EXPECT_EQ(day.at("observedGeneration"), 3);
  EXPECT_EQ(day.at("conditions").at(0).at("status"), "True");
  EXPECT_EQ(day.at("gpus").at(0).at("state"), "Applied");
  EXPECT_EQ(report.layouts[1].entry.at("phase"), "Superseded");
  EXPECT_EQ(report.layouts[1].entry.at("lastError"), "day governs");
}

}  // namespace

}  // namespace septet::agent
