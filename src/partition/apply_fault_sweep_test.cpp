// Every driver call of a change fails in turn, with each code, once or for good, having done
// nothing or everything.
//
// SEPTET_SWEEP=all: every code; otherwise one of each sort.
#include <gtest/gtest.h>

#include "partition/testing/change_case.h"

namespace septet::partition {
namespace {

using testing::Answer;
using testing::Call;
using testing::ChangeCase;
using testing::SharedNode;

enum class Fault { kOnce, kOnceButDone, kThatCallForGood, kAllForGood };

// nvmlReturn_t, as a driver answers them (rules R8).
std::vector<int> codes() {
  if (testing::whole_sweep()) return {1, 2, 3, 4, 6, 9, 10, 15, 16, 19, 20, 23, 27, 29, 999};
  return {4, 15, 19, 23, 999};
}

bool passes(int code) { return may_pass(driver::driver_error(code, "")); }

struct Tally {
  std::size_t runs = 0, refused = 0, done = 0, back = 0, stuck = 0, longest = 0;
};

struct Sweep {
  const ChangeCase& wanted;
  const testing::sim::NodeState start;
  const plan::Plan plan;
  const bool parallel;
  Tally& tally;

  // False: no n-th call was made.
  bool run(std::size_t nth, int code, Fault fault) const {
    SharedNode node(start);
    std::string_view failing;
    node.before = [&](const Call& call) -> Answer {
      if (call.number < nth) return {};
      if (call.number == nth) failing = call.name;
      const bool again =
          fault == Fault::kAllForGood || (fault == Fault::kThatCallForGood && call.name == failing);
      if (call.number > nth && !again) return {};
      return {code, fault == Fault::kOnceButDone};
    };
    const auto driver = node.open();
    const auto outcome = apply(plan, *driver, testing::options_for(node, parallel));
    ++tally.runs;
    node.before = nullptr;
    testing::expect_kept(plan, start, node.state());
    if (!outcome) {
      ++tally.refused;
      for (const plan::GpuCut& from : plan.from)
        EXPECT_EQ(testing::cut_now(node.state(), from.gpu), from);
      return true;
    }
    testing::expect_true_report(*outcome, node.state());
    const bool once = fault == Fault::kOnce || fault == Fault::kOnceButDone;
    if (once) {
      EXPECT_NE(outcome->end, End::kStuck);
    }
    if (once && passes(code)) {
      EXPECT_EQ(outcome->end, End::kDone);
    }
    if (outcome->end == End::kStuck) testing::expect_way_back(plan, node.state());
    tally.done += outcome->end == End::kDone;
    tally.back += outcome->end == End::kRolledBack;
    tally.stuck += outcome->end == End::kStuck;
    if (!failing.empty()) return true;
    EXPECT_EQ(outcome->end, End::kDone);
    tally.longest = std::max(tally.longest, nth - 1);
    return false;
  }
};

void sweep(const ChangeCase& wanted, bool parallel, Tally& tally) {
  const auto start = testing::start_of(wanted);
  const Sweep one{wanted, start, testing::plan_of(wanted, start), parallel, tally};
  for (const int code : codes()) {
    for (const Fault fault :
         {Fault::kOnce, Fault::kOnceButDone, Fault::kThatCallForGood, Fault::kAllForGood}) {
      // "Not found", "in use" and "insufficient resources" mean that nothing was done: a driver
      // that says so and did it is another driver.
      const bool refusal = code == 6 || code == 19 || code == 23;
      if (fault == Fault::kOnceButDone && refusal) continue;
      for (std::size_t nth = 1;; ++nth) {
        const bool met = one.run(nth, code, fault);
        ASSERT_FALSE(::testing::Test::HasFailure())
            << wanted.name << ": call " << nth << " answers " << code << ", fault "
            << static_cast<int>(fault);
        if (!met) break;
      }
    }
  }
}

void print(const char* what, const Tally& tally) {
  std::printf(
      "%s: %zu runs: %zu refused untouched, %zu done, %zu put back, %zu stuck (faults for "
      "good only); up to %zu calls\n",
      what, tally.runs, tally.refused, tally.done, tally.back, tally.stuck, tally.longest);
}

TEST(ApplyFaultSweep, EveryCallFailsWithEveryCode) {
  Tally all;
  for (const ChangeCase& wanted : testing::change_cases()) {
    Tally tally;
    sweep(wanted, false, tally);
    print(wanted.name, tally);
    all.runs += tally.runs;
  }
  std::printf("runs with a fault: %zu\n", all.runs);
  EXPECT_GT(all.runs, 1000u);
}

TEST(ApplyFaultSweep, EveryCallFailsWhileGpusChangeSideBySide) {
  Tally tally;
  sweep(testing::change_cases().back(), true, tally);
  print("mixed node, side by side", tally);
}

}  // namespace
}  // namespace septet::partition
