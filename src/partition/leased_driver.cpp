#include "partition/leased_driver.h"

#include "partition/lease.h"

namespace septet::partition {

namespace {

class LeasedDriver final : public driver::Driver {
 public:
  LeasedDriver(std::unique_ptr<driver::Driver> driver, std::string folder)
      : driver_(std::move(driver)), folder_(std::move(folder)) {}

  Result<mig::Node> observe() override {
    auto node = TRY(driver_->observe());
    const auto leases = TRY(live_leases(folder_));
    add_lease_holders(node, leases);
    return node;
  }
  Result<mig::Gpu> observe_gpu(std::uint32_t gpu) override {
    auto seen = TRY(driver_->observe_gpu(gpu));
    const auto leases = TRY(live_leases(folder_));
    add_lease_holders(seen, leases);
    return seen;
  }
  Result<driver::ModeChange> set_mig_mode(std::uint32_t gpu, bool on) override {
    return driver_->set_mig_mode(gpu, on);
  }
  Result<> reset(std::uint32_t gpu) override { return driver_->reset(gpu); }
  Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                            std::optional<mig::Placement> at) override {
    return driver_->create_gpu_instance(gpu, profile_id, at);
  }
  Result<> destroy_gpu_instance(driver::GpuInstanceRef instance) override {
    return driver_->destroy_gpu_instance(instance);
  }
  Result<std::uint32_t> create_compute_instance(driver::GpuInstanceRef instance,
                                                std::uint32_t profile_id,
                                                std::optional<mig::Placement> at) override {
    return driver_->create_compute_instance(instance, profile_id, at);
  }
  Result<> destroy_compute_instance(driver::GpuInstanceRef instance, std::uint32_t id) override {
    return driver_->destroy_compute_instance(instance, id);
  }
  Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) override {
    return driver_->remaining_capacity(gpu, profile_id);
  }
  Result<std::uint32_t> remaining_compute_capacity(driver::GpuInstanceRef instance,
                                                   std::uint32_t profile_id) override {
    return driver_->remaining_compute_capacity(instance, profile_id);
  }

 private:
  std::unique_ptr<driver::Driver> driver_;
  std::string folder_;
};

}  // namespace

std::unique_ptr<driver::Driver> with_leases(std::unique_ptr<driver::Driver> driver,
                                            std::string folder) {
  return std::make_unique<LeasedDriver>(std::move(driver), std::move(folder));
}

}  // namespace septet::partition
