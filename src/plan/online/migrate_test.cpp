// plan/online/migrate_test.cpp — a day of requests with moves: nobody is lost, no limit is passed.
#include "plan/online/migrate.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "plan/online/losses.h"
#include "plan/online/ranking.h"

namespace septet::plan::online {
namespace {

Worth fgd_worth(const FleetState& state) {
  Worth worth;
  for (Group group = 0; group < state.groups(); ++group) {
    const Shape& shape = state.shape_of_group(group);
    const std::vector<double> share(shape.classes(), 1.0 / shape.classes());
    worth.of_group.push_back(-fgd_fragmentation(shape, state.layout_of_group(group), share));
  }
  const Shape& shape = *state.pools().front().shape;
  for (unsigned cls = 0; cls < shape.classes(); ++cls)
    worth.of_request.push_back(shape.class_units(cls));
  return worth;
}

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
    migration_.appraise(fgd_worth(state_));
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
    where_.erase(next);
    migration_.departed();
  }

  void arrive(unsigned request) {
    auto choice = ranking_.choose(request);
    if (!choice) choice = migration_.make_room(request);
    if (choice) {
      state_.place(*choice, next_);
      where_[next_] = *choice;
      class_[next_++] = request;
      ++accepted_;
    }
    migration_.settled(choice.has_value());
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
  double accepted_ = 0;
};

TEST(MigrateTest, NobodyIsLostAndNoLimitIsPassed) {
  std::uint64_t let_in = 0, tidied = 0;
  for (const unsigned most : {1u, 2u, 4u}) {
    for (const double share : {0.01, 0.05, 1.0}) {
      MoveLimits limits;
      limits.moves_per_refusal = most;
      limits.share = share;
      limits.tidy_every = 1;
      for (const char* product : {"h100-sxm5-80gb", "a30-24gb"}) {
        Day day(product, 12, limits, most * 100 + static_cast<std::uint64_t>(share * 100));
        day.pass(4000);
        EXPECT_EQ(day.moves(), day.migration().budget().spent());
        let_in += day.migration().count().let_in;
        tidied += day.migration().count().in_background;
      }
    }
  }
  EXPECT_GT(let_in, 100u);
  EXPECT_GT(tidied, 100u);
}

TEST(MigrateTest, NoMovesWhereNoneAreAllowed) {
  MoveLimits limits;
  limits.moves_per_refusal = 0;
  limits.tidy_every = 0;
  limits.share = 1;
  Day day("h100-sxm5-80gb", 8, limits, 5);
  day.pass(3000);
  EXPECT_EQ(day.moves(), 0u);
}

TEST(MoveBudgetTest, ScarceMovesGetDear) {
  MoveBudget budget(0.05);
  for (int request = 0; request < 39; ++request) budget.request(true);
  EXPECT_EQ(budget.left(), 1u);  // 39 / 20
  const double dear = budget.price();
  EXPECT_GT(dear, 0);
  for (int request = 0; request < 10'000; ++request) budget.request(true);
  EXPECT_EQ(budget.price(), 0);  // plenty is left
  EXPECT_EQ(budget.left(), static_cast<unsigned>(MoveBudget::kHoard));
  budget.spend(200);
  budget.request(false);
  EXPECT_EQ(budget.left(), 0u);
  EXPECT_GT(budget.price(), 0);
}

}  // namespace
}  // namespace septet::plan::online
