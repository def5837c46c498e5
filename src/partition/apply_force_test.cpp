// What apply does beside the steps: force by name, records, retries, GPUs side by side.
#include <gtest/gtest.h>

#include <set>

#include "partition/force.h"
#include "partition/testing/change_case.h"

namespace septet::partition {
namespace {

using testing::Answer;
using testing::Call;
using testing::ChangeCase;
using testing::SharedNode;

// Both halves in use; the first one goes.
const ChangeCase kForced{"force", {"h100-sxm5-80gb"}, {"!3g.40gb@0 !3g.40gb@4"}, {"3g.40gb@4"}};

struct Forced {
  testing::sim::NodeState start = testing::start_of(kForced);
  plan::Plan plan = testing::plan_of(kForced, start);
  SharedNode node{start};
  std::vector<std::uint32_t> ended;

  Result<Outcome> run(std::vector<std::string> names) {
    ApplyOptions options = testing::options_for(node, false);
    options.force = std::move(names);
    options.evict = [this](const std::vector<mig::Process>& processes, const Patience&) {
      for (const mig::Process& process : processes) {
        ended.push_back(process.pid);
        (void)testing::sim::detach_process(node.state(), static_cast<std::int32_t>(process.pid));
      }
      return Result<>{};
    };
    const auto driver = node.open();
    return apply(plan, *driver, options);
  }
};

// start_of() gives all processes of a GPU one pid: here each instance has its own.
void use_apart(testing::sim::NodeState& node) {
  for (std::size_t i = 0; i < 2; ++i) node.processes[i].pid = 4000 + static_cast<int>(i);
}

TEST(ApplyForce, OnlyByNameAndOnlyWhatIsNamed) {
  Forced without;
  use_apart(without.start);
  use_apart(without.node.state());
  const auto refused = without.run({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBusy);
  EXPECT_NE(refused.error().remedy.find("--force 0:3g.40gb@0"), std::string::npos)
      << refused.error().remedy;

  const std::string uuid = without.plan.from[0].instances[0].compute[0].uuid;
  for (const std::string& name : {std::string("0:3g.40gb@0"), uuid}) {
    Forced forced;
    use_apart(forced.start);
    use_apart(forced.node.state());
    const auto other = testing::cut_now(forced.node.state(), 0).instances[1];
    const auto outcome = forced.run({name});
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->end, End::kDone);
    EXPECT_EQ(forced.ended.size(), 1u);
    const auto now = testing::cut_now(forced.node.state(), 0);
    ASSERT_EQ(now.instances.size(), 1u);
    EXPECT_EQ(now.instances[0], other);
  }
}

TEST(ApplyForce, EndsNoProcessThatUsesSomethingElseToo) {
  Forced forced;  // one process in both halves
  const auto refused = forced.run({"0:3g.40gb@0"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBusy);
  EXPECT_NE(refused.error().what.find("also uses 3g.40gb at 4"), std::string::npos)
      << refused.error().what;
  EXPECT_TRUE(forced.ended.empty());
}

TEST(ApplyForce, AWrongNameIsRefused) {
  for (const char* name :
       {"0:3g.40gb@1", "1:3g.40gb@0", "MIG-0", "3g.40gb", "0:3g.40gb@", ":3g@0"}) {
    Forced forced;
    const auto refused = forced.run({name});
    ASSERT_FALSE(refused) << name;
    const Code code = refused.error().code;
    EXPECT_TRUE(code == Code::kNotFound || code == Code::kInvalidArgument) << name;
  }
}

// Remembers what it was told; refuses from the n-th intention on.
class Notes final : public Recorder {
 public:
  explicit Notes(std::size_t room) : room_(room) {}
  Result<> intend(const plan::Step& step, const Attempt& attempt) override {
    const std::lock_guard lock(mutex_);
    if (intended.size() >= room_) return fail(Code::kUnavailable, "the disk is full");
    intended.push_back(key(step, attempt));
    return {};
  }
  Result<> outcome(const plan::Step& step, const Attempt& attempt, const Result<>&) override {
    const std::lock_guard lock(mutex_);
    if (intended.size() >= room_) return fail(Code::kUnavailable, "the disk is full");
    told.push_back(key(step, attempt));
    return {};
  }
  std::vector<std::string> intended, told;

 private:
  static std::string key(const plan::Step& step, const Attempt& attempt) {
    return std::to_string(step.gpu) + " " + std::string(to_string(attempt.way)) + " " +
           std::to_string(attempt.round) + " " + std::to_string(attempt.number) + " " +
           std::to_string(attempt.attempt);
  }
  const std::size_t room_;
  std::mutex mutex_;
};

// The journal is full after n lines, for every n: the end is the target or the start.
TEST(ApplyRecorder, WithoutARecordNothingIsDoneAndWhatWasDoneIsUndone) {
  for (const ChangeCase& wanted : testing::change_cases()) {
    const auto start = testing::start_of(wanted);
    const plan::Plan plan = testing::plan_of(wanted, start);
    for (std::size_t room = 0; room <= plan.steps.size(); ++room) {
      SharedNode node(start);
      Notes notes(room);
      ApplyOptions options = testing::options_for(node, false);
      options.recorder = &notes;
      const auto driver = node.open();
      const auto outcome = apply(plan, *driver, options);
      ASSERT_TRUE(outcome);
      testing::expect_true_report(*outcome, node.state());
      testing::expect_kept(plan, start, node.state());
      EXPECT_EQ(outcome->end, room < plan.steps.size() ? End::kRolledBack : End::kDone);
      EXPECT_EQ(outcome->recorder_failure.has_value(), room > 0) << room;
      EXPECT_EQ(std::set(notes.intended.begin(), notes.intended.end()).size(),
                notes.intended.size());
    }
  }
}

TEST(ApplyRecorder, EveryIntentionHasItsOutcome) {
  for (const bool parallel : {false, true}) {
    const ChangeCase& wanted = testing::change_cases().back();
    SharedNode node(testing::start_of(wanted));
    const plan::Plan plan = testing::plan_of(wanted, node.state());
    Notes notes(1000);
    ApplyOptions options = testing::options_for(node, parallel);
    options.recorder = &notes;
    std::size_t told = 0;
    options.progress = [&told, &plan](const plan::Step&, std::size_t number, std::size_t of) {
      EXPECT_EQ(number, ++told);
      EXPECT_EQ(of, plan.steps.size());
    };
    const auto driver = node.open();
    const auto outcome = apply(plan, *driver, options);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kDone);
    EXPECT_EQ(told, plan.steps.size());
    EXPECT_EQ(notes.intended.size(), plan.steps.size());
    EXPECT_EQ(std::multiset(notes.intended.begin(), notes.intended.end()),
              std::multiset(notes.told.begin(), notes.told.end()));
  }
}

TEST(ApplyRetry, InUseWithNobodyListedIsTriedAgainWithABound) {
  const ChangeCase& wanted = testing::change_cases()[5];
  for (const unsigned failures : {1u, 4u, 5u}) {
    SharedNode node(testing::start_of(wanted));
    const plan::Plan plan = testing::plan_of(wanted, node.state());
    unsigned left = failures;
    node.before = [&left](const Call& call) -> Answer {
      if (call.name != "destroy_gpu_instance" || left == 0) return {};
      --left;
      return {19, false};
    };
    ApplyOptions options = testing::options_for(node, false);
    std::vector<long> waits;
    options.patience.sleep = [&waits](std::chrono::milliseconds time) {
      waits.push_back(time.count());
    };
    const auto driver = node.open();
    const auto outcome = apply(plan, *driver, options);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, failures < 5 ? End::kDone : End::kRolledBack);
    const std::vector<long> expected = {100, 200, 400, 800};
    ASSERT_EQ(waits.size(), std::min<std::size_t>(failures, 4));
    EXPECT_TRUE(std::equal(waits.begin(), waits.end(), expected.begin()));
  }
}

TEST(ApplyPreflight, ATargetThatCannotBeIsRefusedUntouched) {
  const ChangeCase& wanted = testing::change_cases()[5];
  SharedNode node(testing::start_of(wanted));
  const plan::Plan good = testing::plan_of(wanted, node.state());
  std::vector<plan::Plan> bad(3, good);
  bad[0].to[0].instances[0].at.start = 3;       // overlaps another
  bad[1].to[0].instances[0].profile_id = 4242;  // no such profile
  bad[2].to[0].instances[0].compute.assign(2, good.to[0].instances[0].compute[0]);
  const auto driver = node.open();
  for (const plan::Plan& plan : bad) {
    const auto refused = apply(plan, *driver, testing::options_for(node, false));
    ASSERT_FALSE(refused);
    EXPECT_EQ(testing::cut_now(node.state(), 0), good.from[0]);
  }
}

}  // namespace
}  // namespace septet::partition
