#include "agent/node_files.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "agent/testing/node_of.h"

namespace septet::agent {

namespace {

namespace fs = std::filesystem;

class NodeFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-files-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& path, const std::string& text = "") const {
    fs::create_directories(fs::path(folder_ + path).parent_path());
    std::ofstream(folder_ + path) << text;
  }
  std::string folder_;
};

TEST_F(NodeFilesTest, TheCdiSpecFollowsTheNodeAndIsNotWrittenTwice) {
  AgentOptions options;
  options.cdi_root = folder_ + "/cdi";
  options.mig_minors = folder_ + "/mig-minors";
  options.plugin.lists = {false, false, false, true};
  options.plugin.container_driver_root = folder_;
  std::string minors;
  for (int gi = 0; gi < 15; ++gi) {
    minors += fmt::format("gpu0/gi{}/access {}\ngpu0/gi{}/ci0/access {}\n", gi, 10 + 2 * gi, gi,
                          11 + 2 * gi);
  }
  put("/mig-minors", minors);
  NodeFiles files(options);
  const mig::Node one = testing::node_of({"1g.10gb@0"});
  auto written = files.write_cdi(one);
  ASSERT_TRUE(written) << written.error().describe();
  std::ifstream file(files.cdi_path());
  const Json spec = Json::parse(file);
  EXPECT_NE(spec.dump().find(testing::uuid_at(one, 0, 0)), std::string::npos);
  const auto time = fs::last_write_time(files.cdi_path());
  ASSERT_TRUE(files.write_cdi(one));
  EXPECT_EQ(fs::last_write_time(files.cdi_path()), time);
  fs::remove(files.cdi_path());
  ASSERT_TRUE(files.write_cdi(one));
  EXPECT_TRUE(fs::exists(files.cdi_path())) << "somebody removed it: it is made again";
}

TEST_F(NodeFilesTest, ASliceWithoutACapabilityIsNoSpec) {
  AgentOptions options;
  options.cdi_root = folder_ + "/cdi";
  options.mig_minors = folder_ + "/nowhere";
  options.plugin.lists = {false, false, false, true};
  NodeFiles files(options);
  EXPECT_FALSE(files.write_cdi(testing::node_of({"1g.10gb@0"})));
  EXPECT_FALSE(fs::exists(files.cdi_path()));
}

}  // namespace

}  // namespace septet::agent
