#include "partition/apply.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "driver/simulated/simulated_driver.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;
using mig::MigMode;
using plan::GpuCut;

sim::NodeState node_of(const char* product, bool mig) {
  sim::NodeSpec spec;
  sim::BoardSpec board;
  board.product = product;
  board.mig = mig;
  spec.boards = {board};
  return sim::make_node(spec).value();
}

GpuCut cut_with(const GpuCut& now, const mig::Layout& layout) {
  GpuCut target{now.gpu, now.uuid, MigMode::kOn, MigMode::kOn, {}};
  for (const mig::Instance& instance : layout.instances()) {
    target.instances.push_back(plan::whole_instance(*instance.profile, instance.at));
  }
  return target;
}

GpuCut now_of(sim::SimulatedDriver& driver) {
  return plan::cut_of(sim::describe_gpu(driver.node(), 0));
}

plan::Plan plan_to(sim::SimulatedDriver& driver, const GpuCut& target) {
  mig::Node node;
  node.gpus.push_back(sim::describe_gpu(driver.node(), 0));
  return plan::diff(node, {target});
}

// Waits for nothing.
ApplyOptions at_once() {
  ApplyOptions options;
  options.patience.sleep = [](std::chrono::milliseconds) {};
  return options;
}

// A node cut as `layout`, made by apply itself.
sim::NodeState start_with(const sim::NodeState& empty, const mig::Layout& layout) {
  sim::SimulatedDriver driver(empty);
  const auto outcome = apply(plan_to(driver, cut_with(now_of(driver), layout)), driver, at_once());
  EXPECT_TRUE(outcome && outcome->end == End::kDone);
  return driver.node();
}

std::vector<mig::Layout> classic_layouts(const char* product, std::size_t stride) {
  const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  const auto all = mig::layouts(mig::find_product(product)->geometry, classic, false);
  std::vector<mig::Layout> some;
  for (std::size_t i = 0; i < all.size(); i += stride) some.push_back(all[i]);
  return some;
}

TEST(Apply, ReachesEveryLayoutFromEveryOther) {
  int pairs = 0;
  for (const auto& [product, stride] :
       {std::pair("a30-24gb", 1), std::pair("h100-sxm5-80gb", 37)}) {
    const sim::NodeState empty = node_of(product, true);
    const auto all = classic_layouts(product, static_cast<std::size_t>(stride));
    for (const mig::Layout& from : all) {
      const sim::NodeState start = start_with(empty, from);
      for (const mig::Layout& to : all) {
        sim::SimulatedDriver driver(start);
        const GpuCut target = cut_with(now_of(driver), to);
        const auto outcome = apply(plan_to(driver, target), driver, at_once());
        ASSERT_TRUE(outcome) << outcome.error().describe();
        ASSERT_EQ(outcome->end, End::kDone) << mig::to_string(from) << " -> " << mig::to_string(to);
        ASSERT_TRUE(plan::satisfies(now_of(driver), target));
        ASSERT_TRUE(plan_to(driver, target).empty());
        ++pairs;
      }
    }
  }
  std::printf("pairs applied: %d\n", pairs);
}

// One fault, at each call in turn, with each code: the end is the target or the start, and the
// report is true. Returns how many runs it took until no call was left to fail.
int sweep(const sim::NodeState& start, const GpuCut& target, std::uint32_t code, bool allow_reset) {
  ApplyOptions options = at_once();
  options.allow_reset = allow_reset;
  for (std::uint32_t nth = 1;; ++nth) {
    sim::SimulatedDriver driver(start);
    const GpuCut before = now_of(driver);
    const plan::Plan plan = plan_to(driver, target);
    sim::FaultState fault{};
    fault.kind = sim::FaultKind::kCallFails;
    fault.gpu = sim::kNone;
    fault.code = code;
    fault.nth = nth;
    fault.times = 1;
    EXPECT_TRUE(sim::add_fault(driver.node(), fault));
    const auto outcome = apply(plan, driver, options);
    sim::clear_faults(driver.node());
    const GpuCut after = now_of(driver);
    if (!outcome) {
      EXPECT_EQ(after, before);
      return -1;  // nothing may end before it began here: reads are tried again
    }
    if (outcome->end == End::kDone) {
      EXPECT_TRUE(plan::satisfies(after, target));
      if (outcome->steps_done != plan.steps.size()) ADD_FAILURE() << "done, but not all steps";
      // A read that failed was tried again. A step is at most three calls, start and end one each:
      // past that the fault is never met, and the sweep is over.
      if (nth > 4 * plan.steps.size() + 4) return static_cast<int>(nth);
      continue;
    }
    EXPECT_EQ(outcome->end, End::kRolledBack) << nth;
    EXPECT_EQ(after, before) << "call " << nth << " failed with " << code;
    EXPECT_TRUE(outcome->failure.has_value());
  }
}

TEST(ApplySweep, OneFaultAnywhereEndsAtTheTargetOrTheStart) {
  int runs = 0;
  for (const auto& [product, stride] :
       {std::pair("a30-24gb", 5), std::pair("h100-sxm5-80gb", 61)}) {
    const sim::NodeState empty = node_of(product, true);
    const auto all = classic_layouts(product, static_cast<std::size_t>(stride));
    for (const mig::Layout& from : all) {
      const sim::NodeState start = start_with(empty, from);
      sim::SimulatedDriver driver(start);
      for (const mig::Layout& to : all) {
        for (const std::uint32_t code : {19u, 23u, 999u}) {
          const int swept = sweep(start, cut_with(now_of(driver), to), code, false);
          ASSERT_GT(swept, 0);
          runs += swept;
        }
      }
    }
  }
  std::printf("runs with one fault: %d\n", runs);
}

TEST(Apply, AsksBeforeItResets) {
  sim::SimulatedDriver driver(node_of("a100-80gb", false));
  const GpuCut before = now_of(driver);
  const plan::Plan plan = plan_to(driver, cut_with(before, {}));
  const auto refused = apply(plan, driver, at_once());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNeedsReset);
  EXPECT_EQ(now_of(driver), before);
  ApplyOptions options = at_once();
  options.allow_reset = true;
  const auto outcome = apply(plan, driver, options);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kDone);
  EXPECT_EQ(now_of(driver).mode, MigMode::kOn);
}

TEST(Apply, RefusesAPlanOfAnotherSnapshot) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  sim::SimulatedDriver driver(node_of("h100-sxm5-80gb", true));
  const auto layout =
      mig::Layout::make(geometry, {{geometry.find_name("3g.40gb"), {4, 4}}}).value();
  const plan::Plan plan = plan_to(driver, cut_with(now_of(driver), layout));
  ASSERT_TRUE(driver.create_gpu_instance(0, geometry.find_name("1g.10gb")->id, {}));
  const auto refused = apply(plan, driver, at_once());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
}

sim::ProcessState process_in(std::uint32_t gi) {
  sim::ProcessState process{};
  process.pid = 4121;
  process.gpu = 0;
  process.gpu_instance = gi;
  process.compute_instance = 0;
  process.memory_mib = 100;
  return process;
}

TEST(Apply, NeverTouchesWhatIsInUse) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  const auto halves = mig::Layout::make(geometry, {{geometry.find_name("3g.40gb"), {0, 4}},
                                                   {geometry.find_name("3g.40gb"), {4, 4}}})
                          .value();
  sim::SimulatedDriver driver(start_with(node_of("h100-sxm5-80gb", true), halves));
  const auto gpu = sim::describe_gpu(driver.node(), 0);
  const plan::Plan before_anyone_came = plan_to(driver, cut_with(now_of(driver), {}));
  ASSERT_EQ(sim::attach_process(driver.node(), process_in(gpu.instances[0].id)),
            sim::Status::kSuccess);
  const GpuCut before = now_of(driver);

  // Planned while it was in use: refused before the first step, by name.
  const auto refused = apply(plan_to(driver, cut_with(now_of(driver), {})), driver, at_once());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBusy);
  EXPECT_NE(refused.error().what.find("4121"), std::string::npos) << refused.error().what;
  EXPECT_EQ(now_of(driver), before);

  // Planned before somebody came: the preflight looks again.
  const auto late = apply(before_anyone_came, driver, at_once());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kBusy);
  EXPECT_EQ(now_of(driver), before);
}

}  // namespace
}  // namespace septet::partition
