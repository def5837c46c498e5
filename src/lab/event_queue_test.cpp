#include "lab/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace septet::lab {
namespace {

RC_GTEST_PROP(EventQueue, ComesOutByTimeThenAsScheduled, (const std::vector<std::uint8_t>& times)) {
  EventQueue<std::size_t> queue;
  for (std::size_t i = 0; i < times.size(); ++i) queue.schedule(times[i], i);
  std::vector<std::size_t> expected(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) expected[i] = i;
  std::ranges::stable_sort(expected, {}, [&](std::size_t i) { return times[i]; });
  for (const std::size_t i : expected) RC_ASSERT(queue.pop().payload == i);
  RC_ASSERT(queue.empty());
}

TEST(EventQueue, HoldsItsOrderWhileEventsComeAndGo) {
  EventQueue<std::uint32_t> queue;
  Random random(7);
  for (std::uint32_t i = 0; i < 1000; ++i)
    queue.schedule(static_cast<Nanoseconds>(random.below(1000)), i);
  Nanoseconds now = 0;
  for (unsigned i = 0; i < 50'000; ++i) {
    const auto event = queue.pop();
    ASSERT_GE(event.at, now);
    now = event.at;
    queue.schedule(now + static_cast<Nanoseconds>(random.below(100)), event.payload);
  }
  EXPECT_EQ(queue.size(), 1000u);
}

TEST(EventQueue, SecondsBecomeNanoseconds) {
  EXPECT_EQ(nanoseconds(1.5), 1'500'000'000);
  EXPECT_EQ(nanoseconds(-1.0), 0);
  EXPECT_DOUBLE_EQ(seconds_of(nanoseconds(86400.0)), 86400.0);
}

}  // namespace
}  // namespace septet::lab
