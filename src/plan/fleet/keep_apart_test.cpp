// Replicas that keep apart, in small fleets against trying everything.
#include "plan/fleet/keep_apart.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>
#include <random>

#include "plan/fleet/max_flow.h"
#include "plan/fleet/most_carried.h"
#include "plan/fleet/slot_worth.h"
#include "plan/fleet/solve_fleet.h"
#include "plan/testing/fleet_by_search.h"

namespace septet::plan {
namespace {

using testing::FleetBySearch;

struct SmallFleets {
  std::mt19937 random{7};
  bool with_priorities = false;

  int draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

  Workload workload(int number) {
    static const std::uint64_t kGib[] = {9, 11, 18, 30};
    Workload made;
    made.name = std::string("w") + static_cast<char>('0' + number);
    made.memory_bytes = kGib[draw(0, 3)] << 30u;
    made.replicas = static_cast<unsigned>(draw(1, 3));
    made.apart = draw(0, 2) > 0;
    if (with_priorities) made.priority = draw(-1, 1);
    if (draw(0, 4) == 0) made.products = {draw(0, 1) == 0 ? "h100-sxm5-80gb" : "a30-24gb"};
    return made;
  }

  Fleet fleet() {
    Fleet fleet;
    for (const char* const id : {"h100-sxm5-80gb", "a30-24gb"})
      fleet.products.push_back({id, &mig::find_product(id)->geometry});
    const auto& h100 = *fleet.products[0].geometry;
    const int workloads = draw(2, 3), gpus = workloads == 2 ? 3 : 2;
    const int many = draw(0, 2), few = draw(0, gpus - many), held = many + few < gpus ? 1 : 0;
    fleet.pools = {{0, static_cast<std::uint64_t>(few), 1000 * draw(1, 3), {}},
                   {1, static_cast<std::uint64_t>(many), 1000 * draw(1, 3), {}},
                   {0, static_cast<std::uint64_t>(held), 0, {{h100.find_name("4g.40gb"), {0, 4}}}}};
    for (int w = workloads; w > 0; --w) {
      auto demand = size_for_fleet(fleet.products, workload(w));
      EXPECT_TRUE(demand.has_value() || demand.error().code == Code::kInfeasible);
      if (demand) fleet.demands.push_back(std::move(*demand));
    }
    return fleet;
  }
};

// The rows against their own claims: legal, within supply, each GPU's replicas apart, and as many
// of each demand as `carried` says, where it may run.
void expect_kept_apart(const Fleet& fleet, const FleetPlan& plan,
                       const std::vector<std::uint64_t>& carried) {
  std::map<std::pair<std::size_t, const mig::GpuInstanceProfile*>, std::uint64_t> there;
  std::vector<std::uint64_t> used(fleet.pools.size(), 0), sums(fleet.demands.size(), 0);
  std::int64_t cost = 0;
  for (const FleetRow& row : plan.rows) {
    const Pool& pool = fleet.pools[row.pool];
    auto all = pool.held;
    all.insert(all.end(), row.added.begin(), row.added.end());
    EXPECT_TRUE(mig::Layout::make(*fleet.products[pool.product].geometry, all).has_value());
    used[row.pool] += row.gpus;
    cost += pool.cost * static_cast<std::int64_t>(row.gpus);
    ASSERT_EQ(row.carries.size(), row.added.size());
    std::vector<unsigned> on_gpu(fleet.demands.size(), 0);
    for (std::size_t i = 0; i < row.added.size(); ++i) {
      const FleetDemand& demand = fleet.demands[row.carries[i]];
      const FleetChoice choice{pool.product, row.added[i].profile};
      EXPECT_NE(std::ranges::find(demand.choices, choice), demand.choices.end());
      EXPECT_TRUE(++on_gpu[row.carries[i]] == 1 || !demand.workload.apart);
      there[{row.carries[i], choice.profile}] += row.gpus;
      sums[row.carries[i]] += row.gpus;
    }
  }
  for (std::size_t p = 0; p < used.size(); ++p) EXPECT_LE(used[p], fleet.pools[p].gpus);
  for (const FleetShare& share : plan.shares) {
    std::uint64_t& slots = there[{share.demand, share.choice.profile}];
    EXPECT_EQ(slots, share.replicas);
    slots = 0;
  }
  for (const auto& [slot, left] : there) EXPECT_EQ(left, 0u);
  EXPECT_EQ(sums, carried);
  EXPECT_EQ(cost, plan.cost);
}

std::vector<std::uint64_t> all_replicas(const Fleet& fleet) {
  std::vector<std::uint64_t> replicas;
  for (const FleetDemand& demand : fleet.demands) replicas.push_back(demand.workload.replicas);
  return replicas;
}

TEST(KeepApartSweep, TheCheapestFleetIsTheOneThatTryingEverythingFinds) {
  SmallFleets small;
  unsigned fit = 0, impossible = 0, unproved = 0, dearer_than_together = 0;
  for (int round = 0; round < 60; ++round) {
    Fleet fleet = small.fleet();
    if (fleet.demands.empty() || !fleet.keeps_apart()) continue;
    const auto everything = all_replicas(fleet);
    const std::uint64_t all = std::accumulate(everything.begin(), everything.end(), 0ull);
    const auto best =
        FleetBySearch(fleet, std::vector<std::size_t>(fleet.demands.size(), 0)).best();
    const FleetPlan plan = solve_fleet(fleet);
    if (best.carried.front() < all) {
      EXPECT_NE(plan.verdict, FleetVerdict::kFits) << round;
      ++(plan.verdict == FleetVerdict::kImpossible ? impossible : unproved);
      continue;
    }
    ASSERT_EQ(plan.verdict, FleetVerdict::kFits) << round;
    EXPECT_EQ(plan.cost, best.cost) << round;
    EXPECT_LE(plan.bound, best.cost) << round;
    expect_kept_apart(fleet, plan, everything);
    ++fit;
    for (FleetDemand& demand : fleet.demands) demand.workload.apart = false;
    dearer_than_together += solve_fleet(fleet).cost < plan.cost ? 1 : 0;
  }
  std::printf("  %u fit (%u of them dearer for it), %u proved impossible, %u neither\n", fit,
              dearer_than_together, impossible, unproved);
  EXPECT_GT(fit, 10u);
  EXPECT_GT(dearer_than_together, 2u);
  EXPECT_GT(impossible, 5u);
}

TEST(MostCarriedSweep, IsWhatTryingEverythingFinds) {
  SmallFleets small;
  small.with_priorities = true;
  unsigned compared = 0, proved = 0, some = 0;
  for (int round = 0; round < 60; ++round) {
    const Fleet fleet = small.fleet();
    if (fleet.demands.empty()) continue;
    std::set<int, std::greater<>> priorities;
    for (const FleetDemand& demand : fleet.demands) priorities.insert(demand.workload.priority);
    std::vector<std::size_t> its_class;
    for (const FleetDemand& demand : fleet.demands) {
      its_class.push_back(static_cast<std::size_t>(
          std::distance(priorities.begin(), priorities.find(demand.workload.priority))));
    }
    const auto best = FleetBySearch(fleet, its_class).best();
    const auto most = most_carried(fleet);
    ASSERT_TRUE(most) << round;
    std::vector<std::uint64_t> carried;
    for (const CarriedClass& one : most->classes) {
      carried.push_back(one.asked - one.left);
      EXPECT_LE(one.proved, one.left) << round;
    }
    EXPECT_EQ(carried, best.carried) << round;
    EXPECT_EQ(most->plan.cost, best.cost) << round;
    ++compared;
    proved += most->proved() ? 1 : 0;
    some +=
        std::ranges::any_of(most->classes, [](const auto& one) { return one.left > 0; }) ? 1 : 0;
    if (fleet.keeps_apart()) expect_kept_apart(fleet, most->plan, most->carried);
  }
  std::printf("  %u compared, %u with some left out, %u proved by prices\n", compared, some,
              proved);
  EXPECT_GT(some, 15u);
  EXPECT_GT(proved, compared / 2);
}

TEST(KeepApart, AThousandReplicasOfEachTakeAThousandGpus) {
  Fleet fleet;
  fleet.products.push_back({"h100-sxm5-80gb", &mig::find_product("h100-sxm5-80gb")->geometry});
  fleet.pools.push_back({0, 5000, 1000, {}});
  for (const char* const name : {"a", "b", "c"}) {
    Workload workload;
    workload.name = name;
    workload.profile = "1g.10gb";
    workload.replicas = 1000;
    workload.apart = true;
    fleet.demands.push_back(*size_for_fleet(fleet.products, workload));
  }
  const FleetPlan plan = solve_fleet(fleet);
  ASSERT_EQ(plan.verdict, FleetVerdict::kFits);
  EXPECT_EQ(plan.cost, 1'000'000);
  EXPECT_TRUE(plan.optimal());
  expect_kept_apart(fleet, plan, all_replicas(fleet));
  EXPECT_LE(plan.rows.size(), 4u);
}

TEST(KeepApart, FromOthersIsNotForAFleetAndProductsThatAreNotThereAreNamed) {
  const std::vector<FleetProduct> products{{"a30-24gb", &mig::find_product("a30-24gb")->geometry}};
  Workload workload;
  workload.name = "a";
  workload.profile = "1g.6gb";
  workload.where = "w.yaml:2:5";
  workload.apart_from = {"b"};
  const auto apart = size_for_fleet(products, workload);
  ASSERT_FALSE(apart);
  EXPECT_EQ(apart.error().code, Code::kNotSupported);
  EXPECT_EQ(apart.error().what.find("w.yaml:2:5: workload a keeps apart from b"), 0u);
  workload.apart_from.clear();
  workload.products = {"a100-80gb"};
  const auto elsewhere = size_for_fleet(products, workload);
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, Code::kInfeasible);
  EXPECT_NE(elsewhere.error().describe().find("workload a may run on a100-80gb, not on a30-24gb"),
            std::string::npos);
}

TEST(KeepApart, NamesThoseThatFindNoPlaceTogether) {
  Fleet fleet;
  fleet.products.push_back({"a30-24gb", &mig::find_product("a30-24gb")->geometry});
  fleet.pools.push_back({0, 2, 1000, {}});
  for (const unsigned replicas : {2u, 1u}) {
    Workload workload;
    workload.name = replicas == 2 ? "pair" : "single";
    workload.profile = "2g.12gb";
    workload.replicas = replicas;
    workload.apart = replicas == 2;
    fleet.demands.push_back(*size_for_fleet(fleet.products, workload));
  }
  const FleetFillings fillings = fillings_of(fleet);
  const auto halves = std::ranges::find_if(fillings.pools[0], [](const Filling& filling) {
    return filling.placed.size() == 2 && filling.placed[0].profile->name == "2g.12gb" &&
           filling.placed[1].profile->name == "2g.12gb";
  });
  ASSERT_NE(halves, fillings.pools[0].end());
  const auto one_gpu = keep_apart(fleet, fillings, {{0, &*halves, 1}}, {2, 1});
  EXPECT_TRUE(one_gpu.rows.empty());
  ASSERT_EQ(one_gpu.too_many.size(), 2u);
  EXPECT_TRUE(one_gpu.too_many[0]);
  const auto two = keep_apart(fleet, fillings, {{0, &*halves, 2}}, {2, 1});
  EXPECT_TRUE(two.too_many.empty());
  std::uint64_t gpus = 0, pairs = 0;
  for (const FleetRow& row : two.rows) {
    gpus += row.gpus;
    pairs += row.gpus * static_cast<std::uint64_t>(std::ranges::count(row.carries, 0u));
  }
  EXPECT_EQ(gpus, 2u);
  EXPECT_EQ(pairs, 2u);
}

TEST(SlotWorth, IsTheBestAssignmentThatTryingAllFinds) {
  SmallFleets small;
  unsigned compared = 0;
  for (int round = 0; round < 60; ++round) {
    const Fleet fleet = small.fleet();
    const FleetFillings fillings = fillings_of(fleet);
    std::vector<std::int64_t> prices;
    for (std::size_t d = 0; d < fleet.demands.size(); ++d) prices.push_back(small.draw(0, 9));
    SlotWorth worth(fleet, fillings, prices);
    for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
      const std::size_t product = fleet.pools[p].product;
      for (const Filling& filling : fillings.pools[p]) {
        // Each slot in turn: nobody, or a demand that it does for and that may be there again.
        std::vector<std::size_t> slots;
        for (std::size_t c = 0; c < filling.added.size(); ++c)
          slots.insert(slots.end(), filling.added[c], c);
        std::vector<unsigned> there(fleet.demands.size(), 0);
        const std::function<std::int64_t(std::size_t)> most = [&](std::size_t slot) {
          if (slot == slots.size()) return std::int64_t{0};
          std::int64_t best = most(slot + 1);
          for (std::size_t d = 0; d < fleet.demands.size(); ++d) {
            const bool does = std::ranges::any_of(fleet.demands[d].choices, [&](const auto& one) {
              return one.product == product &&
                     class_of(fillings.classes[product], one.profile) == slots[slot];
            });
            if (!does || (fleet.demands[d].workload.apart && there[d] > 0)) continue;
            ++there[d];
            best = std::max(best, prices[d] + most(slot + 1));
            --there[d];
          }
          return best;
        };
        if (slots.size() > 4) continue;
        ASSERT_EQ(worth.of(product, filling.added), most(0));
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 1000u);
}

TEST(MaxFlow, FillsWhatTheSmallestCutLetsThrough) {
  MaxFlow flow;
  const auto source = flow.add_node(), a = flow.add_node(), b = flow.add_node(),
             sink = flow.add_node();
  const auto first = flow.add_edge(source, a, 10);
  flow.add_edge(source, b, 4);
  const auto across = flow.add_edge(a, b, 3);
  const auto narrow = flow.add_edge(a, sink, 5);
  flow.add_edge(b, sink, 20);
  EXPECT_EQ(flow.run(source, sink), 12);
  EXPECT_EQ(flow.flow(first), 8);
  EXPECT_EQ(flow.flow(across), 3);
  EXPECT_EQ(flow.flow(narrow), 5);
  EXPECT_TRUE(flow.reached(source) && flow.reached(a));
  EXPECT_FALSE(flow.reached(b) || flow.reached(sink));
  EXPECT_EQ(flow.run(source, sink), 0);
}

}  // namespace
}  // namespace septet::plan
