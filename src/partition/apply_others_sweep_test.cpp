// Somebody else creates, destroys or starts to use something before every driver call of a change.
#include <gtest/gtest.h>

#include "partition/testing/change_case.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;
using plan::GpuCut;
using plan::InstanceCut;
using testing::Answer;
using testing::Call;
using testing::ChangeCase;
using testing::SharedNode;

enum class Deed {
  kCreateSmallest,
  kCreateHalf,
  kDestroyFirst,
  kDestroyLast,
  kDestroyComputeOfFirst,
  kCreateComputeInLast,
  kUseFirst,
  kUseLast,
  kHoldGpu,
};

bool uses(Deed deed) {
  return deed == Deed::kUseFirst || deed == Deed::kUseLast || deed == Deed::kHoldGpu;
}

constexpr std::int32_t kPid = 7777;

// What somebody else did, and what the start is with that done to it.
class Somebody {
 public:
  Somebody(const sim::NodeState& start, std::uint32_t gpu, Deed deed)
      : start_(start), gpu_(gpu), deed_(deed), expected_(testing::cut_now(start, gpu)) {}

  void act(sim::NodeState& node) {
    const mig::Gpu gpu = sim::describe_gpu(node, gpu_);
    std::vector<const mig::GpuInstance*> idle;
    for (const mig::GpuInstance& instance : gpu.instances) {
      if (instance.processes.empty()) idle.push_back(&instance);
    }
    switch (deed_) {
      case Deed::kCreateSmallest: return create(node, 1);
      case Deed::kCreateHalf: return create(node, 4);
      case Deed::kHoldGpu:
        acted_ = testing::attach(node, kPid, gpu_, sim::kNone, sim::kNone, true);
        return;
      case Deed::kDestroyFirst:
      case Deed::kDestroyLast:
      case Deed::kDestroyComputeOfFirst:
      case Deed::kCreateComputeInLast:
      case Deed::kUseFirst:
      case Deed::kUseLast: break;
    }
    if (idle.empty()) return;
    const bool last = deed_ == Deed::kDestroyLast || deed_ == Deed::kCreateComputeInLast ||
                      deed_ == Deed::kUseLast;
    act_on(node, last ? *idle.back() : *idle.front());
  }

  bool acted() const { return acted_; }
  const GpuCut& expected() const { return expected_; }

  // What they made, or use, is as they left it.
  void expect_untouched(const sim::NodeState& node) const {
    if (created_ != 0) {
      EXPECT_EQ(node.gpus[gpu_].instances[id_].stamp, created_);
    }
    if (used_ == 0) return;
    EXPECT_EQ(node.gpus[gpu_].instances[id_].stamp, used_);
    EXPECT_TRUE(std::ranges::any_of(node.processes, [](const auto& p) { return p.pid == kPid; }));
  }
  // What we made is theirs now, or what they made lies where something of ours was.
  bool may_be_stuck() const {
    if (deed_ == Deed::kHoldGpu || deed_ == Deed::kCreateComputeInLast) return true;
    if (used_ != 0) return start_.gpus[gpu_].instances[id_].stamp != used_;
    return created_ != 0;
  }
  bool on_start() const { return on_start_; }

 private:
  void create(sim::NodeState& node, unsigned size) {
    if (node.gpus[gpu_].mig_current == 0) return;
    for (const auto& profile : sim::geometry_of(node, node.gpus[gpu_]).profiles) {
      if (profile.size != size || !profile.classic()) continue;
      const auto made = sim::create_gpu_instance(node, gpu_, profile.id, {});
      if (made.status != sim::Status::kSuccess) return;
      id_ = made.id;
      const auto& state = node.gpus[gpu_].instances[id_];
      created_ = state.stamp;
      acted_ = true;
      expected_.instances.push_back(
          {profile.id, std::string(profile.name), {state.start, state.size}, {}});
      return;
    }
  }

  bool from_start(std::uint32_t gi, const sim::NodeState& node) const {
    return start_.gpus[gpu_].instances[gi].stamp == node.gpus[gpu_].instances[gi].stamp;
  }

  InstanceCut* expected_at(mig::Placement at) {
    const auto found = std::ranges::find(expected_.instances, at, &InstanceCut::at);
    return found == expected_.instances.end() ? nullptr : &*found;
  }

  void act_on(sim::NodeState& node, const mig::GpuInstance& instance) {
    on_start_ = from_start(instance.id, node);
    InstanceCut* const expected = on_start_ ? expected_at(instance.at) : nullptr;
    if (uses(deed_)) {
      if (instance.compute.empty()) return;
      id_ = instance.id;
      used_ = node.gpus[gpu_].instances[id_].stamp;
      acted_ = testing::attach(node, kPid, gpu_, id_, instance.compute[0].id);
      if (!acted_) used_ = 0;
      return;
    }
    if (deed_ == Deed::kCreateComputeInLast) {
      acted_ = sim::create_compute_instance(node, gpu_, instance.id, 0, {}).status ==
               sim::Status::kSuccess;
      return;
    }
    for (const mig::ComputeInstance& compute : instance.compute) {
      EXPECT_EQ(sim::destroy_compute_instance(node, gpu_, instance.id, compute.id),
                sim::Status::kSuccess);
      acted_ = true;
      if (expected == nullptr) continue;
      std::erase_if(expected->compute,
                    [&compute](const auto& cut) { return cut.at == compute.at; });
    }
    if (deed_ == Deed::kDestroyComputeOfFirst) return;
    EXPECT_EQ(sim::destroy_gpu_instance(node, gpu_, instance.id), sim::Status::kSuccess);
    acted_ = true;
    if (expected != nullptr)
      expected_.instances.erase(expected_.instances.begin() +
                                (expected - expected_.instances.data()));
  }

  const sim::NodeState& start_;
  const std::uint32_t gpu_;
  const Deed deed_;
  GpuCut expected_;
  bool acted_ = false, on_start_ = false;
  std::uint32_t id_ = 0;
  std::uint64_t created_ = 0, used_ = 0;
};

struct Tally {
  std::size_t runs = 0, nothing = 0, refused = 0, done = 0, back = 0, stuck = 0;
};

bool same(GpuCut a, GpuCut b) {
  const auto by_start = [](const InstanceCut& cut) { return cut.at.start; };
  std::ranges::sort(a.instances, {}, by_start);
  std::ranges::sort(b.instances, {}, by_start);
  return plan::satisfies(a, b);
}

// False: the change was over before the n-th call.
bool run(const plan::Plan& plan, const sim::NodeState& start, std::size_t nth, std::uint32_t gpu,
         Deed deed, Tally& tally) {
  SharedNode node(start);
  Somebody somebody(start, gpu, deed);
  bool met = false;
  node.before = [&](const Call& call) -> Answer {
    if (call.number != nth) return {};
    met = true;
    // Between our last look and a reset nobody can help: the driver offers no reset on condition.
    if (call.name != "reset") somebody.act(node.state());
    return {};
  };
  const auto driver = node.open();
  const auto outcome = apply(plan, *driver, testing::options_for(node, false));
  ++tally.runs;
  tally.nothing += somebody.acted() ? 0 : 1;
  somebody.expect_untouched(node.state());
  if (!outcome) {
    ++tally.refused;
    EXPECT_TRUE(somebody.acted());
    if (deed != Deed::kCreateComputeInLast) {
      EXPECT_TRUE(same(testing::cut_now(node.state(), gpu), somebody.expected()));
    }
    return met;
  }
  // The last calls read the GPUs back, one after the other: what happens to one that was read is
  // after the change, and no part of its report.
  const bool over = outcome->end == End::kDone && nth + start.gpu_count > node.calls();
  if (!over) testing::expect_true_report(*outcome, node.state());
  tally.done += outcome->end == End::kDone;
  tally.back += outcome->end == End::kRolledBack;
  tally.stuck += outcome->end == End::kStuck;
  if (outcome->end == End::kStuck) {
    EXPECT_TRUE(somebody.may_be_stuck());
    return met;
  }
  if (outcome->end == End::kDone) return met;
  EXPECT_TRUE(somebody.acted());
  for (const plan::GpuCut& from : plan.from) {
    const GpuCut now = testing::cut_now(node.state(), from.gpu);
    const GpuCut& expected = from.gpu == gpu ? somebody.expected() : from;
    // A compute instance of theirs is part of neither, and stays or goes with what holds it.
    if (from.gpu == gpu && deed == Deed::kCreateComputeInLast) continue;
    EXPECT_TRUE(same(now, expected))
        << "is " << plan::to_string(now) << ", expected " << plan::to_string(expected);
  }
  return met;
}

void sweep(const std::vector<Deed>& deeds, const char* what) {
  Tally tally;
  for (const ChangeCase& wanted : testing::change_cases()) {
    const auto start = testing::start_of(wanted);
    const plan::Plan plan = testing::plan_of(wanted, start);
    for (std::uint32_t gpu = 0; gpu < start.gpu_count; ++gpu) {
      for (const Deed deed : deeds) {
        for (std::size_t nth = 1;; ++nth) {
          const bool met = run(plan, start, nth, gpu, deed, tally);
          ASSERT_FALSE(::testing::Test::HasFailure())
              << wanted.name << ": GPU " << gpu << ", before call " << nth << ", deed "
              << static_cast<int>(deed);
          if (!met) break;
        }
      }
    }
  }
  std::printf(
      "%s: %zu runs (%zu without an occasion): %zu refused untouched, %zu done, %zu put "
      "back, %zu stuck\n",
      what, tally.runs, tally.nothing, tally.refused, tally.done, tally.back, tally.stuck);
  EXPECT_GT(tally.back, 50u);
}

TEST(ApplyOthersSweep, SomebodyElseCreatesAndDestroys) {
  sweep({Deed::kCreateSmallest, Deed::kCreateHalf, Deed::kDestroyFirst, Deed::kDestroyLast,
         Deed::kDestroyComputeOfFirst, Deed::kCreateComputeInLast},
        "another client");
}

TEST(ApplyOthersSweep, SomebodyStartsToUseSomething) {
  sweep({Deed::kUseFirst, Deed::kUseLast, Deed::kHoldGpu}, "instances become busy");
}

}  // namespace
}  // namespace septet::partition
