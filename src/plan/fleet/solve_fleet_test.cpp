#include "plan/fleet/solve_fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "mig/profile_name.h"
#include "plan/fleet/price_bound.h"

namespace septet::plan {
namespace {

FleetProduct product(const char* id) { return {id, &mig::find_product(id)->geometry}; }

Workload named(const char* name, const char* profile, unsigned replicas) {
  Workload workload;
  workload.name = name;
  workload.profile = profile;
  workload.replicas = replicas;
  return workload;
}

Workload needs(const char* name, std::uint64_t gib, unsigned sms, unsigned replicas) {
  Workload workload;
  workload.name = name;
  workload.memory_bytes = gib << 30u;
  workload.sms = sms;
  workload.replicas = replicas;
  return workload;
}

Fleet fleet_of(std::vector<FleetProduct> products, std::vector<Pool> pools,
               const std::vector<Workload>& workloads) {
  Fleet fleet{std::move(products), std::move(pools), {}};
  for (const Workload& workload : workloads) {
    auto demand = size_for_fleet(fleet.products, workload);
    EXPECT_TRUE(demand.has_value()) << workload.name;
    if (demand) fleet.demands.push_back(std::move(*demand));
  }
  return fleet;
}

// The plan against its own claims: legal, enough, within supply, beside what is held.
void expect_sound(const Fleet& fleet, const FleetPlan& plan) {
  std::map<std::pair<std::size_t, const mig::GpuInstanceProfile*>, std::uint64_t> slots;
  std::vector<std::uint64_t> used(fleet.pools.size(), 0), served(fleet.demands.size(), 0);
  std::int64_t cost = 0;
  for (const FleetRow& row : plan.rows) {
    const Pool& pool = fleet.pools[row.pool];
    auto all = pool.held;
    all.insert(all.end(), row.added.begin(), row.added.end());
    EXPECT_TRUE(mig::Layout::make(*fleet.products[pool.product].geometry, all).has_value());
    used[row.pool] += row.gpus;
    cost += pool.cost * static_cast<std::int64_t>(row.gpus);
    for (const mig::Instance& instance : row.added)
      slots[{pool.product, instance.profile}] += row.gpus;
  }
  for (std::size_t p = 0; p < used.size(); ++p) EXPECT_LE(used[p], fleet.pools[p].gpus);
  for (const FleetShare& share : plan.shares) {
    const auto& choices = fleet.demands[share.demand].choices;
    EXPECT_NE(std::ranges::find(choices, share.choice), choices.end());
    served[share.demand] += share.replicas;
    std::uint64_t& free = slots[{share.choice.product, share.choice.profile}];
    EXPECT_GE(free, share.replicas);
    free -= share.replicas;
  }
  for (const auto& [slot, left] : slots) EXPECT_EQ(left, 0u) << "nobody asked for it";
  for (std::size_t d = 0; d < served.size(); ++d)
    EXPECT_EQ(served[d], fleet.demands[d].workload.replicas);
  EXPECT_EQ(cost, plan.cost);
  EXPECT_LE(plan.bound, plan.cost);
}

TEST(SolveFleet, OneProductIsCounted) {
  const Fleet fleet = fleet_of({product("h100-sxm5-80gb")}, {{0, 100, 2000, {}}},
                               {named("a", "3g.40gb", 30), named("b", "1g.10gb", 70)});
  const FleetPlan plan = solve_fleet(fleet);
  ASSERT_EQ(plan.verdict, FleetVerdict::kFits);
  EXPECT_TRUE(plan.closed_form);
  EXPECT_EQ(plan.cost, plan.bound);
  expect_sound(fleet, plan);
}

TEST(SolveFleet, TakesTheCheaperProductWhereBothDo) {
  const Fleet fleet = fleet_of({product("h100-sxm5-80gb"), product("a100-80gb")},
                               {{0, 10, 3000, {}}, {1, 10, 1000, {}}},
                               {named("a", "3g.40gb", 6), needs("b", 9, 15, 7)});
  const FleetPlan plan = solve_fleet(fleet);
  ASSERT_EQ(plan.verdict, FleetVerdict::kFits);
  expect_sound(fleet, plan);
  // 15 SMs are a 2g of an A100: one A100 takes two 3g, four take a 3g and two 2g each.
  EXPECT_EQ(plan.cost, 5000);
  EXPECT_TRUE(plan.optimal());
}

TEST(SolveFleet, LeavesWhatIsHeldAndUsesWhatIsFreeBesideIt) {
  const auto& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  const std::vector<mig::Instance> held{{geometry.find_name("3g.40gb"), {4, 4}}};
  const Fleet fleet = fleet_of({product("h100-sxm5-80gb")}, {{0, 5, 0, held}, {0, 5, 1000, {}}},
                               {named("a", "4g.40gb", 6), named("b", "2g.20gb", 3)});
  const FleetPlan plan = solve_fleet(fleet);
  ASSERT_EQ(plan.verdict, FleetVerdict::kFits);
  expect_sound(fleet, plan);
  // Five 4g beside what is held; the sixth and one 2g share a GPU, which has room for one 2g only.
  EXPECT_EQ(plan.cost, 2000);
}

TEST(SolveFleet, ProvesThatAFleetIsTooSmallAndSaysByHowMuch) {
  const Fleet fleet = fleet_of({product("h100-sxm5-80gb"), product("a100-80gb")},
                               {{0, 2, 1000, {}}, {1, 1, 1000, {}}}, {named("a", "3g.40gb", 9)});
  const FleetPlan plan = solve_fleet(fleet);
  ASSERT_EQ(plan.verdict, FleetVerdict::kImpossible);
  Prices prices = plan.prices;
  EXPECT_GT(price_bound(fleet, fillings_of(fleet), true, prices), 0);
  std::uint64_t more = 0;
  for (const MoreGpus& gpus : fewest_more(fleet)) more += gpus.gpus;
  EXPECT_EQ(more, 2u);
}

// Every choice of a filling for every GPU, and every way to hand its slots out.
class Exhaustive {
 public:
  explicit Exhaustive(const Fleet& fleet) : fleet_(fleet), fillings_(fillings_of(fleet)) {
    for (const auto& classes : fillings_.classes) slots_.emplace_back(classes.size(), 0u);
  }
  std::int64_t cheapest() {
    pool(0, 0, 0, 0);
    return best_;  // -1: nothing fits
  }

 private:
  // Fillings of a pool in ascending order: GPUs of a pool are alike.
  void pool(std::size_t p, std::uint64_t used, std::size_t filling, std::int64_t cost) {
    if (best_ >= 0 && cost >= best_) return;
    if (p == fleet_.pools.size()) {
      if (handed_out(0)) best_ = cost;
      return;
    }
    pool(p + 1, 0, 0, cost);
    if (used == fleet_.pools[p].gpus) return;
    auto& slots = slots_[fleet_.pools[p].product];
    for (std::size_t f = filling; f < fillings_.pools[p].size(); ++f) {
      for (std::size_t c = 0; c < slots.size(); ++c) slots[c] += fillings_.pools[p][f].added[c];
      pool(p, used + 1, f, cost + fleet_.pools[p].cost);
      for (std::size_t c = 0; c < slots.size(); ++c) slots[c] -= fillings_.pools[p][f].added[c];
    }
  }

  bool handed_out(std::size_t demand, unsigned done = 0, std::size_t choice = 0) {
    if (demand == fleet_.demands.size()) return true;
    const FleetDemand& wanted = fleet_.demands[demand];
    if (done == wanted.workload.replicas) return handed_out(demand + 1);
    for (std::size_t i = choice; i < wanted.choices.size(); ++i) {
      const FleetChoice& taken = wanted.choices[i];
      unsigned& slot =
          slots_[taken.product][class_of(fillings_.classes[taken.product], taken.profile)];
      if (slot == 0) continue;
      --slot;
      const bool good = handed_out(demand, done + 1, i);
      ++slot;
      if (good) return true;
    }
    return false;
  }

  const Fleet& fleet_;
  const FleetFillings fillings_;
  std::vector<std::vector<unsigned>> slots_;
  std::int64_t best_ = -1;
};

Fleet random_small_fleet(std::mt19937& random) {
  const auto draw = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  static const char* const kIds[] = {"h100-sxm5-80gb", "a100-80gb", "a30-24gb", "b200-180gb"};
  std::vector<FleetProduct> products{product(kIds[draw(0, 1)]), product(kIds[draw(2, 3)])};
  std::vector<Pool> pools;
  for (std::size_t p = 0; p < 2; ++p)
    pools.push_back({p, static_cast<std::uint64_t>(draw(0, 2)), 1000 * draw(1, 4), {}});
  const auto layouts = mig::layouts(
      *products[0].geometry, [](const auto& profile) { return profile.classic(); }, false);
  const auto& held =
      layouts[static_cast<std::size_t>(draw(0, static_cast<int>(layouts.size()) - 1))];
  pools.push_back({0, 1, 1000 * draw(0, 1), held.instances()});
  std::vector<Workload> workloads;
  for (int w = draw(1, 3); w > 0; --w) {
    static const std::uint64_t kGib[] = {4, 9, 15, 30};
    workloads.push_back(
        needs("w", kGib[draw(0, 3)], draw(0, 1) == 0 ? 10 : 25, static_cast<unsigned>(draw(1, 3))));
  }
  Fleet fleet{std::move(products), std::move(pools), {}};
  for (const Workload& workload : workloads) {
    if (auto demand = size_for_fleet(fleet.products, workload))
      fleet.demands.push_back(std::move(*demand));
  }
  return fleet;
}

TEST(SolveFleetSweep, MatchesExhaustiveSearchOnSmallFleets) {
  std::mt19937 random(4);
  unsigned fit = 0, impossible = 0, unproved = 0;
  for (int round = 0; round < 400; ++round) {
    const Fleet fleet = random_small_fleet(random);
    if (fleet.demands.empty()) continue;
    const std::int64_t least = Exhaustive(fleet).cheapest();
    const FleetPlan plan = solve_fleet(fleet);
    if (least < 0) {
      EXPECT_NE(plan.verdict, FleetVerdict::kFits) << round;
      ++(plan.verdict == FleetVerdict::kImpossible ? impossible : unproved);
      continue;
    }
    ASSERT_EQ(plan.verdict, FleetVerdict::kFits) << round;
    EXPECT_EQ(plan.cost, least) << round;
    EXPECT_LE(plan.bound, least) << round;
    expect_sound(fleet, plan);
    ++fit;
  }
  std::printf("  %u fit, %u proved impossible, %u neither\n", fit, impossible, unproved);
  EXPECT_GT(fit, 100u);
  EXPECT_GT(impossible, 50u);
}

}  // namespace
}  // namespace septet::plan
