// An Ampere board inside a virtual machine: its mode comes with a reboot, and no reset is tried.
#include <gtest/gtest.h>

#include "partition/boot.h"
#include "partition/history.h"
#include "partition/testing/change_case.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;
using mig::MigMode;
using testing::Answer;
using testing::Call;
using testing::SharedNode;

// GPU 0 passed through, GPU 1 a board whose mode changes at once.
sim::NodeState virtual_machine(bool mig) {
  sim::NodeSpec spec;
  spec.boards.resize(2);
  for (sim::BoardSpec& board : spec.boards) {
    board.mig = mig;
    board.passthrough = true;
  }
  spec.boards[0].product = "a100-80gb";
  return sim::make_node(spec).value();
}

ApplyOptions awaiting() {
  ApplyOptions options = quick();
  options.may_await_reboot = true;
  return options;
}

class AwaitReboot : public ::testing::Test {
 protected:
  void start(bool mig) { driver_ = std::make_unique<sim::SimulatedDriver>(virtual_machine(mig)); }

  std::unique_ptr<Journal> open() {
    return Journal::open(folder_.path(),
                         scratch_context("simulated:/scratch", "boot-" + std::to_string(boot_)))
        .value();
  }
  void reboot() {
    sim::reboot(driver_->node());
    ++boot_;
  }
  // As septet apply does it.
  Journaled change(const std::vector<std::string>& words) {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    const plan::Plan plan = plan_as(driver_->observe().value(), words);
    auto made = apply_with_journal(*journal, held, "apply", plan, *driver_, awaiting());
    EXPECT_TRUE(made) << made.error().describe();
    EXPECT_TRUE(note_awaited_reboot(*journal, made->outcome));
    return *std::move(made);
  }
  Restored restore() {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    auto done = restore_recorded(*journal, held, *driver_, quick());
    EXPECT_TRUE(done) << done.error().describe();
    return *std::move(done);
  }
  plan::GpuCut now(std::size_t gpu) { return cuts_now(*driver_)[gpu]; }

  ScratchFolder folder_;
  std::unique_ptr<sim::SimulatedDriver> driver_;
  int boot_ = 1;
};

TEST_F(AwaitReboot, TheModeIsLeftPendingAndTheRestComesAtBoot) {
  start(false);
  const auto made = change({"3g.40gb@4 1g.10gb@0", "7g.80gb@0"});
  EXPECT_EQ(made.outcome.end, End::kAwaitsReboot);
  EXPECT_EQ(made.outcome.steps_done, 1u + 3u);
  EXPECT_EQ(exit_code(*made.outcome.failure), 2);
  EXPECT_EQ(now(0).mode, MigMode::kOff);
  EXPECT_EQ(now(0).pending, MigMode::kOn);
  EXPECT_EQ(now(1).instances.size(), 1u) << "the other GPU waits for nothing";
  EXPECT_EQ(open()->changes(1)->at(0).ended, Ended::kAwaitsReboot);
  EXPECT_TRUE(open()->reboot().value().has_value());
  EXPECT_FALSE(restore().ask_reboot) << "it was asked for by the change";

  reboot();
  const Restored after = restore();
  EXPECT_TRUE(after.complete());
  EXPECT_EQ(now(0).mode, MigMode::kOn);
  EXPECT_EQ(now(0).instances.size(), 2u);
  EXPECT_EQ(now(1).instances.size(), 1u);
  EXPECT_FALSE(open()->reboot().value().has_value());
}

TEST_F(AwaitReboot, ARebootThatDidNotHelpIsNotAskedForAgain) {
  start(false);
  change({"3g.40gb@4", ""});
  driver_->node().gpus[0].mig_pending = 0;  // a board that forgets
  reboot();
  const Restored after = restore();
  EXPECT_FALSE(after.ask_reboot);
  ASSERT_EQ(after.gpus.size(), 1u);
  EXPECT_EQ(after.gpus[0].how, Restore::kFailed);
  const std::string why = after.gpus[0].failure->describe();
  EXPECT_NE(why.find("was rebooted for this layout"), std::string::npos) << why;
}

TEST_F(AwaitReboot, TurningMigOffWaitsToo) {
  start(true);
  ASSERT_EQ(change({"3g.40gb@4", ""}).outcome.end, End::kDone);
  ASSERT_EQ(change({"off", ""}).outcome.end, End::kAwaitsReboot);
  EXPECT_EQ(now(0).mode, MigMode::kOn);
  EXPECT_EQ(now(0).pending, MigMode::kOff);
  EXPECT_TRUE(now(0).instances.empty());
  reboot();
  EXPECT_TRUE(restore().complete());
  EXPECT_EQ(now(0).mode, MigMode::kOff);
}

TEST_F(AwaitReboot, WhatWaitsCanBeTakenBack) {
  start(false);
  change({"3g.40gb@4", ""});
  const auto journal = open();
  const auto held = journal->lock(0).value();
  const auto back = rollback(*journal, held, *driver_, "last", quick());
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->outcome.end, End::kDone) << "no reboot is needed for that";
  EXPECT_EQ(now(0).pending, MigMode::kOff);
}

TEST_F(AwaitReboot, IsRefusedWhereNobodyCanWait) {
  start(false);
  const auto before = cuts_now(*driver_);
  const auto refused =
      apply(plan_as(driver_->observe().value(), {"3g.40gb@4", "7g.80gb@0"}), *driver_, quick(true));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNeedsReset);
  EXPECT_EQ(cuts_now(*driver_), before);
}

// A change that was cut short is led back to a mode only where that takes no reboot; here on.
TEST_F(AwaitReboot, RecoverDoesNotWaitForAReboot) {
  start(false);
  {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    ASSERT_TRUE(
        journal->begin(held, "apply", plan_as(driver_->observe().value(), {"7g.80gb@0", ""})));
    ASSERT_TRUE(driver_->set_mig_mode(0, true));
  }
  reboot();
  const auto journal = open();
  const auto held = journal->lock(0).value();
  const auto recovered = recover(*journal, held, *driver_, {Toward::kStart, quick()});
  ASSERT_TRUE(recovered && recovered->size() == 1);
  EXPECT_EQ(recovered->at(0).how, Ended::kFinished) << to_string(recovered->at(0));
  EXPECT_EQ(now(0).instances.size(), 1u);
}

// Every call fails, once or for good: the mode waits, or all is as before; and never a reset.
TEST(AwaitRebootSweep, EndsWaitingOrAtTheStart) {
  const sim::NodeState start = virtual_machine(false);
  sim::SimulatedDriver reader(start);
  const plan::Plan plan = plan_as(reader.observe().value(), {"3g.40gb@4 1g.10gb@0", "3g.40gb@0"});
  std::size_t runs = 0, refused = 0, waits = 0, back = 0, stuck = 0;
  for (const int code : {4, 15, 999}) {
    for (const bool for_good : {false, true}) {
      bool met = true;
      for (std::size_t nth = 1; met; ++nth, ++runs) {
        SharedNode node(start);
        met = false;
        node.before = [&](const Call& call) -> Answer {
          EXPECT_NE(call.name, "reset");
          if (call.number < nth || (call.number > nth && !for_good)) return {};
          met = true;
          return {code, false};
        };
        const auto driver = node.open();
        const auto outcome = apply(plan, *driver, awaiting());
        node.before = nullptr;
        const auto a100 = testing::cut_now(node.state(), 0);
        const auto h100 = testing::cut_now(node.state(), 1);
        refused += !outcome;
        stuck += outcome && outcome->end == End::kStuck;
        back += outcome && outcome->end == End::kRolledBack;
        if (outcome && outcome->end == End::kAwaitsReboot) {
          ++waits;
          EXPECT_EQ(a100.pending, MigMode::kOn);
          EXPECT_TRUE(plan::satisfies(h100, plan.to[1]));
          EXPECT_EQ(outcome->failure->code, Code::kAwaitsReboot);
        } else if (!outcome || outcome->end == End::kRolledBack) {
          EXPECT_EQ(a100, plan.from[0]);
          EXPECT_EQ(h100, plan.from[1]);
          if (outcome) {
            EXPECT_NE(outcome->failure->code, Code::kAwaitsReboot) << "that is not what failed";
          }
        } else {
          EXPECT_TRUE(for_good);
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << "call " << nth << " answers " << code;
      }
    }
  }
  std::printf("%zu runs: %zu refused, %zu await the reboot, %zu put back, %zu stuck\n", runs,
              refused, waits, back, stuck);
  EXPECT_GT(refused, 0u);
  EXPECT_GT(waits, 0u);
  EXPECT_GT(back, 0u);
}

}  // namespace
}  // namespace septet::partition
