// A change that was killed, and the way back: recover, rollback, history.
#include <gtest/gtest.h>
#include <poll.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

// Kills `apply -c small` on GPU 0 once it has made something and before it is done.
void kill_in_the_middle(const Node& node, const std::string& file) {
  ASSERT_EQ(node.septet("sim fault slow --create 200 --destroy 0 --mode 0").code, 0);
  Running apply(node.argv("apply " + file + " -c small"));
  std::string held;
  for (int i = 0; i < 500 && !held.contains("1g.10gb"); ++i) {
    held = held_by(node);
    poll(nullptr, 0, 10);
  }
  apply.kill_now();
  EXPECT_EQ(apply.wait().code, 128 + 9);
  ASSERT_EQ(node.septet("sim fault clear").code, 0);
  held = held_by(node);
  ASSERT_NE(held.find("1g.10gb"), std::string::npos) << held;
  ASSERT_LT(node.json("status")["gpus"][0]["gpu_instances"].size(), 7u) << "killed too late";
}

class CutShort : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(node_.septet("apply " + file_ + " -c mixed").code, 0);
    before_ = held_by(node_);
    ASSERT_NO_FATAL_FAILURE(kill_in_the_middle(node_, file_));
  }

  const Node node_{"--gpus 2 --mig on"};
  const std::string file_ = write_configs(node_);
  std::string before_;
};

TEST_F(CutShort, IsInTheWayOfTheNextAndInTheHistory) {
  const auto next = node_.septet("apply " + file_ + " -c halves");
  EXPECT_EQ(next.code, 1) << next.err;
  EXPECT_NE(next.err.find("septet recover"), std::string::npos) << next.err;
  EXPECT_NE(node_.septet("history").out.find("septet recover"), std::string::npos);
  EXPECT_TRUE(node_.json("history")[0]["unfinished"].get<bool>());
  EXPECT_EQ(node_.septet("rollback").code, 1) << "nor may it be gone back from";
}

TEST_F(CutShort, IsUndone) {
  const auto recovered = node_.septet("recover");
  EXPECT_EQ(recovered.code, 0) << recovered.err;
  EXPECT_NE(recovered.out.find("led back to how it was before"), std::string::npos)
      << recovered.out;
  EXPECT_EQ(held_by(node_), before_);
  EXPECT_EQ(node_.json("history")[0]["state"], "undone");
  EXPECT_NE(node_.septet("recover").out.find("nothing to recover"), std::string::npos);
}

TEST_F(CutShort, IsFinished) {
  const Json recovered = node_.json("recover --finish");
  EXPECT_EQ(recovered[0]["outcome"], "finished");
  EXPECT_EQ(node_.septet("assert " + file_ + " -c small").code, 0);
}

TEST_F(CutShort, IsAcceptedAsItIs) {
  const std::string now = held_by(node_);
  EXPECT_EQ(node_.septet("recover --accept").code, 0);
  EXPECT_EQ(held_by(node_), now);
  EXPECT_EQ(node_.septet("apply " + file_ + " -c halves").code, 0);
}

TEST_F(CutShort, StaysUnfinishedWhileTheGpuDoesNotAnswer) {
  ASSERT_EQ(node_.septet("sim fault lost --gpu 0").code, 0);
  const auto lost = node_.septet("recover");
  EXPECT_EQ(lost.code, 1) << lost.out;
  EXPECT_NE(lost.err.find("still unfinished"), std::string::npos) << lost.err;
  ASSERT_EQ(node_.septet("sim fault lost --gpu 0 --back").code, 0);
  EXPECT_EQ(node_.septet("recover --undo").code, 0);
  EXPECT_EQ(held_by(node_), before_);
}

TEST(Rollback, GoesBackAndForthAndToTheBeginning) {
  const Node node("--gpus 2 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  ASSERT_EQ(node.septet("apply " + file + " -c small").code, 0);

  const auto dry = node.septet("rollback --dry-run");
  EXPECT_EQ(dry.code, 2) << dry.err;
  EXPECT_NE(dry.out.find("before change 2"), std::string::npos) << dry.out;
  EXPECT_EQ(node.septet("assert " + file + " -c small").code, 0) << "a dry run changes nothing";

  const auto back = node.septet("rollback");
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
  EXPECT_EQ(node.septet("rollback last").code, 0);
  EXPECT_EQ(node.septet("assert " + file + " -c small").code, 0);
  EXPECT_EQ(node.septet("rollback 1").code, 0);
  EXPECT_EQ(held_by(node), "");
  EXPECT_EQ(node.septet("rollback 1 --dry-run").code, 0) << "it is there already";
}

TEST(History, IsPrunedToTheNewest) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  EXPECT_EQ(node.json("history --keep 2"), Json::array()) << "of a node that was never changed";
  std::string third;
  for (const char* const config : {"halves", "small", "mixed", "small", "halves"}) {
    ASSERT_EQ(node.septet("apply " + file + " -c " + config).code, 0);
    if (config == std::string("mixed")) third = held_by(node);
  }
  EXPECT_EQ(node.json("history --keep 2"), (Json{{"removed", 3}, {"kept", 2}}));
  EXPECT_EQ(node.json("history").size(), 2u);
  EXPECT_NE(node.septet("history --keep 2").out.find("removed 0, kept 2"), std::string::npos);
  EXPECT_EQ(node.septet("history --keep 0").code, 1);
  EXPECT_EQ(node.septet("rollback 4").code, 0);
  EXPECT_EQ(held_by(node), third) << "as before change 4";
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  EXPECT_EQ(node.septet("apply --boot").code, 0) << "what is wanted is kept";
}

TEST(History, SaysWhoWhatWhenAndHowLong) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  EXPECT_NE(node.septet("history").out.find("no change of this node is recorded"),
            std::string::npos);
  EXPECT_EQ(node.json("history"), Json::array());
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0) << "nothing to do is no change";
  ASSERT_EQ(node.septet("apply " + file + " -c small").code, 0);
  const Json history = node.json("history");
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0]["change"], 2) << "newest first";
  EXPECT_EQ(history[0]["state"], "done");
  EXPECT_FALSE(history[0]["user"].get<std::string>().empty());
  EXPECT_NE(history[0]["command"].get<std::string>().find("-c small"), std::string::npos);
  EXPECT_GT(history[0]["seconds"].get<double>(), 0.0);
  EXPECT_EQ(history[0]["steps"].size(), 4u + 14u);
  EXPECT_EQ(node.json("history -n 1").size(), 1u);
  const auto text = node.septet("history");
  EXPECT_NE(text.out.find("from GPU 0: MIG on, 3g.40gb@0 3g.40gb@4"), std::string::npos)
      << text.out;
  ASSERT_EQ(node.septet("sim fault driver-restart").code, 0);
  EXPECT_EQ(node.json("history").size(), 2u) << "no driver is asked";
}

}  // namespace
}  // namespace septet::e2e
