#include "agent/pod_holders.h"

#include <fmt/format.h>

namespace septet::agent {

namespace {

mig::Process pod_process(const kube::HeldDevice& held) {
  mig::Process process;
  process.name = fmt::format("pod {}/{}", held.name_space, held.pod);
  return process;
}

void hold_slice(mig::Gpu& gpu, const kube::HeldDevice& held, std::string_view name) {
  for (mig::GpuInstance& instance : gpu.instances) {
    for (const mig::ComputeInstance& compute : instance.compute) {
      if (compute.uuid != name && fmt::format("{}:{}", gpu.index, compute.mig_index) != name)
        continue;
      mig::Process process = pod_process(held);
      process.gpu_instance = instance.id;
      process.compute_instance = compute.id;
      instance.processes.push_back(process);
      gpu.processes.push_back(std::move(process));
    }
  }
}

}  // namespace

std::string_view without_replica(std::string_view device_id) {
  return device_id.substr(0, device_id.find("::"));
}

mig::Node with_pod_holders(mig::Node node, const std::vector<kube::HeldDevice>& held) {
  for (const kube::HeldDevice& one : held) {
    const std::string_view name = without_replica(one.id);
    for (mig::Gpu& gpu : node.gpus) {
      if (gpu.uuid == name || std::to_string(gpu.index) == name) {
        gpu.processes.push_back(pod_process(one));
      } else {
        hold_slice(gpu, one, name);
      }
    }
  }
  return node;
}

}  // namespace septet::agent
