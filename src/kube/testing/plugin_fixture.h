// kube/testing/plugin_fixture.h — for tests: one plugin on a socket of its own, with plain answers.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "kube/device_plugin.h"
#include "kube/testing/fake_kubelet.h"

namespace septet::kube::testing {

inline constexpr std::chrono::seconds kLong{5};

inline PluginAnswers plain_answers() {
  return {
      .allocate = [](const std::vector<std::string>& ids) -> Result<publish::Allocation> {
        if (ids.front() == "MIG-x") {
          return fail(Code::kInvalidArgument, "unknown device: MIG-x", "ask for one of the list");
        }
        if (ids.front() == "MIG-lost") return fail(Code::kUnavailable, "GPU 0 is lost");
        if (ids.front() == "MIG-bug") return fail(Code::kInternal, "lost track");
        if (ids.front() == "MIG-long") return fail(Code::kConflict, std::string(100'000, 'x'));
        publish::Allocation allocation;
        for (const auto& id : ids) allocation.envs["NVIDIA_VISIBLE_DEVICES"] += id + ",";
        allocation.annotations["cdi.k8s.io/a"] = "b";
        allocation.mounts.push_back({"/in", "/dev/null", true});
        allocation.devices.push_back({"/dev/nvidia0", "/run/dev/nvidia0", "rw"});
        allocation.cdi_devices.push_back("k8s.device-plugin.nvidia.com/gpu=" + ids.front());
        return allocation;
      },
      .preferred = [](const std::vector<std::string>& available,
                      const std::vector<std::string>& must,
                      unsigned size) -> Result<std::vector<std::string>> {
        if (size > available.size()) return fail(Code::kInvalidArgument, "too few are available");
        std::vector<std::string> chosen = must;
        for (const auto& id : available) {
          if (chosen.size() < size && id != must.front()) chosen.push_back(id);
        }
        return chosen;
      },
  };
}

class PluginServerTest : public ::testing::Test {
 protected:
  std::unique_ptr<DevicePluginServer> start(const std::string& resource = "nvidia.com/gpu") {
    auto server = DevicePluginServer::start(resource, socket_, plain_answers());
    EXPECT_TRUE(server) << server.error().describe();
    return server ? std::move(*server) : nullptr;
  }
  ScratchFolder folder_;
  std::string socket_ = folder_.at("nvidia-gpu.sock");
  std::string kubelet_socket_ = folder_.at("kubelet.sock");
};

// "a+ b-": a healthy, b not.
inline std::vector<ListedDevice> devices(const std::string& ids) {
  std::vector<ListedDevice> list;
  std::istringstream words(ids);
  for (std::string word; words >> word;) {
    list.push_back({word.substr(0, word.size() - 1), word.back() == '+', {}});
  }
  return list;
}

}  // namespace septet::kube::testing
