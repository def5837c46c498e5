#include "publish/allocation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

std::optional<unsigned> cap_minor(const std::string& capability) {
  return static_cast<unsigned>(100 + capability.size());  // .../access and .../ci0/access differ
}
bool is_there(const std::string& path) { return !path.ends_with("modeset"); }
const AllocationContext kContext{is_there, "u-1", cap_minor};

// One line per thing, sorted by kind.
std::string told(const Result<Allocation>& answer) {
  if (!answer) return answer.error().what;
  std::string text;
  for (const auto& [name, value] : answer->envs) text += fmt::format("env {}={}\n", name, value);
  for (const auto& [name, value] : answer->annotations)
    text += fmt::format("annotation {}={}\n", name, value);
  for (const Mount& mount : answer->mounts)
    text += fmt::format("mount {} on {}{}\n", mount.host_path, mount.container_path,
                        mount.read_only ? " ro" : "");
  for (const DeviceNode& node : answer->devices)
    text +=
        fmt::format("node {} as {} {}\n", node.host_path, node.container_path, node.permissions);
  for (const std::string& name : answer->cdi_devices) text += "cdi " + name + "\n";
  return text;
}

// Two 1g.10gb of GPU 1.
Resource two_slices() {
  mig::Node node;
  node.gpus = {testing::whole_gpu(0), testing::whole_gpu(1)};
  testing::cut(node.gpus[1], "1g.10gb", 1);
  testing::cut(node.gpus[1], "1g.10gb", 2);
  PluginConfig config;
  config.strategy = MigStrategy::kMixed;
  return offer(node, config).resources.at(1);
}

using Change = std::function<void(PluginConfig&, Resource&)>;

std::string given(const Change& change, const std::vector<std::string>& ids) {
  PluginConfig config;
  Resource resource = two_slices();
  change(config, resource);
  return told(allocate(resource, ids, config, kContext));
}

void lists(PluginConfig& config, std::string_view names) {
  EXPECT_TRUE(read_plugin_flag("device-list-strategy", names, config));
}

const std::vector<std::string> kBoth = {"MIG-1-1-0", "MIG-1-2-0"};

TEST(Allocate, EachStrategyGivesWhatNvidiasPluginGives) {
  const auto by = [](std::string_view names) {
    return given([names](PluginConfig& config, Resource&) { lists(config, names); }, kBoth);
  };
  EXPECT_EQ(by("envvar"), "env NVIDIA_VISIBLE_DEVICES=MIG-1-1-0,MIG-1-2-0\n");
  EXPECT_EQ(by("volume-mounts"),
            "env NVIDIA_VISIBLE_DEVICES=/var/run/nvidia-container-devices\n"
            "mount /dev/null on /var/run/nvidia-container-devices/MIG-1-1-0\n"
            "mount /dev/null on /var/run/nvidia-container-devices/MIG-1-2-0\n");
  EXPECT_EQ(by("cdi-annotations"),
            "annotation cdi.k8s.io/nvidia-device-plugin_u-1="
            "k8s.device-plugin.nvidia.com/gpu=MIG-1-1-0,k8s.device-plugin.nvidia.com/gpu=MIG-1-2-0"
            "\n");
  EXPECT_EQ(by("cdi-cri"),
            "cdi k8s.device-plugin.nvidia.com/gpu=MIG-1-1-0\n"
            "cdi k8s.device-plugin.nvidia.com/gpu=MIG-1-2-0\n");
}

// All fifteen sets of strategies: the union of what each gives, but for the one variable that two
// of them set, where mounts win.
TEST(Allocate, StrategiesAdd) {
  const std::array<std::string_view, 4> names = {"envvar", "volume-mounts", "cdi-annotations",
                                                 "cdi-cri"};
  for (unsigned set = 1; set < 16; ++set) {
    std::string all;
    for (unsigned i = 0; i < 4; ++i)
      if (((set >> i) & 1u) != 0) all += (all.empty() ? "" : ",") + std::string(names.at(i));
    const std::string text =
        given([&all](PluginConfig& config, Resource&) { lists(config, all); }, kBoth);
    const bool mounts = (set & 2u) != 0;
    EXPECT_EQ(text.contains("env NVIDIA_VISIBLE_DEVICES=MIG-1-1-0,MIG-1-2-0\n"),
              (set & 1u) != 0 && !mounts);
    EXPECT_EQ(text.contains("env NVIDIA_VISIBLE_DEVICES=/var/run"), mounts);
    EXPECT_EQ(text.contains("mount /dev/null"), mounts);
    EXPECT_EQ(text.contains("annotation "), (set & 4u) != 0);
    EXPECT_EQ(text.contains("cdi k8s"), (set & 8u) != 0);
  }
}

TEST(Allocate, IndicesWhereTheyAreAskedFor) {
  const auto by = [](std::string_view names) {
    return given(
        [names](PluginConfig& config, Resource&) {
          config.ids = DeviceIdStrategy::kIndex;
          lists(config, names);
        },
        {"MIG-1-2-0"});
  };
  EXPECT_EQ(by("envvar"), "env NVIDIA_VISIBLE_DEVICES=1:1\n");
  EXPECT_EQ(by("cdi-cri"), "cdi k8s.device-plugin.nvidia.com/gpu=1:1\n");
  EXPECT_TRUE(by("volume-mounts").contains("/nvidia-container-devices/1:1\n"));
}

TEST(Allocate, DeviceNodesOfWhatIsThere) {
  const Change passing = [](PluginConfig& config, Resource&) {
    config.pass_device_specs = true;
    config.driver_root = "/run/nvidia/driver/";
  };
  const std::string nodes =
      "node /run/nvidia/driver/dev/nvidiactl as /dev/nvidiactl rw\n"
      "node /run/nvidia/driver/dev/nvidia-uvm as /dev/nvidia-uvm rw\n"
      "node /run/nvidia/driver/dev/nvidia-uvm-tools as /dev/nvidia-uvm-tools rw\n"
      "node /run/nvidia/driver/dev/nvidia1 as /dev/nvidia1 rw\n"
      "node /run/nvidia/driver/dev/nvidia-caps/nvidia-cap115 as /dev/nvidia-caps/nvidia-cap115 rw\n"
      "node /run/nvidia/driver/dev/nvidia-caps/nvidia-cap119 as /dev/nvidia-caps/nvidia-cap119 "
      "rw\n";
  EXPECT_EQ(given(passing, {"MIG-1-2-0"}), "env NVIDIA_VISIBLE_DEVICES=MIG-1-2-0\n" + nodes);
  const std::string other = given(
      [&passing](PluginConfig& config, Resource& resource) {
        passing(config, resource);
        config.dev_root = "/";
      },
      {"MIG-1-2-0"});
  EXPECT_TRUE(other.contains("node /dev/nvidia1 as /dev/nvidia1 rw\n")) << other;
  const std::string only_cdi = given(
      [&passing](PluginConfig& config, Resource& resource) {
        passing(config, resource);
        lists(config, "cdi-cri");
      },
      {"MIG-1-2-0"});
  EXPECT_EQ(only_cdi, "cdi k8s.device-plugin.nvidia.com/gpu=MIG-1-2-0\n");
}

TEST(Allocate, ExtrasForEveryStrategy) {
  const auto by = [](std::string_view names) {
    return given(
        [names](PluginConfig& config, Resource&) {
          config.gdrcopy = config.gds = config.mofed = true;
          config.imex_channels = {0};
          lists(config, names);
        },
        {"MIG-1-1-0"});
  };
  EXPECT_EQ(by("envvar"),
            "env NVIDIA_GDRCOPY=enabled\nenv NVIDIA_GDS=enabled\nenv NVIDIA_IMEX_CHANNELS=0\n"
            "env NVIDIA_MOFED=enabled\nenv NVIDIA_VISIBLE_DEVICES=MIG-1-1-0\n");
  EXPECT_TRUE(by("volume-mounts")
                  .contains("mount /dev/null on /var/run/nvidia-container-devices/imex/0\n"));
  const std::string cri = by("cdi-cri");
  for (const char* const extra : {"gdrcopy=all", "gds=all", "mofed=all", "imex-channel=0"})
    EXPECT_TRUE(cri.contains(fmt::format("cdi k8s.device-plugin.nvidia.com/{}\n", extra)));
  EXPECT_FALSE(cri.contains("env "));
}

TEST(Allocate, MpsGivesItsPipeAndSharedMemoryUnderEveryStrategy) {
  for (const std::string_view names : {"envvar", "cdi-cri"}) {
    const std::string text = given(
        [names](PluginConfig& config, Resource& resource) {
          config.mps_root = "/run/nvidia/mps";
          resource.sharing = SharingKind::kMps;
          lists(config, names);
        },
        {"MIG-1-1-0"});
    EXPECT_TRUE(text.contains("env CUDA_MPS_PIPE_DIRECTORY=/mps/MIG-1-1-0/pipe\n"));
    EXPECT_TRUE(text.contains("mount /run/nvidia/mps/MIG-1-1-0/pipe on /mps/MIG-1-1-0/pipe\n"));
    EXPECT_TRUE(text.contains("mount /run/nvidia/mps/shm on /dev/shm\n"));
  }
}

TEST(Allocate, ReplicasOfOneDeviceAreItOnce) {
  mig::Node node = testing::sevenths(1);
  PluginConfig config;
  config.strategy = MigStrategy::kMixed;
  config.sharing = {SharingKind::kTimeSlicing, false, false, {{"nvidia.com/mig-1g.10gb", 3}}};
  Resource resource = offer(node, config).resources.at(0);
  const std::vector<std::string> ids = {"MIG-0-2-0::2", "MIG-0-1-0::0", "MIG-0-2-0::0"};
  EXPECT_EQ(told(allocate(resource, ids, config, kContext)),
            "env NVIDIA_VISIBLE_DEVICES=MIG-0-2-0,MIG-0-1-0\n");
  resource.one_at_a_time = true;
  EXPECT_EQ(told(allocate(resource, ids, config, kContext)),
            "invalid allocation request for \"nvidia.com/mig-1g.10gb\": invalid request: maximum "
            "request size for shared resources is 1; found 3");
  EXPECT_EQ(told(allocate(resource, {"MIG-0-2-0::2"}, config, kContext)),
            "env NVIDIA_VISIBLE_DEVICES=MIG-0-2-0\n");
}

TEST(Allocate, UnknownDevicesAreRefusedInNvidiasWords) {
  for (const std::string bad : {"MIG-9", "", "MIG-1-1-0::0", "a\nb"}) {
    const auto answer = allocate(two_slices(), {"MIG-1-1-0", bad}, PluginConfig{}, kContext);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kInvalidArgument);
    EXPECT_TRUE(answer.error().what.contains("invalid request: unknown device: "));
    EXPECT_FALSE(answer.error().what.contains('\n'));
  }
}

TEST(Allocate, WithoutAWayToLookNoNodesAreGuessed) {
  PluginConfig config;
  config.pass_device_specs = true;
  EXPECT_EQ(told(allocate(two_slices(), {"MIG-1-1-0"}, config, {})),
            "env NVIDIA_VISIBLE_DEVICES=MIG-1-1-0\nnode /dev/nvidia1 as /dev/nvidia1 rw\n");
}

}  // namespace
}  // namespace septet::publish
