// Asked to stop at every moment of a change: no further step forward is begun, and the end is the
// start, or the target when it was too late.
#include <gtest/gtest.h>

#include "partition/testing/change_case.h"

namespace septet::partition {
namespace {

using testing::Answer;
using testing::Call;
using testing::ChangeCase;
using testing::SharedNode;

// Counts the steps forward that were begun after the flag was set.
class Watch final : public Recorder {
 public:
  explicit Watch(const std::atomic<bool>& flag) : flag_(flag) {}
  Result<> intend(const plan::Step&, const Attempt& attempt) override {
    if (attempt.way == Way::kForward && flag_) ++late_;
    return {};
  }
  Result<> outcome(const plan::Step&, const Attempt&, const Result<>&) override { return {}; }
  int late() const { return late_; }

 private:
  const std::atomic<bool>& flag_;
  std::atomic<int> late_ = 0;
};

struct Tally {
  std::size_t refused = 0, back = 0, done = 0;
};

// Asked to stop right before the nth call of the driver. False: no such call was made.
bool run(const testing::sim::NodeState& start, const plan::Plan& plan, std::size_t nth,
         bool parallel, Tally& tally) {
  SharedNode node(start);
  std::atomic<bool> flag = false;
  node.before = [&](const Call& call) -> Answer {
    if (call.number == nth) flag = true;
    return {};
  };
  Watch watch(flag);
  ApplyOptions options = testing::options_for(node, parallel);
  options.interrupted = &flag;
  options.recorder = &watch;
  const auto driver = node.open();
  const auto outcome = apply(plan, *driver, options);
  testing::expect_kept(plan, start, node.state());
  if (!parallel) {
    EXPECT_EQ(watch.late(), 0);
  }
  if (!outcome) {
    EXPECT_EQ(outcome.error().code, Code::kInterrupted) << outcome.error().describe();
    EXPECT_EQ(node.calls(), plan.from.size()) << "only the look before the first step";
    ++tally.refused;
  } else {
    testing::expect_true_report(*outcome, node.state());
    EXPECT_NE(outcome->end, End::kStuck);
    if (outcome->end != End::kDone) {
      EXPECT_EQ(outcome->failure->code, Code::kInterrupted);
      EXPECT_EQ(exit_code(failure_of(*outcome, plan)), 130);
    }
    outcome->end == End::kDone ? ++tally.done : ++tally.back;
  }
  if (!outcome || outcome->end != End::kDone) {
    for (const plan::GpuCut& from : plan.from)  // the driver gives new UUIDs
      EXPECT_TRUE(plan::satisfies(testing::cut_now(node.state(), from.gpu), from));
  }
  return flag;
}

void sweep(const ChangeCase& wanted, bool parallel) {
  const auto start = testing::start_of(wanted);
  const plan::Plan plan = testing::plan_of(wanted, start);
  Tally tally;
  for (std::size_t nth = 1;; ++nth) {
    const bool met = run(start, plan, nth, parallel, tally);
    ASSERT_FALSE(::testing::Test::HasFailure()) << wanted.name << ": before call " << nth;
    if (!met) break;
  }
  std::printf("%s%s: %zu refused untouched, %zu put back, %zu done\n", wanted.name,
              parallel ? ", side by side" : "", tally.refused, tally.back, tally.done);
  EXPECT_GT(tally.refused, 0u);
  EXPECT_EQ(tally.back > 0, plan.steps.size() > 1)
      << "after the last step there is none to keep from";
  EXPECT_GT(tally.done, 0u);
}

TEST(ApplyInterrupt, BeforeEveryCallOfTheDriver) {
  for (const ChangeCase& wanted : testing::change_cases()) sweep(wanted, false);
}

TEST(ApplyInterrupt, WhileGpusChangeSideBySide) { sweep(testing::change_cases().back(), true); }

// After every step, each one counted: exactly that many were done, and undone.
TEST(ApplyInterrupt, AfterEveryStep) {
  for (const ChangeCase& wanted : testing::change_cases()) {
    const auto start = testing::start_of(wanted);
    const plan::Plan plan = testing::plan_of(wanted, start);
    for (std::size_t after = 0; after <= plan.steps.size(); ++after) {
      SharedNode node(start);
      std::atomic<bool> flag = after == 0;
      ApplyOptions options = testing::options_for(node, false);
      options.interrupted = &flag;
      options.progress = [&](const plan::Step&, std::size_t number, std::size_t) {
        flag = number == after;  // while that step is in progress
      };
      const auto driver = node.open();
      const auto outcome = apply(plan, *driver, options);
      if (after == 0) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, Code::kInterrupted);
      } else {
        ASSERT_TRUE(outcome) << outcome.error().describe();
        EXPECT_EQ(outcome->steps_done, after);
        EXPECT_EQ(outcome->end, after == plan.steps.size() ? End::kDone : End::kRolledBack);
      }
      if (after == plan.steps.size()) continue;
      for (const plan::GpuCut& from : plan.from)
        EXPECT_TRUE(plan::satisfies(testing::cut_now(node.state(), from.gpu), from))
            << wanted.name << " " << after;
    }
  }
}

// What may pass is not waited for any longer.
TEST(ApplyInterrupt, EndsTheWaitForWhatMayPass) {
  const ChangeCase& wanted = testing::change_cases()[5];
  const auto start = testing::start_of(wanted);
  const plan::Plan plan = testing::plan_of(wanted, start);
  SharedNode node(start);
  std::atomic<bool> flag = false;
  std::size_t refusals = 0;
  node.before = [&](const Call& call) -> Answer {
    if (call.name != "destroy_compute_instance") return {};
    ++refusals;
    flag = true;
    return {19, false};
  };
  ApplyOptions options = testing::options_for(node, false);
  options.interrupted = &flag;
  const auto driver = node.open();
  const auto outcome = apply(plan, *driver, options);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kRolledBack);
  EXPECT_EQ(refusals, 1u);
}

TEST(ApplyInterrupt, WithNothingToDoThereIsNothingToInterrupt) {
  const ChangeCase& wanted = testing::change_cases()[5];
  const auto start = testing::start_of(wanted);
  SharedNode node(start);
  const auto driver = node.open();
  const std::atomic<bool> flag = true;
  ApplyOptions options = testing::options_for(node, false);
  options.interrupted = &flag;
  const auto outcome =
      apply(plan::diff(driver->observe().value(), {testing::cut_now(start, 0)}), *driver, options);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kDone);
}

}  // namespace
}  // namespace septet::partition
