#include "container/device_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace septet::container {
namespace {

namespace fs = std::filesystem;

class DriverFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-driver-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& path) const {
    fs::create_directories(fs::path(folder_ + path).parent_path());
    std::ofstream(folder_ + path) << "x";
  }
  std::string folder_;
};

TEST_F(DriverFilesTest, AreThoseOfTheVersion) {
  put("/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06");
  put("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.580.65.06");
  put("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.535.1");
  put("/usr/lib/x86_64-linux-gnu/libc.so.6");
  put("/usr/bin/nvidia-smi");
  const DriverFiles files = driver_files(folder_, "/run/nvidia/driver", "580.65.06");
  ASSERT_EQ(files.mounts.size(), 3u);
  EXPECT_EQ(files.mounts[0].host_path,
            "/run/nvidia/driver/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06");
  EXPECT_EQ(files.mounts[0].container_path, "/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06");
  EXPECT_EQ(files.mounts[2].container_path, "/usr/bin/nvidia-smi");
  EXPECT_EQ(files.library_folders, std::vector<std::string>{"/usr/lib/x86_64-linux-gnu"});
  EXPECT_TRUE(driver_files(folder_ + "/nowhere", "/", "580.65.06").mounts.empty());
}

}  // namespace
}  // namespace septet::container
