// cli/told_gpu.h — for tests: a GPU of a product as a driver would describe it.
#pragma once

#include <memory>
#include <string>

#include "mig/node.h"

namespace septet::cli {

// Every value of `product` as a privileged driver answers it. `change` may edit the profiles first.
template <typename Change>
mig::Gpu told_gpu(const mig::Product& product, const Change& change) {
  auto told = std::make_shared<mig::OwnedGeometry>();
  told->geometry = product.geometry;
  told->profiles.assign(product.geometry.profiles.begin(), product.geometry.profiles.end());
  for (mig::GpuInstanceProfile& profile : told->profiles) {
    profile.sources = "driver";
    profile.id_confidence = profile.placement_confidence = mig::Confidence::kRecorded;
  }
  change(told->profiles);
  told->geometry.profiles = told->profiles;
  mig::Gpu gpu;
  gpu.name = std::string(product.boards.front().name);
  gpu.pci_device_id = product.boards.front().pci_device_id;
  gpu.product = &product;
  gpu.usage.memory_total_mib = product.memory_total_mib.value;
  gpu.power_limit_mw = product.power_limit_w.value * 1000;
  gpu.geometry = told;
  return gpu;
}

inline mig::Gpu told_gpu(const mig::Product& product) {
  return told_gpu(product, [](std::vector<mig::GpuInstanceProfile>&) {});
}

inline mig::Node node_with(const mig::Product& product, bool simulated) {
  mig::Node node;
  node.driver_version = std::string(product.default_driver);
  node.simulated = simulated;
  return node;
}

}  // namespace septet::cli
