#include "container/grant.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/quoted.h"
#include "publish/allocation.h"

namespace septet::container {

namespace {

struct Slice {
  const mig::Gpu* gpu = nullptr;
  const mig::GpuInstance* instance = nullptr;  // nullptr: the whole GPU
  const mig::ComputeInstance* compute = nullptr;
};

std::vector<Slice> slices_of(const mig::Gpu& gpu) {
  std::vector<Slice> found;
  for (const mig::GpuInstance& instance : gpu.instances)
    for (const mig::ComputeInstance& compute : instance.compute)
      found.push_back({&gpu, &instance, &compute});
  return found;
}

std::string index_of(const Slice& slice) {
  return slice.compute == nullptr
             ? std::to_string(slice.gpu->index)
             : fmt::format("{}:{}", slice.gpu->index, slice.compute->mig_index);
}

const std::string& uuid_of(const Slice& slice) {
  return slice.compute == nullptr ? slice.gpu->uuid : slice.compute->uuid;
}

// What may be asked for: GPUs that are not cut, and slices.
std::vector<Slice> devices_of(const mig::Node& node) {
  std::vector<Slice> found;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) continue;
    const auto slices = slices_of(gpu);
    if (gpu.mode != mig::MigMode::kOn) found.push_back({&gpu, nullptr, nullptr});
    found.insert(found.end(), slices.begin(), slices.end());
  }
  return found;
}

std::string what_there_is(const std::vector<Slice>& devices) {
  constexpr std::size_t kMostNamed = 16;
  std::vector<std::string> names;
  for (const Slice& device : devices) names.push_back(index_of(device));
  if (names.empty()) return "there is none: septet apply cuts slices, septet status shows the node";
  const bool more = names.size() > kMostNamed;
  names.resize(std::min(names.size(), kMostNamed));
  return fmt::format("this node has {}{}", fmt::join(names, ", "), more ? " ..." : "");
}

Error not_there(const mig::Node& node, const std::string& word, const std::vector<Slice>& devices) {
  for (const mig::Gpu& gpu : node.gpus) {
    if (word != std::to_string(gpu.index) && word != gpu.uuid) continue;
    if (gpu.problem)
      return {Code::kUnavailable,
              fmt::format("GPU {} does not answer: {}", gpu.index, *gpu.problem), "septet doctor",
              0, nullptr};
    return {Code::kInvalidArgument,
            fmt::format("GPU {} is cut into slices, and is no device of its own", gpu.index),
            "name a slice: " + what_there_is(devices), 0, nullptr};
  }
  return {Code::kNotFound, "there is no GPU or slice " + quoted(word), what_there_is(devices), 0,
          nullptr};
}

void add_once(std::vector<std::string>& all, const std::string& one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

Result<> add(Grant& grant, const Slice& device, const DeviceFiles& files) {
  add_once(grant.uuids, uuid_of(device));
  add_once(grant.paths, fmt::format("/dev/nvidia{}", device.gpu->minor));
  if (device.compute == nullptr) return {};
  publish::Device named;
  named.gpu_minor = device.gpu->minor;
  named.gpu_instance = device.instance->id;
  named.compute_instance = device.compute->id;
  for (const std::string& capability : publish::device_capabilities(named)) {
    const auto minor = files.cap_minor(capability);
    if (!minor)
      return fail(
          Code::kUnavailable,
          fmt::format("the driver has no capability {} for slice {}", capability, index_of(device)),
          "look for it in /proc/driver/nvidia-caps/mig-minors");
    add_once(grant.paths, fmt::format("/dev/nvidia-caps/nvidia-cap{}", *minor));
  }
  return {};
}

}  // namespace

Result<Grant> grant_of(const mig::Node& node, const std::vector<std::string>& words,
                       const DeviceFiles& files) {
  Grant grant;
  const auto devices = devices_of(node);
  for (const std::string& word : words) {
    bool found = false;
    for (const Slice& device : devices) {
      if (word != "all" && word != index_of(device) && word != uuid_of(device)) continue;
      found = true;
      TRY(add(grant, device, files));
    }
    if (!found) return std::unexpected(not_there(node, word, devices));
  }
  return grant;
}

std::vector<std::string> shared_paths(const DeviceFiles& files) {
  std::vector<std::string> found;
  for (const char* const path : {"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools",
                                 "/dev/nvidia-modeset", "/dev/nvidia-nvswitchctl"})
    if (files.there(path)) found.emplace_back(path);
  return found;
}

}  // namespace septet::container
