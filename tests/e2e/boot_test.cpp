// septet apply --boot: the recorded layout comes back after a reboot or a driver reload.
#include <gtest/gtest.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

TEST(Boot, RestoresWhatWasLastAppliedToThePlace) {
  const Node node("--product a100-80gb,h100-sxm5-80gb --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c mixed").code, 0);
  ASSERT_EQ(node.septet("apply " + file + " -c everywhere").code, 0);
  const std::string first = held_by(node, 0), second = held_by(node, 1);
  for (const char* const what : {"reboot", "driver-restart"}) {
    ASSERT_EQ(node.septet(std::string("sim fault ") + what).code, 0);
    ASSERT_EQ(held_by(node, 0), "");
    ASSERT_EQ(node.septet("assert " + file + " -c everywhere").code, 2);
    const auto boot = node.septet("apply --boot");
    EXPECT_EQ(boot.code, 0) << what << boot.err << boot.out;
    EXPECT_EQ(held_by(node, 0), first) << what;
    EXPECT_EQ(held_by(node, 1), second) << what;
  }
  const auto again = node.septet("apply --boot");
  EXPECT_EQ(again.code, 0);
  EXPECT_NE(again.out.find("was as wanted"), std::string::npos) << again.out;
}

TEST(Boot, OfANodeThatWasNeverCutDoesNothing) {
  const Node node("--gpus 1");
  const auto boot = node.septet("apply --boot");
  EXPECT_EQ(boot.code, 0) << boot.err;
  EXPECT_NE(boot.out.find("nothing to do"), std::string::npos) << boot.out;
}

TEST(Boot, AlsoWhereNothingHadToBeChangedWhenItWasApplied) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("smi mig -cgi 9,9 -C").code, 0);
  ASSERT_NE(node.septet("apply " + file + " -c halves").out.find("nothing to do"),
            std::string::npos);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  EXPECT_EQ(node.septet("apply --boot").code, 0);
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
}

TEST(Boot, AChangeThatTheRebootCutShortIsRecoveredFirst) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  ASSERT_EQ(node.septet("sim fault slow --create 300").code, 0);
  {
    Running apply(node.argv("apply " + file + " -c small"));
    for (int i = 0; i < 500 && !held_by(node).contains("1g.10gb"); ++i) {
    }
    apply.kill_now();
  }
  ASSERT_EQ(node.septet("sim fault clear").code, 0);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  const auto boot = node.septet("apply --boot");
  EXPECT_EQ(boot.code, 0) << boot.err << boot.out;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4") << boot.out;
  EXPECT_NE(boot.out.find("change 2"), std::string::npos) << boot.out;
}

// An Ampere board in a virtual machine: its mode waits for a reboot, which is asked for once.
TEST(Boot, ARebootIsAskedForOnceAndNeverMadeForASimulatedNode) {
  const Node node("--gpus 1 --product a100-80gb --mig on --passthrough");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  ASSERT_EQ(node.septet("smi -i 0 -mig 0").code, 0);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  ASSERT_EQ(node.json("status")["gpus"][0]["mig_mode"], "off");

  const auto asks = node.septet("apply --boot --reboot");
  EXPECT_EQ(asks.code, 2) << asks.err << asks.out;
  EXPECT_NE(asks.err.find("septet sim fault reboot"), std::string::npos) << asks.err;
  EXPECT_NE(asks.out.find("waits for a reboot"), std::string::npos) << asks.out;
  const auto again = node.septet("apply --boot --reboot");
  EXPECT_EQ(again.code, 2) << again.err;
  EXPECT_EQ(again.err.find("septet sim fault reboot"), std::string::npos) << again.err;

  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  const auto after = node.septet("apply --boot");
  EXPECT_EQ(after.code, 0) << after.err << after.out;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
}

// The same from off to a layout: apply leaves the mode waiting, tries no reset, and says what to
// do.
TEST(Boot, ApplyLeavesTheModeForTheRebootAndBootDoesTheRest) {
  const Node node("--gpus 1 --product a100-80gb --passthrough");
  const std::string file = write_configs(node);
  const auto dry = node.septet("apply " + file + " -c halves --dry-run");
  EXPECT_EQ(dry.code, 2) << dry.err;
  EXPECT_NE(dry.out.find("reboot of the node"), std::string::npos) << dry.out;

  const auto apply = node.septet("apply " + file + " -c halves");
  EXPECT_EQ(apply.code, 2) << apply.err;
  EXPECT_NE(apply.err.find("reboot the node, then septet apply --boot"), std::string::npos)
      << apply.err;
  const Json gpu = node.json("status")["gpus"][0];
  EXPECT_EQ(gpu["mig_mode"], "off");
  EXPECT_EQ(gpu["mig_mode_pending"], "on");
  EXPECT_EQ(node.septet("assert " + file + " -c halves").code, 2);
  EXPECT_EQ(node.json("history")[0]["state"], "awaits-reboot");
  EXPECT_EQ(node.septet("apply --boot").code, 2) << "still before the reboot";

  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  const auto boot = node.septet("apply --boot");
  EXPECT_EQ(boot.code, 0) << boot.err << boot.out;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
  EXPECT_EQ(node.septet("assert " + file + " -c halves").code, 0);
}

TEST(Boot, ARebootAfterApplyThatDidNotHelpIsNotAskedForAgain) {
  const Node node("--gpus 1 --product a100-80gb --passthrough");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 2);
  ASSERT_EQ(node.septet("smi -i 0 -mig 0").code, 0);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  const auto boot = node.septet("apply --boot --reboot");
  EXPECT_EQ(boot.code, 1) << boot.out;
  EXPECT_NE(boot.err.find("was rebooted for this layout"), std::string::npos) << boot.err;
  EXPECT_EQ(boot.err.find("sim fault reboot"), std::string::npos) << boot.err;
}

TEST(Boot, ARebootThatDidNotHelpIsNotRepeated) {
  const Node node("--gpus 1 --product a100-80gb --mig on --passthrough");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  const auto lose_the_mode = [&node] {
    ASSERT_EQ(node.septet("sim fault reboot").code, 0);
    ASSERT_EQ(node.septet("smi -i 0 -mig 0").code, 0);
    ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  };
  lose_the_mode();
  ASSERT_EQ(node.septet("apply --boot").code, 2);
  lose_the_mode();
  const auto boot = node.septet("apply --boot");
  EXPECT_EQ(boot.code, 1) << boot.out;
  EXPECT_EQ(boot.err.find("sim fault reboot"), std::string::npos) << boot.err;
  EXPECT_NE(boot.err.find("GPU 0 was not restored"), std::string::npos) << boot.err;
}

}  // namespace
}  // namespace septet::e2e
