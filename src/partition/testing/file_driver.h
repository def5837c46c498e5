// partition/testing/file_driver.h — for tests: the Driver over a simulated node's state file, so
// that what one process did is there for the next, however the first one ended.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "driver/simulated/simulated_driver.h"
#include "driver/simulated/state_file.h"

namespace septet::partition {

class FileDriver final : public driver::Driver {
 public:
  // `boundary` is called before and after every call that may change the node.
  FileDriver(driver::simulated::StateFile& file, std::function<void()> boundary)
      : file_(file), boundary_(std::move(boundary)) {}

  Result<mig::Node> observe() override {
    auto node = now().observe();
    if (node) node->simulated_state = file_.path();
    return node;
  }
  Result<mig::Gpu> observe_gpu(std::uint32_t gpu) override { return now().observe_gpu(gpu); }
  Result<driver::ModeChange> set_mig_mode(std::uint32_t gpu, bool on) override {
    return change<Result<driver::ModeChange>>(
        [&](auto& node) { return node.set_mig_mode(gpu, on); });
  }
  Result<> reset(std::uint32_t gpu) override {
    return change<Result<>>([&](auto& node) { return node.reset(gpu); });
  }
  Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                            std::optional<mig::Placement> at) override {
    return change<Result<std::uint32_t>>(
        [&](auto& node) { return node.create_gpu_instance(gpu, profile_id, at); });
  }
  Result<> destroy_gpu_instance(driver::GpuInstanceRef instance) override {
    return change<Result<>>([&](auto& node) { return node.destroy_gpu_instance(instance); });
  }
  Result<std::uint32_t> create_compute_instance(driver::GpuInstanceRef instance,
                                                std::uint32_t profile_id,
                                                std::optional<mig::Placement> at) override {
    return change<Result<std::uint32_t>>(
        [&](auto& node) { return node.create_compute_instance(instance, profile_id, at); });
  }
  Result<> destroy_compute_instance(driver::GpuInstanceRef instance, std::uint32_t id) override {
    return change<Result<>>(
        [&](auto& node) { return node.destroy_compute_instance(instance, id); });
  }
  Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) override {
    return now().remaining_capacity(gpu, profile_id);
  }
  Result<std::uint32_t> remaining_compute_capacity(driver::GpuInstanceRef instance,
                                                   std::uint32_t profile_id) override {
    return now().remaining_compute_capacity(instance, profile_id);
  }

 private:
  using Simulated = driver::simulated::SimulatedDriver;

  Simulated now() const {
    const auto copy = std::make_unique<driver::simulated::NodeState>();
    file_.read([&copy](const driver::simulated::NodeState& node) {
      std::memcpy(static_cast<void*>(copy.get()), &node,
                  driver::simulated::used_bytes(driver::simulated::kMaxGpus));
      return 0;
    });
    return Simulated(*copy);
  }

  template <typename Answer, typename F>
  Answer change(const F& call) {
    boundary_();
    Answer answer = fail(Code::kInternal, "not called");
    file_.change([&](driver::simulated::NodeState& node) {
      Simulated driver(node);
      answer = call(driver);
      std::memcpy(static_cast<void*>(&node), &driver.node(),
                  driver::simulated::used_bytes(node.gpu_count));
      return driver::simulated::Status::kSuccess;
    });
    boundary_();
    return answer;
  }

  driver::simulated::StateFile& file_;
  const std::function<void()> boundary_;
};

}  // namespace septet::partition
