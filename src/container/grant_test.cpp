#include "container/grant.h"

#include <gtest/gtest.h>

#include "driver/simulated/machine.h"
#include "driver/simulated/simulated_driver.h"

namespace septet::container {
namespace {

namespace sim = driver::simulated;

// GPU 0 is cut into two 1g.10gb, GPU 1 is whole.
class GrantTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sim::NodeSpec spec;
    spec.boards.resize(2);
    spec.boards[0].mig = true;
    sim::SimulatedDriver driver(*sim::make_node(spec));
    for (const std::uint8_t start : {std::uint8_t{0}, std::uint8_t{1}}) {
      const auto made = driver.create_gpu_instance(0, 19, mig::Placement{start, 1});
      ASSERT_TRUE(made && driver.create_compute_instance({0, *made}, 0, {}));
    }
    node_ = *driver.observe();
    node_.simulated = true;
    files_ = *DeviceFiles::read({"/nowhere", "/nowhere", "", ""}, node_);
  }
  Result<Grant> grant(const std::vector<std::string>& words) const {
    return grant_of(node_, words, files_);
  }
  mig::Node node_;
  DeviceFiles files_;
};

TEST_F(GrantTest, ADeviceByEveryName) {
  const auto by_index = grant({"0:1"});
  ASSERT_TRUE(by_index) << by_index.error().describe();
  EXPECT_EQ(by_index->paths.size(), 3u);
  EXPECT_EQ(by_index->paths[0], "/dev/nvidia0");
  EXPECT_EQ(grant({by_index->uuids[0]})->paths, by_index->paths);
  EXPECT_EQ(grant({"1"})->paths, std::vector<std::string>{"/dev/nvidia1"});
  EXPECT_EQ(grant({node_.gpus[1].uuid})->paths, std::vector<std::string>{"/dev/nvidia1"});
}

TEST_F(GrantTest, SeveralShareTheirGpusNode) {
  EXPECT_EQ(grant({"0:0", "0:1", "0:1"})->paths.size(), 5u);
  EXPECT_EQ(grant({"all"})->paths.size(), 6u);
  EXPECT_TRUE(grant({})->paths.empty());
}

TEST_F(GrantTest, WhatIsNotThereIsSaidWithWhatIs) {
  const auto none = grant({"0:7"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kNotFound);
  EXPECT_NE(none.error().remedy.find("0:0, 0:1, 1"), std::string::npos) << none.error().remedy;
  const auto cut = grant({"0"});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, Code::kInvalidArgument);
  node_.gpus[1].problem = "GPU is lost";
  EXPECT_EQ(grant({"1"}).error().code, Code::kUnavailable);
}

TEST_F(GrantTest, AnUnknownCapabilityIsNoGrant) {
  node_.simulated = false;
  files_ = *DeviceFiles::read({"/nowhere", "/nowhere", "", ""}, node_);
  EXPECT_EQ(grant({"0:1"}).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace septet::container
