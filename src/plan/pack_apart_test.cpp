// Demands that keep apart on one node, against every way to give layouts to its GPUs.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "plan/pack.h"

namespace septet::plan {
namespace {

const mig::Geometry& a30_of_tests() { return mig::find_product("a30-24gb")->geometry; }

bool apart_in(const PackRequest& request, std::size_t a, std::size_t b) {
  return std::ranges::any_of(request.apart, [&](const auto& pair) {
    return pair == std::pair(a, b) || pair == std::pair(b, a);
  });
}

// Replicas by demand on each GPU of a packing.
std::vector<std::map<std::size_t, unsigned>> carried_by(const Packing& packing) {
  std::vector<std::map<std::size_t, unsigned>> gpus;
  for (const PackedBin& bin : packing.bins) {
    auto& here = gpus.emplace_back();
    for (const PackedInstance& instance : bin.instances) {
      if (instance.replica) ++here[instance.replica->demand];
    }
  }
  return gpus;
}

// The fewest GPUs of an empty node that carry as many of each demand; 99: none do.
class ApartByTrying {
 public:
  explicit ApartByTrying(const PackRequest& request) : request_(request) {
    mig::visit_layouts(
        *request.kinds[0], [](const auto& profile) { return profile.classic(); },
        [this](const mig::Layout& layout) {
          std::map<const mig::GpuInstanceProfile*, unsigned> count;
          for (const mig::Instance& instance : layout.instances()) ++count[instance.profile];
          counts_.insert(std::move(count));
        });
  }

  unsigned fewest(std::vector<unsigned> replicas) {
    fewest_ = 99;
    gpu(0, replicas);
    return fewest_;
  }

 private:
  void gpu(unsigned used, std::vector<unsigned>& left) {
    if (std::ranges::all_of(left, [](unsigned count) { return count == 0; }))
      fewest_ = std::min(fewest_, used);
    if (used == request_.bins.size() || used + 1 >= fewest_) return;
    std::vector<unsigned> here(left.size(), 0);
    fill(used, left, here, 0);
  }

  // Every set of replicas that a GPU can carry, whatever else it has.
  void fill(unsigned used, std::vector<unsigned>& left, std::vector<unsigned>& here,
            std::size_t demand) {
    if (demand == left.size()) {
      if (std::ranges::any_of(here, [](unsigned count) { return count > 0; }) && legal(here))
        gpu(used + 1, left);
      return;
    }
    const unsigned most = left[demand];
    for (unsigned count = 0; count <= most; ++count) {
      here[demand] = count;
      left[demand] = most - count;
      fill(used, left, here, demand + 1);
    }
    here[demand] = 0;
    left[demand] = most;
  }

  bool legal(const std::vector<unsigned>& here) const {
    std::map<const mig::GpuInstanceProfile*, unsigned> count;
    for (std::size_t a = 0; a < here.size(); ++a) {
      if (here[a] > 1 && apart_in(request_, a, a)) return false;
      for (std::size_t b = a + 1; b < here.size(); ++b) {
        if (here[a] > 0 && here[b] > 0 && apart_in(request_, a, b)) return false;
      }
      if (here[a] > 0) count[request_.demands[a].profiles[0]] += here[a];
    }
    return counts_.contains(count);
  }

  const PackRequest& request_;
  std::set<std::map<const mig::GpuInstanceProfile*, unsigned>> counts_;
  unsigned fewest_ = 99;
};

PackRequest random_apart_request(std::mt19937& random) {
  const auto draw = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  PackRequest request;
  request.kinds = {&a30_of_tests()};
  for (unsigned gpu = 0; gpu < 3; ++gpu) request.bins.push_back({gpu, 0, 0, {}});
  static const char* const kProfiles[] = {"1g.6gb", "1g.6gb", "2g.12gb", "4g.24gb"};
  const auto demands = static_cast<std::size_t>(draw(2, 3));
  for (std::size_t d = 0; d < demands; ++d) {
    request.demands.push_back(
        {static_cast<unsigned>(draw(1, 3)), {a30_of_tests().find_name(kProfiles[draw(0, 3)])}});
    for (std::size_t other = 0; other <= d; ++other) {
      if (draw(0, 2) == 0) request.apart.emplace_back(other, d);
    }
  }
  return request;
}

TEST(PackApart, FewestGpusAndWhatFitsAreWhatTryingAllFinds) {
  std::mt19937 random(11);
  unsigned complete = 0, not_all = 0, more_for_it = 0;
  for (int round = 0; round < 200; ++round) {
    const PackRequest request = random_apart_request(random);
    std::vector<unsigned> replicas;
    for (const Demand& demand : request.demands) replicas.push_back(demand.replicas);
    ApartByTrying all(request);
    const unsigned fewest = all.fewest(replicas);
    const Packing packing = pack(request);
    ASSERT_TRUE(packing.proven);
    ASSERT_EQ(packing.complete, fewest <= 3) << round;
    if (!packing.complete) {
      ++not_all;
      // Each demand as many as the earlier ones leave room for.
      std::vector<unsigned> placed(replicas.size(), 0);
      for (std::size_t d = 0; d < placed.size(); ++d) {
        while (placed[d] < replicas[d]) {
          ++placed[d];
          if (all.fewest(placed) <= 3) continue;
          --placed[d];
          break;
        }
      }
      EXPECT_EQ(packing.placed, placed) << round;
      continue;
    }
    ++complete;
    EXPECT_EQ(packing.gpus, fewest) << round;
    EXPECT_LE(packing.bound, fewest) << round;
    for (const auto& here : carried_by(packing)) {
      for (const auto& [a, count] : here) {
        EXPECT_TRUE(count == 1 || !apart_in(request, a, a)) << round;
        for (const auto& [b, other] : here) EXPECT_TRUE(a == b || !apart_in(request, a, b));
      }
    }
    PackRequest together = request;
    together.apart.clear();
    more_for_it += pack(together).gpus < packing.gpus ? 1 : 0;
  }
  std::printf("  %u complete (%u took more GPUs for it), %u not\n", complete, more_for_it, not_all);
  EXPECT_GT(complete, 50u);
  EXPECT_GT(not_all, 20u);
  EXPECT_GT(more_for_it, 20u);
}

TEST(PackApart, WhatRunsIsCountedOnceAGpu) {
  PackRequest request;
  request.kinds = {&a30_of_tests()};
  const auto* const profile = a30_of_tests().find_name("1g.6gb");
  const mig::Instance first{profile, {0, 1}}, second{profile, {1, 1}};
  request.bins.push_back({0, 0, 0, {{first, true, true}, {second, true, true}}});
  request.bins.push_back({1, 0, 0, {}});
  request.demands.push_back({2, {profile}});
  EXPECT_EQ(pack(request).created, 0u);
  request.apart = {{0, 0}};
  const Packing packing = pack(request);
  ASSERT_TRUE(packing.complete);
  EXPECT_EQ(packing.created, 1u);
  EXPECT_EQ(packing.gpus, 2u);
  EXPECT_EQ(packing.destroyed, 0u);
}

TEST(PackApart, ADozenThatKeepApartAreQuick) {
  const mig::Geometry& h100 = mig::find_product("h100-sxm5-80gb")->geometry;
  PackRequest request;
  request.kinds = {&h100};
  for (unsigned gpu = 0; gpu < 8; ++gpu) request.bins.push_back({gpu, 0, 0, {}});
  static const char* const kProfiles[] = {"1g.10gb", "2g.20gb", "1g.10gb", "1g.20gb"};
  for (std::size_t d = 0; d < kMostApart; ++d) {
    request.demands.push_back({3, {h100.find_name(kProfiles[d % 4])}});
    request.apart.emplace_back(d, d);
  }
  const Packing packing = pack(request);
  ASSERT_TRUE(packing.complete);

  EXPECT_GE(packing.gpus, packing.bound);
  for (const auto& here : carried_by(packing)) {
    for (const auto& [demand, count] : here) EXPECT_EQ(count, 1u) << demand;
  }
}

}  // namespace
}  // namespace septet::plan
