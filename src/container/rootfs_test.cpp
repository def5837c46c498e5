// Roots that others filled: nothing is made outside, whatever links say. As root; a device node
// needs the right to make one.
#include "container/rootfs.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace septet::container {
namespace {

namespace fs = std::filesystem;
constexpr publish::DeviceFile kNumbers{508, 21};
constexpr const char* kCap = "/dev/nvidia-caps/nvidia-cap21";

class RootfsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-root-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    fs::create_directories(folder_ / "root");
    fs::create_directories(folder_ / "outside");
    if (mknod((folder_ / "probe").c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0)
      GTEST_SKIP() << "no right to make device nodes here";
  }
  void TearDown() override { fs::remove_all(folder_); }
  Result<Rootfs> open() const { return Rootfs::open(getpid(), (folder_ / "root").string()); }
  bool outside_is_empty() const { return fs::is_empty(folder_ / "outside"); }
  fs::path folder_;
};

TEST_F(RootfsTest, ANodeIsMadeAndMayBeMadeAgain) {
  const auto root = open();
  ASSERT_TRUE(root) << root.error().describe();
  for (int again = 0; again < 2; ++again) {
    const auto made = root->make_node(kCap, kNumbers);
    ASSERT_TRUE(made) << made.error().describe();
  }
  struct stat found {};
  ASSERT_EQ(stat((folder_ / "root/dev/nvidia-caps/nvidia-cap21").c_str(), &found), 0);
  EXPECT_TRUE(S_ISCHR(found.st_mode));
  EXPECT_EQ(found.st_rdev, makedev(508, 21));
  EXPECT_EQ(found.st_mode & 0777, 0666u);
}

TEST_F(RootfsTest, LinksLeadNowhereOutside) {
  const auto root = open();
  ASSERT_TRUE(root);
  const fs::path inside = folder_ / "root";
  for (const std::string& target :
       {(folder_ / "outside").string(), std::string("../outside"),
        std::string("../../../../outside"), std::string("/proc/1/root")}) {
    for (const char* const link : {"dev", "dev/nvidia-caps"}) {
      fs::remove_all(inside / "dev");
      if (std::string(link) != "dev") fs::create_directories(inside / "dev");
      fs::create_symlink(target, inside / link);
      (void)root->make_node(kCap, kNumbers);  // an error, or inside
      EXPECT_TRUE(outside_is_empty()) << link << " -> " << target;
    }
  }
}

TEST_F(RootfsTest, SomethingElseAtItsPlaceIsAnError) {
  const auto root = open();
  ASSERT_TRUE(root);
  const fs::path caps = folder_ / "root/dev/nvidia-caps";
  fs::create_directories(caps);
  std::ofstream(caps / "nvidia-cap21") << "mine";
  EXPECT_EQ(root->make_node(kCap, kNumbers).error().code, Code::kConflict);
  fs::remove(caps / "nvidia-cap21");
  fs::create_symlink(folder_ / "probe", caps / "nvidia-cap21");
  EXPECT_EQ(root->make_node(kCap, kNumbers).error().code, Code::kConflict);
  fs::remove(caps / "nvidia-cap21");
  ASSERT_EQ(mknod((caps / "nvidia-cap21").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
  EXPECT_EQ(root->make_node(kCap, kNumbers).error().code, Code::kConflict);
}

}  // namespace
}  // namespace septet::container
