#include "container/cdi_specs.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/yaml.h"
#include "container/cdi_teller.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/simulated_driver.h"

namespace septet::container {
namespace {

namespace fs = std::filesystem;
namespace sim = driver::simulated;

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class CdiSpecsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-cdi-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    sim::NodeSpec spec;
    spec.boards.resize(1);
    spec.boards[0].mig = true;
    driver_ = std::make_unique<sim::SimulatedDriver>(*sim::make_node(spec));
    cut(0);
    wish_.path = folder_ + "/cdi/nvidia.com-gpu.json";
  }
  void TearDown() override { fs::remove_all(folder_); }
  void cut(std::uint8_t start) {
    const auto made = driver_->create_gpu_instance(0, 19, mig::Placement{start, 1});
    ASSERT_TRUE(made) << made.error().describe();
    ASSERT_TRUE(driver_->create_compute_instance({0, *made}, 0, {}));
  }
  // As a driver sees it whose tables nobody shows.
  mig::Node node() {
    mig::Node seen = *driver_->observe();
    seen.simulated = true;
    return seen;
  }
  CdiSpecs specs() const { return CdiSpecs(folder_ + "/state", folder_ + "/no-proc"); }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    const Json spec = Json::parse(contents(wish_.path));
    for (const Json& device : spec["devices"]) found.push_back(device["name"]);
    return found;
  }
  bool named(const char* name) const {
    const auto all = names();
    return std::ranges::find(all, name) != all.end();
  }

  std::string folder_;
  std::unique_ptr<sim::SimulatedDriver> driver_;
  CdiWish wish_;
};

TEST_F(CdiSpecsTest, APublishedFileFollowsTheNode) {
  ASSERT_TRUE(specs().publish(wish_, node()));
  EXPECT_TRUE(named("0:0"));
  EXPECT_FALSE(named("0:1"));
  cut(1);
  ASSERT_TRUE(specs().refresh(node()));
  EXPECT_TRUE(named("0:1"));
  fs::remove_all(folder_ + "/cdi");  // a folder in memory, after a boot
  ASSERT_TRUE(specs().refresh(node()));
  EXPECT_TRUE(named("0:1"));
}

TEST_F(CdiSpecsTest, WhatSomebodyElseWroteIsLeftAndSaid) {
  ASSERT_TRUE(specs().publish(wish_, node()));
  std::ofstream(wish_.path) << "theirs";
  const auto refreshed = specs().refresh(node());
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, Code::kConflict);
  EXPECT_NE(refreshed.error().describe().find("--withdraw"), std::string::npos);
  EXPECT_EQ(contents(wish_.path), "theirs");
  ASSERT_TRUE(specs().publish(wish_, node()));  // it was named: taken back
  EXPECT_TRUE(specs().refresh(node()));
}

TEST_F(CdiSpecsTest, OneThatCannotBeWrittenDoesNotKeepTheOthers) {
  CdiWish other = wish_;
  other.path = folder_ + "/cdi/z.yaml";
  other.format = CdiFormat::kYaml;
  ASSERT_TRUE(specs().publish(wish_, node()));
  ASSERT_TRUE(specs().publish(other, node()));
  std::ofstream(wish_.path) << "theirs";
  cut(1);
  EXPECT_FALSE(specs().refresh(node()));
  EXPECT_NE(contents(other.path).find("0:1"), std::string::npos);
}

TEST_F(CdiSpecsTest, WithdrawnItGoesUnlessItIsTheirs) {
  ASSERT_TRUE(specs().publish(wish_, node()));
  ASSERT_TRUE(specs().withdraw(wish_.path));
  EXPECT_FALSE(fs::exists(wish_.path));
  EXPECT_EQ(specs().withdraw(wish_.path).error().code, Code::kNotFound);
  ASSERT_TRUE(specs().publish(wish_, node()));
  std::ofstream(wish_.path) << "theirs";
  ASSERT_TRUE(specs().withdraw(wish_.path));
  EXPECT_EQ(contents(wish_.path), "theirs");
  EXPECT_TRUE(specs().refresh(node()));
}

// The note is written before the file: killed in between, the file is still ours.
TEST_F(CdiSpecsTest, AFileAsItWasBeforeAKillIsOurs) {
  ASSERT_TRUE(specs().publish(wish_, node()));
  const std::string before = contents(wish_.path);
  cut(1);
  ASSERT_TRUE(specs().refresh(node()));
  std::ofstream(wish_.path) << before;
  ASSERT_TRUE(specs().refresh(node()));
  EXPECT_TRUE(named("0:1"));
}

TEST_F(CdiSpecsTest, NotesOfAnotherShapeAreSaid) {
  fs::create_directories(folder_ + "/state");
  for (const char* const text : {"{", "7", "[{}]", "[{\"path\": 1}]"}) {
    std::ofstream(folder_ + "/state/cdi.json") << text;
    const auto wishes = specs().wishes();
    ASSERT_FALSE(wishes) << text;
    EXPECT_EQ(wishes.error().code, Code::kInvalidArgument);
  }
}

TEST_F(CdiSpecsTest, BothFormatsSayTheSame) {
  wish_.by_type_index = true;
  CdiWish yaml = wish_;
  yaml.format = CdiFormat::kYaml;
  const auto proc = HostPaths{"", folder_ + "/no-proc", "", ""};
  const std::string json_text = *cdi_text(node(), proc, wish_);
  const auto document = parse_yaml("spec", *cdi_text(node(), proc, yaml));
  ASSERT_TRUE(document);
  const Json json = Json::parse(json_text);
  ASSERT_EQ(document->root["devices"].size(), json["devices"].size());
  for (std::size_t i = 0; i < json["devices"].size(); ++i)
    EXPECT_EQ(document->root["devices"][i]["name"].Scalar(), json["devices"][i]["name"]);
  EXPECT_EQ(document->root["devices"][0]["containerEdits"]["deviceNodes"][0]["major"].as<int>(),
            195);
}

TEST_F(CdiSpecsTest, WhatGoesIsNotHandedOutWhileItGoes) {
  cut(1);
  const mig::Node before = node();
  plan::GpuCut target = plan::cut_of(before.gpus[0]);
  target.instances.erase(target.instances.begin());
  const mig::Node left = without_what_goes(before, plan::diff(before, {target}));
  ASSERT_EQ(left.gpus[0].instances.size(), 1u);
  EXPECT_EQ(left.gpus[0].instances[0].at.start, 1);
}

TEST(DeviceFiles, NumbersComeFromTheDriversTables) {
  const std::string proc = ::testing::TempDir() + "septet-proc";
  fs::create_directories(proc + "/driver/nvidia-caps");
  std::ofstream(proc + "/devices") << "Character devices:\n  1 mem\n195 nvidia-frontend\n"
                                      "510 nvidia-caps\n\nBlock devices:\n  8 nvidia-caps\n";
  std::ofstream(proc + "/driver/nvidia-caps/mig-minors") << "config 1\ngpu0/gi1/access 12\n";
  const auto files = DeviceFiles::read({"/nowhere", proc, "", ""}, {});
  ASSERT_TRUE(files) << files.error().describe();
  EXPECT_EQ(files->cap_minor("gpu0/gi1/access"), 12u);
  EXPECT_EQ(files->cap_minor("gpu0/gi2/access"), std::nullopt);
  EXPECT_EQ(files->device_file("/dev/nvidia3")->major, 195u);
  EXPECT_EQ(files->device_file("/dev/nvidia-caps/nvidia-cap12")->major, 510u);
  EXPECT_FALSE(files->device_file("/dev/nvidiactl"));
  EXPECT_FALSE(files->device_file("/dev/nvidia3x"));
  fs::remove_all(proc);
}

}  // namespace
}  // namespace septet::container
