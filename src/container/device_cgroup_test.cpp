#include "container/device_cgroup.h"

#include <gtest/gtest.h>

namespace septet::container {
namespace {

constexpr const char* kMounts =
    "30 29 0:26 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory\n"
    "31 29 0:27 / /sys/fs/cgroup/devices rw,nosuid shared:10 - cgroup cgroup rw,devices\n";

TEST(DeviceCgroup, TheFolderOfAProcess) {
  EXPECT_EQ(*devices_folder("4:devices:/docker/abc\n1:name=systemd:/x\n", kMounts),
            "/sys/fs/cgroup/devices/docker/abc");
  EXPECT_EQ(*devices_folder("4:cpu,devices:/d\n", kMounts), "/sys/fs/cgroup/devices/d");
}

TEST(DeviceCgroup, BelowAMountThatShowsAPart) {
  const char* const part = "31 29 0:27 /outer /cg rw - cgroup cgroup rw,devices\n";
  EXPECT_EQ(*devices_folder("4:devices:/outer/docker/abc\n", part), "/cg/docker/abc");
  EXPECT_FALSE(devices_folder("4:devices:/elsewhere\n", part));
}

TEST(DeviceCgroup, WhatIsOutOfSightIsRefused) {
  EXPECT_FALSE(devices_folder("4:devices:/../../abc\n", kMounts));
}

TEST(DeviceCgroup, VersionTwoIsSaid) {
  const auto second = devices_folder("0::/system.slice/docker-abc.scope\n",
                                     "30 29 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kNotSupported);
  EXPECT_NE(second.error().remedy.find("publish cdi"), std::string::npos);
  EXPECT_FALSE(devices_folder("", ""));
}

}  // namespace
}  // namespace septet::container
