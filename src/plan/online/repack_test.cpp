// plan/online/repack_test.cpp — the running sums say what the closed form says, event by event.
#include "plan/online/repack.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "plan/fleet/one_product.h"

namespace septet::plan::online {
namespace {

Pool pool_of(const char* product, std::uint32_t gpus) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return {std::make_shared<Shape>(geometry, plain_profiles(geometry)), gpus, {}};
}

TEST(RepackTest, SaysWhatTheClosedFormSays) {
  for (const char* name : {"h100-sxm5-80gb", "a30-24gb"}) {
    const Pool pool = pool_of(name, 5);
    const OneProduct product(pool.shape->geometry());
    auto repack = Repack::of({pool});
    ASSERT_TRUE(repack.has_value());
    std::vector<std::uint64_t> demand(product.classes().size(), 0);
    std::vector<unsigned> running;
    Random random(7);
    int refused = 0;
    for (int event = 0; event < 20'000; ++event) {
      if (!running.empty() && random.uniform() < 0.45) {
        std::swap(running[random.below(running.size())], running.back());
        --demand[class_of(product.classes(), &pool.shape->profile(running.back()))];
        repack->release(running.back());
        running.pop_back();
        continue;
      }
      const auto request = static_cast<unsigned>(random.below(pool.shape->classes()));
      std::uint64_t& count = demand[class_of(product.classes(), &pool.shape->profile(request))];
      ++count;
      const bool fits = product.fit(demand, pool.gpus);
      ASSERT_EQ(repack->fits(request), fits) << name << " event " << event;
      ASSERT_EQ(repack->accept(request), fits);
      if (fits) {
        running.push_back(request);
      } else {
        --count;
        ++refused;
      }
    }
    EXPECT_GT(refused, 100) << name;
  }
}

TEST(RepackTest, TwoWholesAndASeventhOnTwoGpus) {
  auto repack = Repack::of({pool_of("h100-sxm5-80gb", 2)});
  ASSERT_TRUE(repack.has_value());
  const unsigned one = 0, whole = 5;
  EXPECT_TRUE(repack->accept(whole));
  EXPECT_TRUE(repack->accept(one));
  EXPECT_FALSE(repack->accept(whole));
  for (int i = 1; i < 7; ++i) EXPECT_TRUE(repack->accept(one)) << i;
  EXPECT_FALSE(repack->accept(one));  // seven slices, although an eighth memory unit is free
  repack->release(whole);
  EXPECT_TRUE(repack->accept(whole));
}

TEST(RepackTest, WhatNoClassServesNeverFits) {
  Pool pool = pool_of("h100-sxm5-80gb", 2);
  pool.serves = {0, kNoClass};
  auto repack = Repack::of({pool});
  ASSERT_TRUE(repack.has_value());
  EXPECT_TRUE(repack->accept(0));
  EXPECT_FALSE(repack->accept(1));
}

TEST(RepackTest, RefusesAFleetOfTwoProducts) {
  auto repack = Repack::of({pool_of("h100-sxm5-80gb", 2), pool_of("a30-24gb", 2)});
  ASSERT_FALSE(repack.has_value());
  EXPECT_EQ(repack.error().code, Code::kNotSupported);
}

}  // namespace
}  // namespace septet::plan::online
