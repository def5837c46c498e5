#include "web/live.h"

#include <gtest/gtest.h>

#include "watch/testing/node_of.h"
#include "web/testing/fake_reply.h"

namespace septet::web {

namespace {

using testing::FakeReply;
using testing::FakeStream;

std::shared_ptr<const Seen> seen_of(const char* gpu, std::uint32_t power = 0) {
  auto seen = std::make_shared<Seen>();
  seen->node = watch::testing::node_of({gpu});
  seen->node->gpus[0].power_mw = power;
  return seen;
}

std::shared_ptr<FakeStream> listen(Live& live) {
  FakeReply reply;
  live.subscribe(reply, 0);
  return reply.stream();
}

TEST(Live, TellsChangesAsStatesAndTheRestAsActivity) {
  Live live({"v", "h", 0, false});
  live.see(seen_of("3g.40gb@0"), true);
  const auto stream = listen(live);
  live.see(seen_of("3g.40gb@0", 100), true);
  live.see(seen_of("3g.40gb@0", 200), false);
  live.see(seen_of("4g.40gb@0"), true);
  live.tell_job({{"job", "1"}});
  EXPECT_EQ(stream->events(), "state activity state change");
  EXPECT_EQ(Json::parse(live.state())["revision"], 2);
}

TEST(Live, OneThatIsBehindGetsTheNewestOnce) {
  Live live({"v", "h", 0, false});
  live.see(seen_of("3g.40gb@0"), true);
  const auto slow = listen(live), quick = listen(live);
  slow->behind = 1;
  for (const char* const cut : {"4g.40gb@0", "1g.10gb@0", "2g.20gb@0"})
    live.see(seen_of(cut), true);
  live.tell_job({{"step", 1}});
  live.tell_job({{"step", 2}});
  live.tick(1);
  EXPECT_EQ(slow->pushed.size(), 1u) << "nothing is queued for it";
  slow->behind = 0;
  live.tick(1.2);
  live.tick(1.4);
  EXPECT_EQ(slow->events(), "state state change");
  EXPECT_TRUE(slow->pushed[1].contains("2g.20gb"));
  EXPECT_TRUE(slow->pushed[2].contains("\"step\":2"));
  EXPECT_EQ(quick->events(), "state state state state change change");
}

TEST(Live, TheGoneAreForgottenAndTheQuietKept) {
  Live live({"v", "h", 0, false});
  live.see(seen_of("3g.40gb@0"), true);
  const auto gone = listen(live), quiet = listen(live);
  gone->gone = true;
  live.tick(14);
  EXPECT_EQ(live.listeners(), 2u);
  EXPECT_EQ(quiet->pushed.size(), 1u);
  live.tick(15.1);
  EXPECT_EQ(live.listeners(), 1u);
  EXPECT_EQ(quiet->pushed.back(), ": keep-alive\n\n");
}

}  // namespace

}  // namespace septet::web
