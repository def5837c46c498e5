#include "partition/parted_apply.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "partition/testing/shared_node.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

class PartedApply : public ::testing::Test {
 protected:
  PartedApply() {
    std::string name = (std::filesystem::temp_directory_path() / "septet-parted-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~PartedApply() override { std::filesystem::remove_all(folder_); }

  // Hooks that write their point's name into one file.
  Hooks witnesses(const std::string& failing = {}) const {
    std::string text = "hooks:\n";
    for (const char* const point :
         {"apply-start", "pre-apply-mode", "pre-apply-config", "apply-exit"}) {
      text += std::string("  ") + point + ":\n  - {command: /bin/sh, args: [-c, \"echo " + point +
              " >> said" + (point == failing ? "; exit 1" : "") + "\"], workdir: " + folder_ +
              "}\n";
    }
    return read_hooks(*parse_yaml("h.yaml", text)).value();
  }
  std::string said() const {
    std::ostringstream text;
    text << std::ifstream(folder_ + "/said").rdbuf();
    std::filesystem::remove(folder_ + "/said");
    return text.str();
  }

  static sim::NodeState node_of(const std::vector<std::string>& products, bool mig) {
    sim::NodeSpec spec;
    for (const std::string& product : products) {
      sim::BoardSpec board;
      board.product = product;
      board.mig = mig;
      spec.boards.push_back(board);
    }
    return sim::make_node(spec).value();
  }

  static PartedChange change_to(const std::string& entries, bool mode_only = false) {
    const auto document = parse_yaml("c.yaml", "version: v1\nmig-configs:\n  c: " + entries + "\n");
    const auto config = read_parted(*document);
    EXPECT_TRUE(config) << config.error().describe();
    PartedChange change;
    change.verb = "parted apply";
    change.mode_only = mode_only;
    change.apply.patience.sleep = [](std::chrono::milliseconds) {};
    change.targets = [one = config->front(), mode_only](const mig::Node& node) {
      return parted_targets(one, node, mode_only);
    };
    return change;
  }

  std::string folder_;
};

constexpr const char* kSevens = "[{devices: all, mig-enabled: true, mig-devices: {1g.10gb: 7}}]";
constexpr const char* kOff = "[{devices: all, mig-enabled: false}]";

TEST_F(PartedApply, HooksRunInOrderAndOnlyWhereNeeded) {
  sim::SimulatedDriver driver(node_of({"h100-sxm5-80gb"}, false));
  PartedChange change = change_to(kSevens);
  change.hooks = witnesses();
  auto done = parted_apply(change, driver);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->steps, 15u);
  EXPECT_EQ(said(), "apply-start\npre-apply-mode\npre-apply-config\napply-exit\n");
  done = parted_apply(change, driver);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->steps, 0u);
  EXPECT_EQ(said(), "apply-start\napply-exit\n");
  change.targets =
      change_to("[{devices: all, mig-enabled: true, mig-devices: {1g.10gb: 6}}]").targets;
  done = parted_apply(change, driver);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->steps, 2u);
  EXPECT_EQ(said(), "apply-start\npre-apply-config\napply-exit\n");
  change.targets = change_to(kOff).targets;
  ASSERT_TRUE(parted_apply(change, driver));
  EXPECT_EQ(said(), "apply-start\npre-apply-mode\napply-exit\n");
}

TEST_F(PartedApply, AFailingHookEndsItButTheExitHookRuns) {
  for (const std::string point : {"apply-start", "pre-apply-mode", "pre-apply-config"}) {
    sim::SimulatedDriver driver(node_of({"h100-sxm5-80gb"}, false));
    PartedChange change = change_to(kSevens);
    change.hooks = witnesses(point);
    const auto done = parted_apply(change, driver);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().what.starts_with("the " + point + " hook failed"));
    const std::string order = said();
    EXPECT_TRUE(order.ends_with(point + "\napply-exit\n")) << order;
    EXPECT_EQ(driver.observe()->gpus[0].mode, mig::MigMode::kOff);
  }
  sim::SimulatedDriver driver(node_of({"h100-sxm5-80gb"}, false));
  PartedChange change = change_to(kSevens);
  change.hooks = witnesses("apply-exit");
  const auto done = parted_apply(change, driver);
  ASSERT_FALSE(done);  // the only failure: it is told, and the node is as wanted
  EXPECT_EQ(driver.observe()->gpus[0].instances.size(), 7u);
}

TEST_F(PartedApply, ModeOnlyLeavesInstancesOfGpusWhoseModeStays) {
  sim::SimulatedDriver driver(node_of({"h100-sxm5-80gb", "h100-sxm5-80gb"}, false));
  ASSERT_TRUE(parted_apply(
      change_to("[{devices: [0], mig-enabled: true, mig-devices: {3g.40gb: 2}}]"), driver));
  const auto before = driver.observe()->gpus[0].instances;
  const auto done = parted_apply(change_to(kSevens, true), driver);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->steps, 1u);  // mig-parted would have cleared GPU 0
  const auto node = driver.observe().value();
  EXPECT_EQ(node.gpus[1].mode, mig::MigMode::kOn);
  ASSERT_EQ(node.gpus[0].instances.size(), 2u);
  EXPECT_EQ(node.gpus[0].instances[0].compute, before[0].compute);
  const auto config =
      read_parted(*parse_yaml("c", "version: v1\nmig-configs: {c: " + std::string(kSevens) + "}"));
  EXPECT_TRUE(plan::diff(node, parted_targets(config->front(), node, true).value()).empty());
}

TEST_F(PartedApply, SkippingTheResetLeavesTheModeWaitingOrRefuses) {
  sim::SimulatedDriver driver(node_of({"a100-80gb"}, false));
  PartedChange change = change_to("[{devices: all, mig-enabled: true, mig-devices: {1g.10gb: 7}}]");
  change.skip_reset = true;
  const auto refused = parted_apply(change, driver);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNeedsReset);
  EXPECT_EQ(driver.observe()->gpus[0].pending, mig::MigMode::kOff);
  change = change_to(kSevens, true);
  change.skip_reset = true;
  const auto waiting = parted_apply(change, driver);
  ASSERT_TRUE(waiting) << waiting.error().describe();
  EXPECT_EQ(waiting->waiting, std::vector<std::string>{"GPU 0: MIG mode on waits for a reset"});
  EXPECT_EQ(driver.observe()->gpus[0].mode, mig::MigMode::kOff);
  EXPECT_EQ(driver.observe()->gpus[0].pending, mig::MigMode::kOn);
  EXPECT_EQ(parted_apply(change, driver)->steps, 0u);  // it waits already
  change = change_to(kSevens);
  const auto done = parted_apply(change, driver);  // with the reset
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(driver.observe()->gpus[0].instances.size(), 7u);
}

TEST_F(PartedApply, DoingNothingForNobodyIsNoSuccess) {
  sim::SimulatedDriver driver(node_of({"h100-sxm5-80gb"}, true));
  const auto nobody = parted_apply(
      change_to(
          "[{devices: all, device-filter: \"0x20B210DE\", mig-enabled: true, mig-devices: {}}]"),
      driver);
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().what.find("for no GPU of this node"), std::string::npos);
  EXPECT_NE(nobody.error().remedy.find("0x233010DE"), std::string::npos) << nobody.error().remedy;
}

TEST_F(PartedApply, AFailureOnTheWayGivesBackTheStart) {
  testing::SharedNode node(node_of({"h100-sxm5-80gb", "h100-sxm5-80gb"}, true));
  ASSERT_TRUE(parted_apply(
      change_to("[{devices: all, mig-enabled: true, mig-devices: {3g.40gb: 2}}]"), *node.open()));
  const auto before = node.state();
  std::size_t creates = 0;
  node.before = [&creates](const testing::Call& call) {
    testing::Answer answer;
    if (call.name == "create_gpu_instance" && ++creates == 9) answer.status = 3;
    return answer;
  };
  const auto driver = node.open();
  const auto done = parted_apply(change_to(kSevens), *driver);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().what.find("put back as it was"), std::string::npos)
      << done.error().describe();
  for (std::uint32_t gpu = 0; gpu < 2; ++gpu) {
    EXPECT_TRUE(plan::satisfies(plan::cut_of(sim::describe_gpu(node.state(), gpu)),
                                plan::cut_of(sim::describe_gpu(before, gpu))));
  }
}

}  // namespace
}  // namespace septet::partition
