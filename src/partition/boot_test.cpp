#include "partition/boot.h"

#include <gtest/gtest.h>

#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

// A node whose journal lives through its reboots.
class Boot : public testing::Test {
 protected:
  void start(const std::vector<std::string>& products, bool mig) {
    driver_ = std::make_unique<sim::SimulatedDriver>(scratch_node(products, mig));
  }

  void reach(const std::vector<std::string>& words) {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    const auto made = apply_with_journal(
        *journal, held, "apply", plan_as(driver_->observe().value(), words), *driver_, quick(true));
    ASSERT_TRUE(made && made->outcome.end == End::kDone);
  }

  std::unique_ptr<Journal> open() {
    return Journal::open(folder_.path(),
                         scratch_context("simulated:/scratch", "boot-" + std::to_string(boot_)))
        .value();
  }

  void reboot() {
    sim::reboot(driver_->node());
    ++boot_;
  }

  Restored restore() {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    auto done = restore_recorded(*journal, held, *driver_, quick());
    EXPECT_TRUE(done) << done.error().describe();
    return *std::move(done);
  }

  ScratchFolder folder_;
  std::unique_ptr<sim::SimulatedDriver> driver_;
  int boot_ = 1;
};

TEST_F(Boot, NothingRecordedIsNothingToDo) {
  start({"h100-sxm5-80gb"}, true);
  const Restored done = restore();
  EXPECT_TRUE(done.complete());
  EXPECT_TRUE(done.gpus.empty());
}

TEST_F(Boot, TheLayoutIsBackAfterAReboot) {
  for (const char* const product : {"h100-sxm5-80gb", "a100-80gb"}) {
    boot_ = 1;
    start({product, product}, false);
    reach({"3g.40gb@4 1g.10gb@0", "1g.10gb@3 1g.10gb@5"});
    const auto before = cuts_now(*driver_);
    EXPECT_EQ(restore().gpus.at(0).how, Restore::kAsWanted);
    reboot();
    EXPECT_NE(cuts_now(*driver_), before) << "instances never survive";
    const Restored done = restore();
    EXPECT_TRUE(done.complete());
    ASSERT_EQ(done.gpus.size(), 2u);
    EXPECT_EQ(done.gpus[0].how, Restore::kRestored);
    EXPECT_FALSE(done.ask_reboot);
    EXPECT_EQ(cuts_now(*driver_), before) << product;
    const auto journal = open();
    ASSERT_TRUE(journal->forget({before[0].uuid, before[1].uuid}));
  }
}

TEST_F(Boot, AndAfterADriverReload) {
  start({"h100-sxm5-80gb"}, true);
  reach({"7g.80gb@0"});
  const auto before = cuts_now(*driver_);
  sim::restart_driver(driver_->node());
  EXPECT_TRUE(restore().complete());
  EXPECT_EQ(cuts_now(*driver_), before);
}

TEST_F(Boot, AChangeThatTheRebootCutShortIsUndone) {
  start({"h100-sxm5-80gb"}, true);
  reach({"3g.40gb@4 1g.10gb@0"});
  const auto before = cuts_now(*driver_);
  {
    const auto journal = open();
    const auto held = journal->lock(0).value();
    ASSERT_TRUE(journal->begin(held, "apply",
                               plan_as(driver_->observe().value(), {"3g.40gb@4 2g.20gb@0"})));
  }
  reboot();
  const Restored done = restore();
  ASSERT_EQ(done.recovered.size(), 1u);
  EXPECT_EQ(done.recovered[0].how, Ended::kUndone) << to_string(done.recovered[0]);
  EXPECT_TRUE(done.complete());
  EXPECT_EQ(cuts_now(*driver_), before);
}

TEST_F(Boot, OneGpuThatFailsDoesNotKeepTheOthersFromTheirs) {
  start({"h100-sxm5-80gb", "h100-sxm5-80gb", "h100-sxm5-80gb"}, true);
  reach({"3g.40gb@4", "7g.80gb@0", "1g.10gb@0"});
  reboot();
  sim::FaultState fault{};
  fault.kind = sim::FaultKind::kCallFails;
  fault.gpu = 1;
  fault.code = 999;
  fault.call = sim::fault_call_hash("nvmlDeviceCreateGpuInstanceWithPlacement");
  ASSERT_TRUE(sim::add_fault(driver_->node(), fault));
  const Restored done = restore();
  EXPECT_FALSE(done.complete());
  EXPECT_EQ(done.gpus.size(), 3u);
  for (const RestoredGpu& gpu : done.gpus) {
    EXPECT_EQ(gpu.how, gpu.wanted.gpu == 1 ? Restore::kFailed : Restore::kRestored);
    EXPECT_EQ(gpu.failure.has_value(), gpu.wanted.gpu == 1);
  }
}

TEST_F(Boot, AGpuThatIsGoneIsNamedAndOneThatMovedIsFound) {
  start({"h100-sxm5-80gb", "a30-24gb"}, true);
  reach({"3g.40gb@4", "2g.12gb@0"});
  const auto before = cuts_now(*driver_);
  reboot();
  sim::NodeState& node = driver_->node();
  std::swap(node.gpus[0], node.gpus[1]);
  node.gpu_count = 1;
  const Restored done = restore();
  EXPECT_TRUE(done.complete());
  EXPECT_EQ(done.missing, std::vector<std::string>{before[0].uuid});
  ASSERT_EQ(done.gpus.size(), 1u);
  EXPECT_EQ(done.gpus[0].wanted.gpu, 0u);
  EXPECT_EQ(cuts_now(*driver_)[0].instances, before[1].instances);
}

// ---- a mode that only a reboot brings -----------------------------------------------------------

class VirtualMachine : public Boot {
 protected:
  void SetUp() override {
    sim::NodeSpec spec;
    sim::BoardSpec board;
    board.product = "a100-80gb";
    board.passthrough = true;
    spec.boards = {board};
    driver_ = std::make_unique<sim::SimulatedDriver>(sim::make_node(spec).value());
    ASSERT_TRUE(open()->want({cut_as(sim::describe_gpu(driver_->node(), 0), "3g.40gb@4")}));
  }
};

TEST_F(VirtualMachine, OneRebootIsAskedForAndThenTheLayoutIsThere) {
  const Restored first = restore();
  EXPECT_TRUE(first.ask_reboot);
  ASSERT_EQ(first.gpus.size(), 1u);
  EXPECT_EQ(first.gpus[0].how, Restore::kAwaitsReboot);
  EXPECT_TRUE(first.gpus[0].failure.has_value());
  EXPECT_EQ(cuts_now(*driver_)[0].pending, mig::MigMode::kOn) << "left for the reboot";

  const Restored again = restore();
  EXPECT_FALSE(again.ask_reboot) << "it was asked for already";
  EXPECT_EQ(again.gpus[0].how, Restore::kAwaitsReboot);

  reboot();
  const Restored after = restore();
  EXPECT_TRUE(after.complete()) << after.gpus[0].failure->describe();
  EXPECT_FALSE(after.ask_reboot);
  EXPECT_FALSE(open()->reboot().value().has_value()) << "a later wish may ask again";
}

TEST_F(VirtualMachine, ARebootThatDidNotHelpIsNotRepeated) {
  EXPECT_TRUE(restore().ask_reboot);
  for (int i = 0; i < 3; ++i) {
    driver_->node().gpus[0].mig_pending = 0;  // a board that forgets
    reboot();
    const Restored after = restore();
    EXPECT_FALSE(after.ask_reboot);
    EXPECT_EQ(after.gpus[0].how, Restore::kFailed);
    const std::string why = after.gpus[0].failure->describe();
    EXPECT_NE(why.find("was rebooted for this layout"), std::string::npos) << why;
  }
  // Another wish is another reason.
  ASSERT_TRUE(open()->want({cut_as(sim::describe_gpu(driver_->node(), 0), "7g.80gb@0")}));
  EXPECT_TRUE(restore().ask_reboot);
}

TEST(BootId, IsTheKernels) {
  const auto id = boot_id();
  ASSERT_TRUE(id) << id.error().describe();
  EXPECT_EQ(id->size(), 36u);
  EXPECT_EQ(*id, *boot_id());
}

}  // namespace
}  // namespace septet::partition
