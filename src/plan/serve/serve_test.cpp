#include "plan/serve/serve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "plan/serve/small_lp.h"

namespace septet::plan {
namespace {

const mig::Geometry& a100() { return mig::find_product("a100-80gb")->geometry; }

SlotTable classic(const mig::Geometry& geometry) {
  std::vector<const mig::GpuInstanceProfile*> profiles;
  for (const auto& profile : geometry.profiles) {
    if (profile.classic()) profiles.push_back(&profile);
  }
  return slot_table(geometry, std::move(profiles));
}

ServiceDemand random_service(std::mt19937& random, const SlotTable& table, int largest) {
  ServiceDemand demand;
  demand.need = 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(largest));
  for (std::size_t s = 0; s < table.size(); ++s) {
    const auto slices = table.slots[s]->slices;
    demand.gives[s] =
        random() % 4 == 0 ? 0 : static_cast<std::int64_t>(5u * slices + random() % 20);
  }
  if (std::ranges::max(demand.gives) == 0) demand.gives[0] = 7;
  return demand;
}

// ---- the parts

TEST(Slots, KeepsOnlyLayoutsThatNoOtherContains) {
  const SlotTable table = classic(a100());
  ASSERT_EQ(table.size(), 5u);
  // Twelve multisets that no other contains (counted by hand from the 298 layouts); those of one
  // slot alone that are among them (7g; 2x 3g; 7x 1g) stand in front, with the other two.
  EXPECT_EQ(table.columns.size(), 5u + 12u - 3u);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    EXPECT_TRUE(mig::Layout::make(a100(), table.columns[c].layout.instances()));
    for (std::size_t d = table.size(); d < table.columns.size(); ++d) {
      const bool inside = c != d && c >= table.size() &&
                          table.contains(table.columns[d].holds, table.columns[c].holds);
      EXPECT_FALSE(inside) << mig::to_string(table.columns[c].layout);
    }
  }
}

TEST(SmallLp, SolvesWhatCanBeSolvedByHand) {
  // minimize x + y, 2x + y >= 4, x + 3y >= 6: x = 1.2, y = 1.6.
  SmallLp lp({4.0, 6.0}, 0);
  const std::size_t x = lp.add({2.0, 1.0}, 1.0), y = lp.add({1.0, 3.0}, 1.0);
  const std::size_t big = lp.add({1.0, 1.0}, 100.0), other = lp.add({1.0, 0.0}, 50.0);
  ASSERT_TRUE(lp.start({big, other}) || lp.start({x, y}));
  lp.solve();
  EXPECT_NEAR(lp.objective(), 2.8, 1e-9);
  EXPECT_NEAR(lp.value(x), 1.2, 1e-9);
  EXPECT_NEAR(lp.value(y), 1.6, 1e-9);
  EXPECT_NEAR(4.0 * lp.duals()[0] + 6.0 * lp.duals()[1], 2.8, 1e-9);
}

TEST(SmallLp, RefusesABasisThatIsNone) {
  SmallLp lp({1.0, 1.0}, 0);
  const std::size_t x = lp.add({1.0, 2.0}, 1.0), twin = lp.add({1.0, 2.0}, 1.0);
  EXPECT_FALSE(lp.start({x, twin}));
}

// Floating point proposes, whole numbers prove: as much, and never more than it takes.
TEST(FitCounts, ProvesNoMoreThanItTakes) {
  const SlotTable table = classic(a100());
  FitCounts fit(table);
  std::mt19937 random(17);
  for (int round = 0; round < 300; ++round) {
    SlotCounts counts{};
    for (std::size_t s = 0; s < table.size(); ++s)
      counts[s] = static_cast<std::int32_t>(random() % 12);
    const double fraction = fit.fractional(counts) * static_cast<double>(kPriceUnit);
    EXPECT_NEAR(static_cast<double>(fit.proven(counts)), fraction, 1e-5 * kPriceUnit);
    std::int64_t gpus = 0;
    for (const unsigned count : fit.into_fewest(counts)) gpus += count;
    EXPECT_LE(fit.proven(counts), gpus * kPriceUnit);
  }
  for (const SlotColumn& column : table.columns)
    EXPECT_LE(fit.proven(column.holds), kPriceUnit) << mig::to_string(column.layout);
}

// By dynamic programming over what is still needed: nothing in common with the search.
std::int64_t cheapest_by_table(const ServiceDemand& demand, const SlotPrices& prices,
                               std::size_t slots) {
  std::vector<std::int64_t> cost(static_cast<std::size_t>(demand.need) + 1, 0);
  for (std::int64_t need = 1; need <= demand.need; ++need) {
    std::int64_t best = INT64_MAX;
    for (std::size_t s = 0; s < slots; ++s) {
      if (demand.gives[s] == 0) continue;
      const auto rest = static_cast<std::size_t>(std::max<std::int64_t>(0, need - demand.gives[s]));
      best = std::min(best, cost[rest] + prices[s]);
    }
    cost[static_cast<std::size_t>(need)] = best;
  }
  return cost.back();
}

TEST(Cover, IsTheCheapest) {
  const SlotTable table = classic(a100());
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    const ServiceDemand demand = random_service(random, table, 400);
    SlotPrices prices{};
    for (std::size_t s = 0; s < table.size(); ++s) prices[s] = random() % 1000;
    const Cover cover = cheapest_cover(demand, prices, table.size());
    ASSERT_TRUE(covers(demand, cover.uses, table.size()));
    const std::int64_t truth = cheapest_by_table(demand, prices, table.size());
    EXPECT_LE(cover.bound, truth);
    EXPECT_GE(cover.price, truth);
    if (cover.exact) {
      EXPECT_EQ(cover.price, truth);
    }
    EXPECT_LE(fractional_price(demand, prices, table.size()), truth);
  }
}

TEST(Cover, AllWithinAPriceAreListedAndNoneIsWasteful) {
  const SlotTable table = classic(a100());
  std::mt19937 random(11);
  for (int round = 0; round < 15; ++round) {
    const ServiceDemand demand = random_service(random, table, 40);
    SlotPrices prices{};
    for (std::size_t s = 0; s < table.size(); ++s) prices[s] = 100 + random() % 400;
    const std::int64_t most = cheapest_cover(demand, prices, table.size()).price + 300;
    const auto listed = covers_within(demand, prices, table.size(), most, 100'000);
    std::size_t counted = 0;
    std::array<int, 5> n{};
    const auto next = [&n] {  // 0..8 each
      std::size_t at = 0;
      while (at < n.size() && ++n[at] > 8) n[at++] = 0;
      return at < n.size();
    };
    do {
      std::int64_t given = 0, price = 0, least = INT64_MAX;
      for (std::size_t s = 0; s < n.size(); ++s) {
        if (n[s] > 0 && demand.gives[s] == 0) given = -1'000'000;
        given += n[s] * demand.gives[s];
        price += n[s] * prices[s];
        if (n[s] > 0) least = std::min(least, demand.gives[s]);
      }
      counted += given >= demand.need && price <= most && given - least < demand.need ? 1 : 0;
    } while (next());
    EXPECT_EQ(listed.size(), counted);
  }
}

// ---- the whole

// The proof checked in whole numbers with nothing of the solver: prices no layout exceeds, the
// cheapest covers by table.
void check_proof(const mig::Geometry& geometry, const SlotTable& table,
                 const std::vector<ServiceDemand>& demands, const ServeAnswer& answer) {
  mig::visit_layouts(
      geometry, [&](const auto& profile) { return std::ranges::count(table.slots, &profile) > 0; },
      [&](const mig::Layout& layout) {
        std::int64_t worth = 0;
        for (const mig::Instance& one : layout.instances()) {
          const auto slot = std::ranges::find(table.slots, one.profile) - table.slots.begin();
          worth += answer.bound.prices[static_cast<std::size_t>(slot)];
        }
        EXPECT_LE(worth, kPriceUnit) << mig::to_string(layout);
      });
  std::int64_t cost = 0;
  for (const ServiceDemand& demand : demands)
    cost += cheapest_by_table(demand, answer.bound.prices, table.size());
  EXPECT_GE(cost, answer.bound.price);
  EXPECT_LE(answer.bound.linear, answer.bound.exactly() + 1e-6);
}

void check_answer(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                  const ServeAnswer& answer) {
  SlotCounts used{}, held{};
  ASSERT_EQ(answer.covers.size(), demands.size());
  for (std::size_t i = 0; i < demands.size(); ++i) {
    EXPECT_TRUE(covers(demands[i], answer.covers[i], table.size()));
    for (std::size_t s = 0; s < table.size(); ++s) used[s] += answer.covers[i][s];
  }
  unsigned gpus = 0;
  for (std::size_t c = 0; c < answer.columns.size(); ++c) {
    gpus += answer.columns[c];
    for (std::size_t s = 0; s < table.size(); ++s)
      held[s] += static_cast<int>(answer.columns[c]) * table.columns[c].holds[s];
  }
  EXPECT_EQ(gpus, answer.gpus);
  for (std::size_t s = 0; s < table.size(); ++s) EXPECT_LE(used[s], held[s]);
  EXPECT_GE(answer.gpus, answer.least);
}

// Can `gpus` GPUs carry all? Tries every multiset of columns and every way to deal its slots out.
class Exhaustive {
 public:
  Exhaustive(const SlotTable& table, const std::vector<ServiceDemand>& demands)
      : table_(table), demands_(demands) {}

  bool can(int gpus) { return fill(gpus, 0, SlotCounts{}); }

 private:
  bool fill(int gpus, std::size_t column, const SlotCounts& held) {
    if (gpus == 0) {
      failed_.clear();
      return serve_from(0, held);
    }
    for (std::size_t c = column; c < table_.columns.size(); ++c) {
      SlotCounts more = held;
      for (std::size_t s = 0; s < table_.size(); ++s) more[s] += table_.columns[c].holds[s];
      if (fill(gpus - 1, c, more)) return true;
    }
    return false;
  }
  bool serve_from(std::size_t service, const SlotCounts& held) {
    if (service == demands_.size()) return true;
    if (!failed_.insert({{service, held}, true}).second) return false;
    return take(service, demands_[service].need, 0, held);
  }
  bool take(std::size_t service, std::int64_t rest, std::size_t slot, SlotCounts held) {
    if (rest <= 0) return serve_from(service + 1, held);
    for (std::size_t s = slot; s < table_.size(); ++s) {
      if (held[s] == 0 || demands_[service].gives[s] == 0) continue;
      SlotCounts left = held;
      --left[s];
      if (take(service, rest - demands_[service].gives[s], s, left)) return true;
    }
    return false;
  }

  const SlotTable& table_;
  const std::vector<ServiceDemand>& demands_;
  std::map<std::pair<std::size_t, SlotCounts>, bool> failed_;
};

void against_exhaustive(const char* product, unsigned seed, int rounds) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  const SlotTable table = classic(geometry);
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    std::vector<ServiceDemand> demands;
    const std::size_t services = 1 + random() % 4;
    for (std::size_t i = 0; i < services; ++i) demands.push_back(random_service(random, table, 45));
    const ServeAnswer answer = serve(table, demands);
    check_answer(table, demands, answer);
    check_proof(geometry, table, demands, answer);
    EXPECT_TRUE(answer.proven()) << product << " round " << round;
    Exhaustive exhaustive(table, demands);
    if (answer.gpus > 3) continue;
    EXPECT_FALSE(answer.gpus > 1 && exhaustive.can(static_cast<int>(answer.gpus) - 1))
        << product << " round " << round << ": fewer than " << answer.gpus << " do";
  }
}

TEST(Serve, IsOptimalWhereEverythingCanBeTried) {
  against_exhaustive("a100-80gb", 1, 40);
  against_exhaustive("a30-24gb", 2, 40);
}

TEST(ServeSweep, IsOptimalWhereEverythingCanBeTried) {
  against_exhaustive("a100-80gb", 3, 400);
  against_exhaustive("a30-24gb", 4, 400);
  against_exhaustive("rtx-pro-6000-blackwell-96gb", 5, 200);
}

TEST(Serve, ManyServicesStayCloseToTheBound) {
  const SlotTable table = classic(a100());
  std::mt19937 random(5);
  std::vector<ServiceDemand> demands;
  for (int i = 0; i < 120; ++i) demands.push_back(random_service(random, table, 2000));
  const ServeAnswer answer = serve(table, demands);
  check_answer(table, demands, answer);
  check_proof(a100(), table, demands, answer);
  EXPECT_LE(answer.gpus, answer.bound.exactly() * 1.005 + 1.0);
}

TEST(Serve, SaysTheSameEveryTime) {
  const SlotTable table = classic(a100());
  std::mt19937 random(9);
  std::vector<ServiceDemand> demands;
  for (int i = 0; i < 20; ++i) demands.push_back(random_service(random, table, 300));
  const ServeAnswer one = serve(table, demands), other = serve(table, demands);
  EXPECT_EQ(one.covers, other.covers);
  EXPECT_EQ(one.columns, other.columns);
}

}  // namespace
}  // namespace septet::plan
