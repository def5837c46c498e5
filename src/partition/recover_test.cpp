#include "partition/recover.h"

#include <gtest/gtest.h>

#include "partition/journal_apply.h"
#include "partition/recover_target.h"
#include "partition/run_step.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

// An H100 with 3g.40gb at 4 and 1g.10gb at 0, and a change begun that is to turn the 1g into a 2g.
class CutShort : public testing::Test {
 protected:
  CutShort() {
    reach({"3g.40gb@4 1g.10gb@0"});
    plan_ = plan_as(driver_.observe().value(), {"3g.40gb@4 2g.20gb@0"});
    change_ = journal_->begin(held_, "apply", plan_).value();
  }

  void reach(const std::vector<std::string>& words) {
    const auto done = apply(plan_as(driver_.observe().value(), words), driver_, quick());
    ASSERT_TRUE(done && done->end == End::kDone);
  }

  // The first `steps` of the change, as if it had been killed after them.
  void take(std::size_t steps) {
    const auto recorder = journal_->recorder(change_).value();
    plan::Plan part = plan_;
    part.steps.resize(steps);
    const Patience patience = quick().patience;
    const Evict nobody = [](const auto&, const auto&) -> Result<> { return {}; };
    for (std::size_t i = 0; i < steps; ++i) {
      ASSERT_TRUE(recorder->intend(part.steps[i], {Way::kForward, 1, i + 1, 1}));
      StepRun run(part.steps[i], driver_, {patience, false, nobody});
      ASSERT_TRUE(run.attempt());
    }
  }

  void use(std::size_t place) {
    const auto gpu = sim::describe_gpu(driver_.node(), 0);
    for (const mig::GpuInstance& instance : gpu.instances) {
      if (instance.at.start != place) continue;
      ASSERT_EQ(sim::attach_process(driver_.node(), process_in(0, instance.id)),
                sim::Status::kSuccess);
    }
  }

  Recovered recover_one(Toward toward = Toward::kStart) {
    auto done = recover(*journal_, held_, driver_, {toward, quick()});
    EXPECT_TRUE(done) << done.error().describe();
    EXPECT_EQ(done->size(), 1u);
    return std::move(done->at(0));
  }

  bool is(const std::vector<plan::GpuCut>& wanted) {
    return plan::satisfies(cuts_now(driver_)[0], wanted[0]);
  }

  sim::SimulatedDriver driver_{scratch_node({"h100-sxm5-80gb"}, true)};
  std::unique_ptr<Journal> journal_ = scratch_journal();
  ChangeLock held_ = journal_->lock(0).value();
  plan::Plan plan_;
  std::int64_t change_ = 0;
};

TEST_F(CutShort, BeforeTheFirstStepItIsFoundUndone) {
  EXPECT_EQ(recover_one().how, Ended::kFoundUndone);
  EXPECT_TRUE(is(plan_.from));
  EXPECT_TRUE(journal_->unfinished().value().empty());
  EXPECT_TRUE(journal_->wanted().value().empty());
}

TEST_F(CutShort, AfterTheLastStepItIsFoundDone) {
  take(plan_.steps.size());
  EXPECT_EQ(recover_one().how, Ended::kFoundDone);
  EXPECT_TRUE(is(plan_.to));
  EXPECT_EQ(journal_->wanted().value().size(), 1u);
}

TEST_F(CutShort, InBetweenItIsLedBackAndTheJournalSaysSo) {
  for (std::size_t steps = 1; steps < plan_.steps.size(); ++steps) {
    SCOPED_TRACE(steps);
    take(steps);
    const Recovered done = recover_one();
    EXPECT_EQ(done.how, Ended::kUndone) << to_string(done);
    EXPECT_TRUE(is(plan_.from));
    const auto record = journal_->change(change_).value();
    EXPECT_EQ(record.ended, Ended::kUndone);
    EXPECT_EQ(record.steps.back().run, 2u);
    plan_ = plan_as(driver_.observe().value(), {"3g.40gb@4 2g.20gb@0"});
    change_ = journal_->begin(held_, "apply", plan_).value();
  }
}

TEST_F(CutShort, InBetweenItIsLedOnWhenAsked) {
  take(2);
  EXPECT_EQ(recover_one(Toward::kTarget).how, Ended::kFinished);
  EXPECT_TRUE(is(plan_.to));
  EXPECT_EQ(journal_->wanted().value().size(), 1u);
}

TEST_F(CutShort, WhatIsKeptAndInUseIsNotTouched) {
  take(2);
  use(4);
  const std::string uuid = sim::describe_gpu(driver_.node(), 0).instances[0].compute[0].uuid;
  const auto stamp = [this] {
    std::uint64_t sum = 0;
    for (const auto& one : driver_.node().gpus[0].instances) {
      if (one.stamp != 0 && one.start == 4) sum = one.stamp;
    }
    return sum;
  };
  const auto before = stamp();
  EXPECT_EQ(recover_one().how, Ended::kUndone);
  EXPECT_EQ(stamp(), before);
  EXPECT_TRUE(is(plan_.from));
}

// The new instance was taken into use between the crash and the recovery.
TEST_F(CutShort, WhatIsInUseIsNotDestroyedToGoBack) {
  reach({"3g.40gb@4"});
  ASSERT_TRUE(journal_->end(change_, Ended::kRefused, ""));
  plan_ = plan_as(driver_.observe().value(), {"3g.40gb@4 2g.20gb@0 1g.10gb@2"});
  change_ = journal_->begin(held_, "apply", plan_).value();
  take(2);
  use(0);
  const Recovered done = recover_one();
  EXPECT_EQ(done.how, Ended::kFinished) << to_string(done);
  EXPECT_TRUE(is(plan_.to));
}

TEST_F(CutShort, WhatSomebodyElseMadeStaysAndIsTold) {
  take(2);
  const auto& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  ASSERT_TRUE(driver_.create_gpu_instance(0, geometry.find_name("1g.10gb")->id, {{3, 1}}));
  const Recovered done = recover_one();
  EXPECT_EQ(done.how, Ended::kUndone) << to_string(done);
  ASSERT_EQ(done.notes.size(), 1u);
  EXPECT_NE(done.notes[0].find("1g.10gb@3"), std::string::npos);
  EXPECT_EQ(cuts_now(driver_)[0].instances.size(), 3u);
}

TEST_F(CutShort, WhatStandsInBothWaysLeavesItUnfinished) {
  take(2);  // the 1g at 0 is gone
  const auto& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  ASSERT_TRUE(driver_.create_gpu_instance(0, geometry.find_name("1g.10gb+me")->id, {{0, 1}}));
  const auto before = cuts_now(driver_);
  const Recovered done = recover_one();
  EXPECT_EQ(done.how, Ended::kStuck);
  ASSERT_TRUE(done.failure);
  EXPECT_EQ(done.failure->code, Code::kConflict);
  EXPECT_EQ(cuts_now(driver_), before);
  EXPECT_EQ(journal_->unfinished().value().size(), 1u);
  // A person says that it is to stay.
  EXPECT_EQ(recover_one(Toward::kNeither).how, Ended::kAccepted);
  EXPECT_EQ(cuts_now(driver_), before);
  EXPECT_TRUE(journal_->unfinished().value().empty());
}

TEST_F(CutShort, AGpuThatIsGoneEndsIt) {
  sim::SimulatedDriver other(scratch_node({"a30-24gb"}, true));
  const auto before = cuts_now(other);
  const auto done = recover(*journal_, held_, other, {Toward::kStart, quick()});
  ASSERT_TRUE(done && done->size() == 1u);
  EXPECT_EQ(done->at(0).how, Ended::kGone);
  EXPECT_EQ(cuts_now(other), before);
}

TEST_F(CutShort, AGpuThatDoesNotAnswerKeepsItUnfinished) {
  driver_.node().gpus[0].lost = 1;
  const auto done = recover(*journal_, held_, driver_, {Toward::kStart, quick()});
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->at(0).how, Ended::kStuck);
  EXPECT_EQ(done->at(0).failure->code, Code::kUnavailable);
  driver_.node().gpus[0].lost = 0;
  EXPECT_EQ(recover_one().how, Ended::kFoundUndone);
}

TEST_F(CutShort, AfterARebootTheStartIsBuiltAgain) {
  take(2);
  sim::reboot(driver_.node());
  // Another boot id than the change has.
  auto record = journal_->change(change_).value();
  EXPECT_EQ(record.boot, "boot-1");
  const auto gone = recover_target(cuts_now(driver_)[0], plan_.from[0], plan_.to[0], true);
  EXPECT_EQ(gone.to.instances.size(), 2u);
  const auto left = recover_target(cuts_now(driver_)[0], plan_.from[0], plan_.to[0], false);
  EXPECT_EQ(left.to.instances.size(), 1u) << "what both have was destroyed by somebody else";
}

// ---- Ampere: killed between the mode and the reset ----------------------------------------------

TEST(Recover, AModeThatWaitsForAResetIsTakenBack) {
  sim::SimulatedDriver driver(scratch_node({"a100-80gb"}, false));
  const auto journal = scratch_journal();
  const auto held = journal->lock(0).value();
  const auto before = cuts_now(driver);
  const auto plan = plan_as(driver.observe().value(), {"3g.40gb@4"});
  ASSERT_TRUE(journal->begin(held, "apply", plan));
  ASSERT_TRUE(driver.set_mig_mode(0, true));
  const auto done = recover(*journal, held, driver, {Toward::kStart, quick()});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->at(0).how, Ended::kUndone) << to_string(done->at(0));
  EXPECT_EQ(cuts_now(driver), before);
}

TEST(Recover, TheChangesOwnLeaveToResetIsKept) {
  sim::SimulatedDriver driver(scratch_node({"a100-80gb"}, false));
  const auto journal = scratch_journal();
  const auto held = journal->lock(0).value();
  const auto plan = plan_as(driver.observe().value(), {"3g.40gb@4"});
  ASSERT_TRUE(journal->begin(held, "apply", plan));
  ASSERT_TRUE(driver.set_mig_mode(0, true));
  ASSERT_TRUE(driver.reset(0));
  const auto done = recover(*journal, held, driver, {Toward::kStart, quick(false)});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->at(0).how, Ended::kUndone) << to_string(done->at(0));
  EXPECT_TRUE(plan::satisfies(cuts_now(driver)[0], plan.from[0]));
}

TEST(Recover, NothingUnfinishedIsNothingToDo) {
  sim::SimulatedDriver driver(scratch_node({"a30-24gb"}, true));
  const auto journal = scratch_journal();
  const auto held = journal->lock(0).value();
  const auto done = recover(*journal, held, driver, {});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->empty());
}

}  // namespace
}  // namespace septet::partition
