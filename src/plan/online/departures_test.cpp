#include "plan/online/departures.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace septet::plan::online {
namespace {

// Against a sorted set: bursts, long silences, equal times, lives that differ a thousandfold.
TEST(Departures, LeaveInOrder) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    Departures departures;
    std::set<std::pair<double, std::uint32_t>> naive;
    double now = 0;
    for (std::uint32_t job = 0; job < 3000; ++job) {
      now += random.exponential(seed % 3 == 0 ? 0.001 : 1);
      if (random.below(500) == 0) now += 1e6;
      while (!naive.empty() && naive.begin()->first <= now) {
        ASSERT_EQ(departures.next().job, naive.begin()->second);
        ASSERT_EQ(departures.pop().time, naive.begin()->first);
        naive.erase(naive.begin());
      }
      const double life = random.exponential(random.below(9) == 0 ? 3000 : 3);
      const double time = random.below(4) == 0 ? std::ceil(now + life) : now + life;
      departures.push({time, job});
      naive.emplace(time, job);
      ASSERT_EQ(departures.size(), naive.size());
    }
    while (!departures.empty()) {
      ASSERT_EQ(departures.pop().job, naive.begin()->second);
      naive.erase(naive.begin());
    }
    ASSERT_TRUE(naive.empty());
  }
}

}  // namespace
}  // namespace septet::plan::online
