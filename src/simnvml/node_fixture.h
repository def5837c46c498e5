// simnvml/node_fixture.h — for tests: a simulated node in a temporary file, opened by nvmlInit.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "driver/simulated/machine.h"
#include "driver/simulated/state_file.h"
#include "simnvml/abi/nvml.h"

namespace septet::simnvml {

namespace sim = driver::simulated;

class NodeFixture : public testing::Test {
 protected:
  // Two H100 with MIG on, unless a test makes its own.
  void SetUp() override {
    char name[] = "/tmp/septet-simnvml-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/node";
    ::setenv("SEPTET_SIM", path_.c_str(), 1);
  }
  void TearDown() override {
    while (nvmlShutdown() == NVML_SUCCESS) {
    }
    file_.reset();
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }

  void make(const std::string& product = "h100-sxm5-80gb", unsigned gpus = 2, bool mig = true,
            const std::string& driver = "") {
    sim::NodeSpec spec;
    sim::BoardSpec board;
    board.product = product;
    board.mig = mig;
    spec.boards.assign(gpus, board);
    spec.driver_version = driver;
    const auto node = sim::make_node(spec);
    ASSERT_TRUE(node) << node.error().describe();
    const auto created = sim::StateFile::create(path_, *node, true);
    ASSERT_TRUE(created) << created.error().describe();
    auto file = sim::StateFile::open(path_);
    ASSERT_TRUE(file) << file.error().describe();
    file_ = std::move(*file);
    ASSERT_EQ(nvmlInit_v2(), NVML_SUCCESS);
  }

  // What another process does to the node.
  void elsewhere(const std::function<void(sim::NodeState&)>& f) {
    ASSERT_EQ(file_->change([&](sim::NodeState& node) {
      f(node);
      return sim::Status::kSuccess;
    }),
              sim::Status::kSuccess);
  }

  nvmlDevice_t gpu(unsigned index = 0) {
    nvmlDevice_t device = nullptr;
    EXPECT_EQ(nvmlDeviceGetHandleByIndex_v2(index, &device), NVML_SUCCESS);
    return device;
  }
  nvmlGpuInstance_t make_instance(unsigned profile_id, nvmlDevice_t device) {
    nvmlGpuInstance_t instance = nullptr;
    EXPECT_EQ(nvmlDeviceCreateGpuInstance(device, profile_id, &instance), NVML_SUCCESS);
    return instance;
  }
  nvmlComputeInstance_t make_compute(nvmlGpuInstance_t instance, unsigned profile_id) {
    nvmlComputeInstance_t compute = nullptr;
    EXPECT_EQ(nvmlGpuInstanceCreateComputeInstance(instance, profile_id, &compute), NVML_SUCCESS);
    return compute;
  }
  // GPU 0 with one 3g.40gb and its compute instance, as a MIG device.
  nvmlDevice_t mig_device() {
    make_compute(make_instance(9, gpu()), NVML_COMPUTE_INSTANCE_PROFILE_3_SLICE);
    nvmlDevice_t device = nullptr;
    EXPECT_EQ(nvmlDeviceGetMigDeviceHandleByIndex(gpu(), 0, &device), NVML_SUCCESS);
    return device;
  }
  // This process as a pretend workload; gi, ci kNone for the whole GPU.
  void attach(std::uint32_t on_gpu, std::uint32_t gi, std::uint32_t ci, std::uint32_t sm_percent) {
    elsewhere([&](sim::NodeState& node) {
      sim::ProcessState process{};
      process.pid = ::getpid();
      process.gpu = on_gpu;
      process.gpu_instance = gi;
      process.compute_instance = ci;
      process.memory_mib = 1000;
      process.sm_percent = sm_percent;
      process.memory_percent = sm_percent / 2;
      std::snprintf(process.name, sizeof process.name, "workload");
      EXPECT_EQ(sim::attach_process(node, process), sim::Status::kSuccess);
    });
  }

  std::string path_;
  std::unique_ptr<sim::StateFile> file_;

 private:
  std::string folder_;
};

}  // namespace septet::simnvml
