#include "plan/makespan/call_order.h"

#include <gtest/gtest.h>

#include "plan/testing/random_jobs.h"

namespace septet::plan {
namespace {

// All orders of calls, by the model's words alone: an instance is created when everything above it
// that is used is destroyed, and destroyed when its jobs are over and something below is used.
class AllOrders {
 public:
  AllOrders(const MakespanProblem& problem, const std::vector<Ticks>& loads)
      : problem_(problem), loads_(loads), ends_(loads.size(), -1), gone_(loads.size(), -1) {
    for (const Ticks load : loads) used_ += load > 0 ? 1 : 0;
  }

  Ticks run() {
    go_on(0, 0, 0);
    return best_;
  }

 private:
  bool below(unsigned lower, unsigned upper) const {
    while (lower != 0 && lower != upper) lower = problem_.board[lower].above;
    return lower == upper;
  }
  bool may_create(unsigned place) const {
    for (unsigned other = 1; other < loads_.size(); ++other) {
      if (other != place && loads_[other] > 0 && below(place, other) && gone_[other] < 0)
        return false;
    }
    return true;
  }
  bool splits(unsigned place) const {
    for (unsigned other = 1; other < loads_.size(); ++other) {
      if (other != place && loads_[other] > 0 && below(other, place)) return true;
    }
    return false;
  }

  void go_on(unsigned created, Ticks now, Ticks last) {
    if (created == used_) best_ = std::min(best_, last);
    if (last >= best_) return;
    for (unsigned place = 1; place < loads_.size(); ++place) {
      if (loads_[place] == 0) continue;
      if (ends_[place] < 0 && may_create(place)) {
        const Ticks made = now + problem_.calls[place].create;
        ends_[place] = made + loads_[place];
        go_on(created + 1, made, std::max(last, ends_[place]));
        ends_[place] = -1;
      } else if (ends_[place] >= 0 && gone_[place] < 0 && splits(place)) {
        gone_[place] = std::max(now, ends_[place]) + problem_.calls[place].destroy;
        go_on(created, gone_[place], last);
        gone_[place] = -1;
      }
    }
  }

  const MakespanProblem& problem_;
  const std::vector<Ticks>& loads_;
  std::vector<Ticks> ends_, gone_;  // by place; -1: not yet
  unsigned used_ = 0;
  Ticks best_ = kNever;
};

TEST(CallOrder, IsTheBestOfAllOrders) {
  unsigned rule_is_not_enough = 0;
  for (const char* const product : {"a100-80gb", "a30-24gb"}) {
    const mig::Geometry& geometry = mig::find_product(product)->geometry;
    std::mt19937_64 random(41);
    for (int time = 0; time < 300; ++time) {
      const auto jobs = testing::random_jobs(random, geometry, 8, false);
      const auto problem =
          makespan_problem(geometry, jobs, testing::random_costs(random, geometry));
      ASSERT_TRUE(problem.has_value());
      std::vector<Ticks> loads(problem->board.size(), 0);
      for (int k = 0; k < 6; ++k)
        loads[1 + random() % (loads.size() - 1)] =
            static_cast<Ticks>(1 + random() % 12) * kSecond / 4;
      const CallOrder order = best_call_order(*problem, loads);
      EXPECT_TRUE(order.proven);
      EXPECT_EQ(order.makespan, AllOrders(*problem, loads).run());
      EXPECT_LE(makespan_at_least(*problem, loads), order.makespan);
      EXPECT_GE(makespan_by_rule(*problem, loads), order.makespan);
      rule_is_not_enough += makespan_by_rule(*problem, loads) > order.makespan ? 1 : 0;
    }
  }
  EXPECT_GT(rule_is_not_enough, 10u);  // or this test would see nothing but the rule
}

}  // namespace
}  // namespace septet::plan
