#include "plan/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace septet::plan {
namespace {

const mig::Geometry& h100() { return mig::find_product("h100-sxm5-80gb")->geometry; }
const mig::Geometry& a30() { return mig::find_product("a30-24gb")->geometry; }

using Names = std::vector<std::pair<const char*, unsigned>>;  // profile, replicas

PackRequest request_for(const mig::Geometry& geometry, unsigned gpus, const Names& names) {
  PackRequest request;
  request.kinds = {&geometry};
  for (unsigned gpu = 0; gpu < gpus; ++gpu) request.bins.push_back({gpu, 0, 0, {}});
  for (const auto& [name, replicas] : names) {
    request.demands.push_back({replicas, {geometry.find_name(name)}});
  }
  return request;
}

// A packing keeps its own promises: legal, complete, nothing in use gone, each replica once.
void check(const PackRequest& request, const Packing& packing) {
  std::vector<unsigned> seen(request.demands.size(), 0);
  unsigned used = 0;
  for (std::size_t b = 0; b < packing.bins.size(); ++b) {
    const PackedBin& bin = packing.bins[b];
    used += bin.used ? 1 : 0;
    std::vector<mig::Instance> instances;
    for (const PackedInstance& instance : bin.instances) {
      instances.push_back(instance.instance);
      if (!instance.replica) {
        EXPECT_TRUE(instance.kept);
        continue;
      }
      EXPECT_EQ(request.demands[instance.replica->demand].profiles[request.bins[b].kind],
                instance.instance.profile);
      EXPECT_EQ(instance.replica->number, seen[instance.replica->demand]++);
    }
    EXPECT_TRUE(mig::Layout::make(*request.kinds[request.bins[b].kind], instances));
    for (const Held& held : request.bins[b].held) {
      const bool stays = std::ranges::find(instances, held.instance) != instances.end();
      EXPECT_TRUE(stays || !held.busy);
    }
  }
  EXPECT_EQ(used, packing.gpus);
  for (std::size_t d = 0; d < seen.size(); ++d) EXPECT_EQ(seen[d], request.demands[d].replicas);
}

// problems.md (b1): do G empty 7-slice GPUs suffice? Written from the formula, shares nothing with
// pack.
bool closed_form(int gpus, int n7, int n4, int n3, int n2, int n1p, int n1) {
  const int g = gpus - n7;
  if (g < 0) return false;
  const int a = std::min(n3, g), b = n3 - a;
  if (n4 + b > g) return false;
  const int left = g - n4 - b, right = g - a, pairs = 2 * left + right, last = right;
  const int z = std::min(n1p, last);
  return n2 + n1p - z <= pairs && 2 * (pairs - n2 - n1p + z) + (last - z) >= n1;
}

TEST(Pack, EqualsTheClosedFormOnSevenSliceBoards) {
  constexpr int kGpus = 3;
  int tried = 0;
  for (const int n7 : {0, 1}) {
    for (const int n4 : {0, 1, 2}) {
      for (const int n3 : {0, 1, 3}) {
        for (const int n2 : {0, 2, 5}) {
          for (const int n1p : {0, 1, 4}) {
            for (const int n1 : {0, 1, 6, 13}) {
              int fewest = 0;
              while (fewest <= kGpus && !closed_form(fewest, n7, n4, n3, n2, n1p, n1)) ++fewest;
              const auto count = [](int n) { return static_cast<unsigned>(n); };
              const auto request = request_for(h100(), kGpus,
                                               {{"7g.80gb", count(n7)},
                                                {"4g.40gb", count(n4)},
                                                {"3g.40gb", count(n3)},
                                                {"2g.20gb", count(n2)},
                                                {"1g.20gb", count(n1p)},
                                                {"1g.10gb", count(n1)}});
              const Packing packing = pack(request);
              ++tried;
              ASSERT_TRUE(packing.proven);
              ASSERT_EQ(packing.complete, fewest <= kGpus) << n7 << n4 << n3 << n2 << n1p << n1;
              if (!packing.complete) continue;
              ASSERT_EQ(packing.gpus, static_cast<unsigned>(fewest))
                  << n7 << n4 << n3 << n2 << n1p << n1;
              ASSERT_LE(packing.bound, packing.gpus);
              check(request, packing);
            }
          }
        }
      }
    }
  }
  std::printf("demand vectors compared with the closed form: %d\n", tried);
}

// The cheapest way to serve (n1, n2, n4) on one A30, by looking at every layout; -1 created:
// impossible.
std::pair<int, int> cheapest(const std::vector<Held>& held,
                             const std::map<std::string_view, int>& wanted) {
  std::pair<int, int> best{-1, -1};
  const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  mig::visit_layouts(a30(), classic, [&](const mig::Layout& layout) {
    std::map<std::string_view, int> have, made;
    int created = 0, destroyed = 0;
    for (const mig::Instance& instance : layout.instances()) {
      ++have[instance.profile->name];
      if (std::ranges::find(held, instance, &Held::instance) != held.end()) continue;
      ++made[instance.profile->name];
      ++created;
    }
    for (const Held& one : held) {
      if (std::ranges::find(layout.instances(), one.instance) != layout.instances().end()) continue;
      if (one.busy) return;
      ++destroyed;
    }
    for (const auto& [name, count] : have) {
      const auto want = wanted.find(name);
      const int asked = want == wanted.end() ? 0 : want->second;
      if (made[name] > asked) return;  // never makes what nobody asked for
    }
    for (const auto& [name, count] : wanted) {
      if (have[name] < count) return;
    }
    if (best.first < 0 || std::pair(created, destroyed) < best) best = {created, destroyed};
  });
  return best;
}

TEST(Pack, DisturbsTheLeastOnEveryLayoutOfAnA30) {
  int tried = 0;
  const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  mig::visit_layouts(a30(), classic, [&](const mig::Layout& start) {
    const auto instances = start.instances().size();
    for (unsigned busy = 0; busy < (1u << instances); ++busy) {
      std::vector<Held> held;
      for (std::size_t i = 0; i < instances; ++i)
        held.push_back({start.instances()[i], ((busy >> i) & 1u) != 0});
      for (unsigned n1 = 0; n1 <= 4; ++n1) {
        for (unsigned n2 = 0; n2 <= 2; ++n2) {
          for (unsigned n4 = 0; n4 <= 1; ++n4) {
            auto request =
                request_for(a30(), 1, {{"1g.6gb", n1}, {"2g.12gb", n2}, {"4g.24gb", n4}});
            request.bins[0].held = held;
            const Packing packing = pack(request);
            const auto best = cheapest(held, {{"1g.6gb", static_cast<int>(n1)},
                                              {"2g.12gb", static_cast<int>(n2)},
                                              {"4g.24gb", static_cast<int>(n4)}});
            ++tried;
            ASSERT_EQ(packing.complete, best.first >= 0) << mig::to_string(start) << n1 << n2 << n4;
            if (!packing.complete) continue;
            ASSERT_EQ(static_cast<int>(packing.created), best.first)
                << mig::to_string(start) << n1 << n2 << n4;
            ASSERT_EQ(static_cast<int>(packing.destroyed), best.second)
                << mig::to_string(start) << n1 << n2 << n4;
            check(request, packing);
          }
        }
      }
    }
  });
  std::printf("starts and demands compared with every layout: %d\n", tried);
}

TEST(Pack, ASecondPackingOfTheSameChangesNothing) {
  auto request = request_for(
      h100(), 8, {{"7g.80gb", 1}, {"3g.40gb", 5}, {"2g.20gb", 6}, {"1g.20gb", 3}, {"1g.10gb", 9}});
  const Packing first = pack(request);
  ASSERT_TRUE(first.complete);
  for (const bool busy : {false, true}) {
    for (std::size_t b = 0; b < request.bins.size(); ++b) {
      request.bins[b].held.clear();
      for (const PackedInstance& instance : first.bins[b].instances) {
        request.bins[b].held.push_back({instance.instance, busy});
      }
    }
    const Packing second = pack(request);
    ASSERT_TRUE(second.complete);
    EXPECT_EQ(second.created, 0u);
    EXPECT_EQ(second.destroyed, 0u);
    EXPECT_EQ(second.gpus, first.gpus);
    for (std::size_t b = 0; b < request.bins.size(); ++b) {
      ASSERT_EQ(second.bins[b].instances.size(), first.bins[b].instances.size());
      for (std::size_t i = 0; i < first.bins[b].instances.size(); ++i) {
        EXPECT_EQ(second.bins[b].instances[i].replica, first.bins[b].instances[i].replica);
      }
    }
  }
}

TEST(Pack, PlansAroundWhatIsInUseAndReplacesWhatIsIdle) {
  auto request = request_for(h100(), 1, {{"3g.40gb", 1}});
  const auto* const small = h100().find_name("1g.10gb");
  request.bins[0].held = {{{small, {0, 1}}, true}, {{small, {5, 1}}, false}};
  const Packing packing = pack(request);
  ASSERT_TRUE(packing.complete);
  EXPECT_EQ(packing.destroyed, 1u);
  ASSERT_EQ(packing.bins[0].destroyed.size(), 1u);
  EXPECT_EQ(mig::to_string(packing.bins[0].destroyed[0]), "1g.10gb@5");
  request.bins[0].held[1].busy = true;
  EXPECT_FALSE(pack(request).complete);
}

TEST(Pack, WhatDoesNotFitIsLeftOutInTheOrderOfTheDemands) {
  const auto request =
      request_for(h100(), 1, {{"3g.40gb", 2}, {"1g.10gb", 3}, {"2g.20gb", 1000000}});
  const Packing packing = pack(request);
  EXPECT_FALSE(packing.complete);
  EXPECT_EQ(packing.placed, (std::vector<unsigned>{2, 0, 0}));
}

TEST(Pack, MixedBoardsTakeWhatRunsThere) {
  PackRequest request;
  request.kinds = {&a30(), &h100()};
  request.bins = {{0, 0, 0, {}}, {1, 1, 0, {}}};
  request.demands = {{4, {a30().find_name("1g.6gb"), h100().find_name("1g.10gb")}},
                     {1, {nullptr, h100().find_name("7g.80gb")}}};
  const Packing packing = pack(request);
  ASSERT_TRUE(packing.complete);
  EXPECT_EQ(packing.gpus, 2u);
  check(request, packing);
}

TEST(Pack, PrefersGpusThatNeedNoModeChange) {
  auto request = request_for(h100(), 3, {{"2g.20gb", 1}});
  request.bins[0].mode_cost = 2;
  request.bins[1].mode_cost = 1;
  const Packing packing = pack(request);
  ASSERT_TRUE(packing.complete);
  EXPECT_FALSE(packing.bins[0].used);
  EXPECT_FALSE(packing.bins[1].used);
  EXPECT_TRUE(packing.bins[2].used);
}

}  // namespace
}  // namespace septet::plan
