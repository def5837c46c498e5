// partition/testing/shared_node.h — for tests: one simulated node behind any number of Drivers,
// with a say before every call.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "driver/simulated/simulated_driver.h"

namespace septet::partition::testing {

struct Call {
  std::size_t number = 0;  // 1, 2, ... over all Drivers of the node
  std::string_view name;   // "create_gpu_instance"
  std::uint32_t gpu = 0;
};

struct Answer {
  int status = 0;            // of the driver; 0: as the node answers
  bool done_anyway = false;  // the call takes effect all the same
};

class SharedNode {
 public:
  explicit SharedNode(const driver::simulated::NodeState& start) : truth_(start) {}

  // May change the node (somebody else does) and decide the answer. Null: nothing special.
  std::function<Answer(const Call&)> before;

  driver::simulated::NodeState& state() { return truth_.node(); }
  std::size_t calls() const { return calls_; }
  std::unique_ptr<driver::Driver> open();

  template <typename T>
  Result<T> call(std::string_view name, std::uint32_t gpu,
                 const std::function<Result<T>(driver::Driver&)>& real) {
    const std::lock_guard lock(mutex_);
    const Answer answer = before ? before({++calls_, name, gpu}) : Answer{};
    if (answer.status == 0) return real(truth_);
    if (answer.done_anyway) (void)real(truth_);
    return std::unexpected(driver::driver_error(answer.status, std::string(name)));
  }

 private:
  driver::simulated::SimulatedDriver truth_;
  std::mutex mutex_;
  std::size_t calls_ = 0;
};

class SharedDriver final : public driver::Driver {
 public:
  explicit SharedDriver(SharedNode& node) : node_(node) {}

  Result<mig::Node> observe() override {
    return node_.call<mig::Node>("observe", 0, [](Driver& real) { return real.observe(); });
  }
  Result<mig::Gpu> observe_gpu(std::uint32_t gpu) override {
    return node_.call<mig::Gpu>("observe_gpu", gpu,
                                [&](Driver& real) { return real.observe_gpu(gpu); });
  }
  Result<driver::ModeChange> set_mig_mode(std::uint32_t gpu, bool on) override {
    return node_.call<driver::ModeChange>("set_mig_mode", gpu,
                                          [&](Driver& real) { return real.set_mig_mode(gpu, on); });
  }
  Result<> reset(std::uint32_t gpu) override {
    return node_.call<void>("reset", gpu, [&](Driver& real) { return real.reset(gpu); });
  }
  Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                            std::optional<mig::Placement> at) override {
    return node_.call<std::uint32_t>("create_gpu_instance", gpu, [&](Driver& real) {
      return real.create_gpu_instance(gpu, profile_id, at);
    });
  }
  Result<> destroy_gpu_instance(driver::GpuInstanceRef instance) override {
    return node_.call<void>("destroy_gpu_instance", instance.gpu,
                            [&](Driver& real) { return real.destroy_gpu_instance(instance); });
  }
  Result<std::uint32_t> create_compute_instance(driver::GpuInstanceRef instance,
                                                std::uint32_t profile_id,
                                                std::optional<mig::Placement> at) override {
    return node_.call<std::uint32_t>("create_compute_instance", instance.gpu, [&](Driver& real) {
      return real.create_compute_instance(instance, profile_id, at);
    });
  }
  Result<> destroy_compute_instance(driver::GpuInstanceRef instance, std::uint32_t id) override {
    return node_.call<void>("destroy_compute_instance", instance.gpu, [&](Driver& real) {
      return real.destroy_compute_instance(instance, id);
    });
  }
  Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) override {
    return node_.call<std::uint32_t>("remaining_capacity", gpu, [&](Driver& real) {
      return real.remaining_capacity(gpu, profile_id);
    });
  }
  Result<std::uint32_t> remaining_compute_capacity(driver::GpuInstanceRef instance,
                                                   std::uint32_t profile_id) override {
    return node_.call<std::uint32_t>("remaining_compute_capacity", instance.gpu, [&](Driver& real) {
      return real.remaining_compute_capacity(instance, profile_id);
    });
  }

 private:
  SharedNode& node_;
};

inline std::unique_ptr<driver::Driver> SharedNode::open() {
  return std::make_unique<SharedDriver>(*this);
}

}  // namespace septet::partition::testing
