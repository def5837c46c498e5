// cli/top/testing/nodes.h — for tests: nodes as a driver would tell them, by a word per instance.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/told_gpu.h"
#include "cli/top/sample.h"

namespace septet::cli::top::testing {

inline mig::Gpu cut_gpu(std::uint32_t index, std::string_view product_id = "h100-sxm5-80gb") {
  const mig::Product* product = mig::find_product(product_id);
  EXPECT_NE(product, nullptr) << product_id;
  mig::Gpu gpu = told_gpu(*product);
  gpu.index = index;
  gpu.uuid = fmt::format("GPU-{:08x}-0000-0000-0000-000000000000", index);
  gpu.mode = gpu.pending = mig::MigMode::kOn;
  gpu.usage.memory_used_mib = 1024;
  gpu.usage.ecc_uncorrected = 0;
  gpu.power_mw = 300'000;
  return gpu;
}

// One compute instance that fills it; nothing runs.
inline mig::GpuInstance& add_instance(mig::Gpu& gpu, std::string_view profile, unsigned start) {
  const auto* row = gpu.geometry->geometry.find_name(profile);
  EXPECT_NE(row, nullptr) << profile;
  mig::GpuInstance instance;
  instance.id = static_cast<std::uint32_t>(gpu.instances.size()) + 1;
  instance.profile_id = row->id;
  instance.name = std::string(profile);
  instance.at = {static_cast<std::uint8_t>(start), row->size};
  instance.usage.memory_used_mib = 0;
  instance.usage.memory_total_mib = row->memory_mib.value;
  instance.usage.sm_percent = instance.usage.memory_percent = 0;
  instance.usage.ecc_uncorrected = 0;
  mig::ComputeInstance compute;
  compute.name = instance.name;
  compute.uuid = fmt::format("MIG-{:04x}{:04x}-0000-0000-0000-000000000000", gpu.index, start);
  instance.compute.push_back(compute);
  gpu.instances.push_back(instance);
  return gpu.instances.back();
}

inline mig::Process& add_process(mig::GpuInstance& instance, std::uint32_t pid, std::string name) {
  mig::Process process;
  process.pid = pid;
  process.name = std::move(name);
  process.gpu_instance = instance.id;
  process.compute_instance = 0;
  instance.processes.push_back(process);
  return instance.processes.back();
}

inline Sample sample_of(std::vector<mig::Gpu> gpus) {
  Sample sample;
  sample.answered = true;
  sample.xids_watched = true;
  sample.node.driver_version = "580.65.06";
  sample.node.gpus = std::move(gpus);
  return sample;
}

// Seven instances on each: what a full node shows.
inline Sample full_node(unsigned gpus) {
  std::vector<mig::Gpu> all;
  for (unsigned index = 0; index < gpus; ++index) {
    all.push_back(cut_gpu(index));
    for (unsigned start = 0; start < 7; ++start) {
      mig::GpuInstance& instance = add_instance(all.back(), "1g.10gb", start);
      instance.usage.sm_percent = (index * 7 + start) % 101;
    }
  }
  return sample_of(std::move(all));
}

}  // namespace septet::cli::top::testing
