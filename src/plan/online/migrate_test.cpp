// plan/online/migrate_test.cpp — a day of requests with moves: nobody is lost, no limit is passed.
#include "plan/online/migrate.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "plan/online/losses.h"
#include "plan/online/ranking.h"

namespace septet::plan::online {
namespace {

class Day {
 public:
  Day(const char* product, std::uint32_t gpus, const MoveLimits& limits, std::uint64_t seed)
      : limits_(limits),
        shape_(std::make_shared<Shape>(mig::find_product(product)->geometry,
                                       plain_profiles(mig::find_product(product)->geometry))),
        state_({{shape_, gpus, {}}}),
        ranking_(state_),
        migration_(state_, limits),
        random_(seed) {
    ranking_.order(best_index_loss);
    migration_.on_move([this](const Move& move) {
      ASSERT_EQ(where_.at(move.job), move.from);
      where_[move.job] = move.to;
      ++moves_;
    });
  }

  void pass(int events) {
    for (int event = 0; event < events; ++event) {
      const std::uint64_t before = moves_;
      if (!where_.empty() && random_.uniform() < 0.5) {
        leave();
        ASSERT_LE(moves_ - before, 1u);
      } else {
        arrive(static_cast<unsigned>(random_.below(shape_->classes())));
        ASSERT_LE(moves_ - before, limits_.moves_per_refusal);
      }
      ASSERT_LE(static_cast<double>(moves_), limits_.share * accepted_);
      if (event % 64 == 0) check();
    }
    check();
  }

  std::uint64_t moves() const { return moves_; }
  const Migration& migration() const { return migration_; }

 private:
  void leave() {
    const auto next =
        std::next(where_.begin(), static_cast<std::ptrdiff_t>(random_.below(where_.size())));
    ASSERT_EQ(state_.release(next->second), next->first);
    class_.erase(next->first);
    const Choice from = next->second;
    where_.erase(next);
    migration_.departed(now_, from);
  }

  void arrive(unsigned request) {
    now_ += 1;
    migration_.arrived(now_, request);
    auto choice = ranking_.choose(request);
    if (!choice) choice = migration_.make_room(request);
    if (choice) {
      state_.place(*choice, next_);
      where_[next_] = *choice;
      class_[next_++] = request;
      ++accepted_;
    }
    migration_.settled(choice);
  }

  // The fleet holds exactly who came and has not left, each as what it asked for.
  void check() const {
    std::size_t held = 0;
    for (Gpu gpu = 0; gpu < state_.gpus(); ++gpu) {
      std::vector<mig::Instance> instances;
      for (unsigned window = 0; window < shape_->windows(); ++window) {
        const Job job = state_.occupant(gpu, window);
        if (job == kNobody) continue;
        ++held;
        ASSERT_EQ(where_.at(job), (Choice{gpu, static_cast<std::uint8_t>(window)}));
        ASSERT_EQ(shape_->window(window).cls, class_.at(job));
        instances.push_back(
            {&shape_->profile(shape_->window(window).cls), shape_->window(window).at});
      }
      ASSERT_TRUE(mig::Layout::make(shape_->geometry(), instances).has_value());
    }
    ASSERT_EQ(held, where_.size());
  }

  MoveLimits limits_;
  std::shared_ptr<const Shape> shape_;
  FleetState state_;
  Ranking ranking_;
  Migration migration_;
  Random random_;
  std::map<Job, Choice> where_;
  std::map<Job, unsigned> class_;
  Job next_ = 0;
  std::uint64_t moves_ = 0;
  double accepted_ = 0, now_ = 0;
};

TEST(MigrateTest, NobodyIsLostAndNoLimitIsPassed) {
  std::uint64_t let_in = 0, tidied = 0;
  for (const unsigned most : {1u, 4u}) {
    for (const double share : {0.05, 1.0}) {
      MoveLimits limits;
      limits.moves_per_refusal = most;
      limits.share = share;
      limits.tidy_every = 1;
      limits.tidy_rate = 10;
      limits.tidy_least = 0.01;
      for (const char* product : {"h100-sxm5-80gb", "a30-24gb"}) {
        Day day(product, 12, limits, most * 100 + static_cast<std::uint64_t>(share * 100));
        day.pass(2000);
        EXPECT_EQ(day.moves(), day.migration().budget().spent());
        let_in += day.migration().count().let_in;
        tidied += day.migration().count().in_background;
      }
    }
  }
  EXPECT_GT(let_in, 50u);
  EXPECT_GT(tidied, 50u);
}

TEST(MigrateTest, NoMovesWhereNoneAreAllowed) {
  MoveLimits limits;
  limits.moves_per_refusal = 0;
  limits.tidy_every = 0;
  limits.share = 1;
  Day day("h100-sxm5-80gb", 8, limits, 5);
  day.pass(1000);
  EXPECT_EQ(day.moves(), 0u);
}

TEST(MoveBudgetTest, ScarceMovesGetDear) {
  MoveBudget budget(0.05);
  for (int request = 0; request < 39; ++request) budget.request(true);
  EXPECT_EQ(budget.left(), 1u);  // 39 / 20
  const double dear = budget.price();
  EXPECT_GT(dear, 0);
  for (int request = 0; request < 20'000; ++request) budget.request(true);
  EXPECT_EQ(budget.price(), 0);  // plenty is left
  EXPECT_EQ(budget.left(), static_cast<unsigned>(budget.hoard()));
  budget.spend(budget.left());
  budget.request(false);
  EXPECT_EQ(budget.left(), 0u);
  EXPECT_GT(budget.price(), 0);
}

// However many uses there are, the price finds the level at which the reserve stays: what was
// earned is spent, and never more.
TEST(MoveBudgetTest, SpendsWhatItEarnsOnTheBestUses) {
  for (const double share : {0.01, 0.05}) {
    MoveBudget budget(share);
    Random random(11);
    double gained = 0;
    constexpr int kRequests = 60'000;
    for (int request = 1; request <= kRequests; ++request) {
      const double gain = 10 * random.uniform();  // a use comes with one request in five
      if (random.below(5) == 0 && budget.left() > 0 && gain > budget.price()) {
        budget.spend(1);
        gained += gain;
      }
      budget.request(true);
      ASSERT_LE(double(budget.spent()), share * request + 1e-6);
    }
    EXPECT_GT(double(budget.spent()), 0.93 * share * kRequests);
    // The best `share` of all: those above 10 (1 - 5 share), in the mean 10 - 25 share.
    EXPECT_GT(gained / double(budget.spent()), 0.96 * (10 - 25 * share)) << share;
  }
}

}  // namespace
}  // namespace septet::plan::online
