#include "partition/history.h"

#include <gtest/gtest.h>

#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

class History : public testing::Test {
 protected:
  Journaled change(const std::vector<std::string>& words, const ApplyOptions& options = quick()) {
    auto made = apply_with_journal(*journal_, held_, "apply",
                                   plan_as(driver_.observe().value(), words), driver_, options);
    EXPECT_TRUE(made) << made.error().describe();
    EXPECT_FALSE(made->unwritten.has_value());
    return *std::move(made);
  }
  Journaled back_to(std::string_view which) {
    auto made = rollback(*journal_, held_, driver_, which, quick());
    EXPECT_TRUE(made) << made.error().describe();
    return *std::move(made);
  }
  std::string layout(std::size_t gpu) {
    std::string text;
    const auto cuts = cuts_now(driver_);
    for (const auto& instance : cuts[gpu].instances) text += plan::to_string(instance) + " ";
    return text;
  }

  sim::SimulatedDriver driver_{scratch_node({"h100-sxm5-80gb", "a30-24gb"}, true)};
  std::unique_ptr<Journal> journal_ = scratch_journal();
  ChangeLock held_ = journal_->lock(0).value();
};

TEST_F(History, ANoteOfEveryStepAndHowLongItTook) {
  ASSERT_EQ(change({"3g.40gb@4 2g.20gb@0"}).outcome.end, End::kDone);
  const auto changes = journal_->changes(0).value();
  ASSERT_EQ(changes.size(), 1u);
  const ChangeRecord& made = changes[0];
  EXPECT_EQ(made.ended, Ended::kDone);
  ASSERT_EQ(made.steps.size(), 4u);
  for (const StepRecord& step : made.steps) {
    EXPECT_TRUE(step.ended_ns && *step.ended_ns > step.intended_ns);
    EXPECT_FALSE(step.failure.has_value());
  }
  // The clock ticks once for begin, for each intention and outcome, and for the end.
  EXPECT_EQ(duration_ns(made), std::int64_t{9} * 1'000'000'000);
  const Json json = to_json(changes)[0];
  EXPECT_EQ(json["user"], "alice");
  EXPECT_EQ(json["state"], "done");
  EXPECT_EQ(json["began"], "2026-01-01T00:00:02.000Z");
  EXPECT_EQ(json["seconds"], 9.0);
  EXPECT_EQ(json["steps"].size(), 4u);
  EXPECT_EQ(json["to"][0]["instances"].size(), 2u);
  EXPECT_NE(to_string(made).find("alice (pid 4242)  apply  done in 9.0 s"), std::string::npos)
      << to_string(made);
}

TEST_F(History, NothingToDoIsNoChangeButAWish) {
  const auto made = change({"", ""});
  EXPECT_FALSE(made.change.has_value());
  EXPECT_TRUE(journal_->changes(0).value().empty());
  change({"3g.40gb@4"});
  ASSERT_TRUE(journal_->forget({cuts_now(driver_)[0].uuid}));
  EXPECT_FALSE(change({"3g.40gb@4"}).change.has_value());
  ASSERT_EQ(journal_->wanted().value().size(), 1u);
  EXPECT_EQ(journal_->wanted().value()[0], cuts_now(driver_)[0]);
}

TEST_F(History, WhatIsWantedSaysWhereOpenPlacesCameToBe) {
  change({"3g.40gb@4"});
  const auto wanted = journal_->wanted().value();
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_TRUE(wanted[0].instances[0].compute[0].at.has_value());
}

TEST_F(History, AFailureIsToldAndWishesStay) {
  change({"3g.40gb@4"});
  const auto wanted = journal_->wanted().value();
  sim::FaultState fault{};
  fault.kind = sim::FaultKind::kCallFails;
  fault.gpu = sim::kNone;
  fault.code = 23;
  fault.call = sim::fault_call_hash("nvmlDeviceCreateGpuInstanceWithPlacement");
  fault.nth = 1;
  fault.times = 1;
  ASSERT_TRUE(sim::add_fault(driver_.node(), fault));
  EXPECT_EQ(change({"3g.40gb@4 2g.20gb@0"}).outcome.end, End::kRolledBack);
  const ChangeRecord made = journal_->changes(1).value()[0];
  EXPECT_EQ(made.ended, Ended::kRolledBack);
  EXPECT_NE(made.why.find("2g.20gb"), std::string::npos) << made.why;
  EXPECT_TRUE(made.steps.back().failure.has_value());
  EXPECT_EQ(journal_->wanted().value(), wanted);
}

TEST_F(History, ARefusalIsToldToo) {
  ApplyOptions options = quick();
  change({"3g.40gb@4"});
  const auto gi = sim::describe_gpu(driver_.node(), 0).instances[0].id;
  ASSERT_EQ(sim::attach_process(driver_.node(), process_in(0, gi)), sim::Status::kSuccess);
  const auto refused =
      apply_with_journal(*journal_, held_, "apply",
                         plan_as(driver_.observe().value(), {"7g.80gb@0"}), driver_, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBusy);
  EXPECT_EQ(journal_->changes(1).value()[0].ended, Ended::kRefused);
  EXPECT_TRUE(journal_->unfinished().value().empty());
}

TEST_F(History, GoesBackToTheLayoutBeforeAnyChange) {
  change({"3g.40gb@4", "2g.12gb@0"});  // 1
  change({"3g.40gb@4 1g.10gb@0"});     // 2
  change({"", "1g.6gb@0"});            // 3
  change({"7g.80gb@0"});               // 4
  back_to("last");                     // 5: before 4
  EXPECT_EQ(layout(0), "1g.10gb@0 3g.40gb@4 ");
  EXPECT_EQ(layout(1), "1g.6gb@0 ");
  back_to("3");
  EXPECT_EQ(layout(0), "1g.10gb@0 3g.40gb@4 ");
  EXPECT_EQ(layout(1), "2g.12gb@0 ");
  back_to("2");
  EXPECT_EQ(layout(0), "3g.40gb@4 ");
  EXPECT_EQ(layout(1), "2g.12gb@0 ");
  back_to("1");
  EXPECT_EQ(layout(0), "");
  EXPECT_EQ(layout(1), "");
  EXPECT_EQ(journal_->wanted().value().size(), 2u);
  EXPECT_EQ(journal_->changes(1).value()[0].verb, "rollback 1");
}

TEST_F(History, TheWayBackIsTheExactPlaces) {
  change({"1g.10gb@3 1g.10gb@5 2g.20gb@0"});
  const auto before = cuts_now(driver_);
  change({"7g.80gb@0"});
  back_to("last");
  EXPECT_EQ(cuts_now(driver_), before) << "UUIDs too: they follow from the places";
}

TEST_F(History, RefusesWhatIsNotThere) {
  EXPECT_EQ(find_change(*journal_, "last").error().code, Code::kNotFound);
  EXPECT_EQ(find_change(*journal_, "7").error().code, Code::kNotFound);
  for (const char* const which : {"", "x", "7x", "-1", "99999999999999999999"})
    EXPECT_EQ(find_change(*journal_, which).error().code, Code::kInvalidArgument) << which;
}

}  // namespace
}  // namespace septet::partition
