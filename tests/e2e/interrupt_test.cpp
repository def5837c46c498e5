// Ctrl-C and SIGTERM while a change is under way: the first takes it back, the second ends at once.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

class Interrupt : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(node_.septet("apply " + file_ + " -c mixed").code, 0);
    before_ = held_by(node_);
    ASSERT_EQ(node_.septet("sim fault slow --create 200 --destroy 200 --mode 0").code, 0);
  }

  // Until something of the new layout is there.
  void wait_for(const std::string& profile) const {
    std::string held;
    for (int i = 0; i < 500 && !held.contains(profile); ++i) {
      held = held_by(node_);
      poll(nullptr, 0, 10);
    }
    ASSERT_TRUE(held.contains(profile)) << held;
  }

  Outcome interrupted(const std::string& words, const std::string& profile, int signal) const {
    Running change(node_.argv(words));
    wait_for(profile);
    EXPECT_EQ(kill(change.pid(), signal), 0);
    return change.wait();
  }

  const Node node_{"--gpus 2 --mig on"};
  const std::string file_ = write_configs(node_);
  std::string before_;
};

TEST_F(Interrupt, PutsTheNodeBack) {
  int seen = 1;
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    const auto apply = interrupted("apply " + file_ + " -c small", "1g.10gb", signal);
    EXPECT_EQ(apply.code, code) << apply.err;
    EXPECT_NE(apply.err.find("interrupted before"), std::string::npos) << apply.err;
    EXPECT_NE(apply.err.find("put back as it was"), std::string::npos) << apply.err;
    EXPECT_EQ(held_by(node_), before_);
    const Json history = node_.json("history");
    EXPECT_EQ(history[0]["change"], ++seen);
    EXPECT_EQ(history[0]["state"], "rolled-back");
    EXPECT_NE(node_.septet("recover").out.find("nothing to recover"), std::string::npos);
  }
}

TEST_F(Interrupt, ARollbackARestoreAndMigPartedsApplyToo) {
  ASSERT_EQ(node_.septet("sim fault slow --create 0 --destroy 0").code, 0);
  const std::string checkpoint = node_.write("checkpoint.json", "");
  ASSERT_EQ(node_.septet("apply " + file_ + " -c small").code, 0);
  ASSERT_EQ(node_.septet("checkpoint " + checkpoint).code, 0);
  ASSERT_EQ(node_.septet("apply " + file_ + " -c mixed").code, 0);
  before_ = held_by(node_);
  ASSERT_EQ(node_.septet("sim fault slow --create 200 --destroy 200").code, 0);
  for (const std::string& words : {std::string("rollback"), "restore " + checkpoint,
                                   "parted apply -f " + file_ + " -c small"}) {
    const auto change = interrupted(words, "1g.10gb", SIGINT);
    EXPECT_EQ(change.code, 130) << words << change.err;
    EXPECT_EQ(held_by(node_), before_) << words;
  }
}

TEST_F(Interrupt, TheSecondSignalEndsAtOnceAndRecoverTakesOver) {
  Running apply(node_.argv("apply " + file_ + " -c small"));
  wait_for("1g.10gb");
  ASSERT_EQ(kill(apply.pid(), SIGINT), 0);
  poll(nullptr, 0, 100);  // two at once would count as one
  ASSERT_EQ(kill(apply.pid(), SIGINT), 0);
  EXPECT_EQ(apply.wait().code, 128 + SIGINT);
  EXPECT_TRUE(node_.json("history")[0]["unfinished"].get<bool>());
  ASSERT_EQ(node_.septet("sim fault clear").code, 0);
  EXPECT_EQ(node_.septet("recover").code, 0);
  EXPECT_EQ(held_by(node_), before_);
}

TEST_F(Interrupt, ARecoveryStaysUnfinished) {
  {
    Running apply(node_.argv("apply " + file_ + " -c small"));
    wait_for("1g.10gb");
    apply.kill_now();
  }
  Running recover(node_.argv("recover --finish"));
  poll(nullptr, 0, 300);
  ASSERT_EQ(kill(recover.pid(), SIGTERM), 0);
  const auto ended = recover.wait();
  EXPECT_EQ(ended.code, 143) << ended.err << ended.out;
  EXPECT_TRUE(node_.json("history")[0]["unfinished"].get<bool>());
  ASSERT_EQ(node_.septet("sim fault clear").code, 0);
  EXPECT_EQ(node_.septet("recover").code, 0);
  EXPECT_EQ(held_by(node_), before_);
}

}  // namespace
}  // namespace septet::e2e
