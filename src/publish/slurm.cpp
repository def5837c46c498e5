#include "publish/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/quoted.h"
#include "publish/allocation.h"

namespace septet::publish {
namespace {

// As the plugin writes a GPU's name: lower case, spaces as '_', nothing from the first '-' on.
std::string plugin_name(std::string_view board) {
  std::string name;
  for (const char c : board.substr(0, board.find('-')))
    name += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string slice_suffix(const mig::ComputeInstance& compute) {
  if (!compute.attributes) return compute.name;
  const auto gib = (compute.attributes->memory_mib + 512) / 1024;
  return fmt::format("{}g.{}gb", compute.attributes->gpu_slices, gib);
}

class DeviceLister {
 public:
  DeviceLister(const mig::Node& node, const CapabilityMinors& minors)
      : node_(node), minors_(minors) {}

  Result<SlurmDevices> run() {
    for (const mig::Gpu& gpu : node_.gpus) TRY(add_gpu(gpu));
    note_mixture();
    return std::move(found_);
  }

 private:
  Result<> add_gpu(const mig::Gpu& gpu) {
    if (gpu.problem) {
      found_.left_out.push_back(fmt::format("GPU {} cannot be read ({})", gpu.index, *gpu.problem));
      return {};
    }
    if (gpu.mode != mig::MigMode::kOn) {
      add_whole(gpu);
      return {};
    }
    const std::size_t before = found_.devices.size();
    for (const mig::GpuInstance* instance : by_place(gpu))
      for (const mig::ComputeInstance& compute : instance->compute)
        TRY(add_slice(gpu, *instance, compute));
    if (found_.devices.size() != before) return {};
    found_.left_out.push_back(fmt::format("GPU {} has MIG on and no slice", gpu.index));
    found_.traps.push_back(fmt::format(
        "GPU {} has MIG on with nothing in it: with AutoDetect=nvml slurmd 22.05 does not start; "
        "cut it, or switch MIG off",
        gpu.index));
    return {};
  }

  static std::vector<const mig::GpuInstance*> by_place(const mig::Gpu& gpu) {
    std::vector<const mig::GpuInstance*> sorted;
    for (const mig::GpuInstance& instance : gpu.instances) sorted.push_back(&instance);
    std::ranges::sort(sorted, {}, [](const mig::GpuInstance* one) { return one->at.start; });
    return sorted;
  }

  void add_whole(const mig::Gpu& gpu) {
    SlurmDevice device;
    device.type = device.detected_type = plugin_name(gpu.name);
    device.files = {fmt::format("/dev/nvidia{}", gpu.minor)};
    device.uuid = gpu.uuid;
    device.gpu = gpu.index;
    found_.devices.push_back(std::move(device));
  }

  Result<> add_slice(const mig::Gpu& gpu, const mig::GpuInstance& instance,
                     const mig::ComputeInstance& compute) {
    SlurmDevice device;
    device.type = compute.name;
    device.detected_type = plugin_name(gpu.name) + "_" + slice_suffix(compute);
    device.files = {fmt::format("/dev/nvidia{}", gpu.minor)};
    Device named;
    named.gpu_minor = gpu.minor;
    named.gpu_instance = instance.id;
    named.compute_instance = compute.id;
    for (const std::string& capability : device_capabilities(named)) {
      const auto minor = minors_.find(capability);
      if (minor == minors_.end())
        return fail(Code::kUnavailable,
                    fmt::format("describe slice {} to Slurm: the driver has no capability {}",
                                quoted(compute.uuid), capability),
                    "look for it in /proc/driver/nvidia-caps/mig-minors; with a simulated node, "
                    "run this below septet sim run --");
      device.files.push_back(fmt::format("/dev/nvidia-caps/nvidia-cap{}", minor->second));
    }
    device.uuid = compute.uuid;
    device.gpu = gpu.index;
    device.gpu_instance = instance.id;
    device.profile = instance.name;
    device.at = instance.at;
    found_.devices.push_back(std::move(device));
    return {};
  }

  void note_mixture() {
    const auto whole = [](const SlurmDevice& device) { return !device.gpu_instance; };
    const bool any_whole = std::ranges::any_of(found_.devices, whole);
    if (!any_whole || std::ranges::all_of(found_.devices, whole)) return;
    found_.traps.emplace_back(
        "whole GPUs beside slices: without ConstrainDevices=yes in cgroup.conf Slurm gives a job "
        "with a whole GPU its position in the list, which need not be its number");
  }

  const mig::Node& node_;
  const CapabilityMinors& minors_;
  SlurmDevices found_;
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

}  // namespace

Result<SlurmDevices> slurm_devices(const mig::Node& node, const CapabilityMinors& minors) {
  return DeviceLister(node, minors).run();
}

std::string slurm_gres(const std::vector<SlurmDevice>& devices, Detection detection) {
  std::vector<std::pair<std::string, unsigned>> counts;
  for (const SlurmDevice& device : devices) {
    const std::string& type = detection == Detection::kNvml ? device.detected_type : device.type;
    const auto known = std::ranges::find(counts, type, &std::pair<std::string, unsigned>::first);
    if (known == counts.end()) {
      counts.emplace_back(type, 1);
    } else {
      ++known->second;
    }
  }
  std::vector<std::string> words;
  for (const auto& [type, count] : counts) words.push_back(fmt::format("gpu:{}:{}", type, count));
  return joined(words);
}

std::string gres_conf(const std::string& node_name, const SlurmDevices& of, Detection detection) {
  std::string text;
  for (const std::string& reason : of.left_out) text += fmt::format("# left out: {}\n", reason);
  for (const std::string& trap : of.traps) text += fmt::format("# note: {}\n", trap);
  if (detection == Detection::kNvml)
    return text + fmt::format("NodeName={} AutoDetect=nvml\n", node_name);
  text += fmt::format("NodeName={} AutoDetect=off\n", node_name);
  for (const SlurmDevice& device : of.devices) {
    text += fmt::format("NodeName={} Name=gpu Type={} {}={}\n", node_name, device.type,
                        device.files.size() == 1 ? "File" : "MultipleFiles", joined(device.files));
  }
  return text;
}

std::string slurm_conf_lines(const std::string& node_name, const SlurmDevices& of,
                             Detection detection) {
  const std::string gres = slurm_gres(of.devices, detection);
  if (gres.empty()) return fmt::format("# {} has no device to offer\n", node_name);
  return fmt::format("GresTypes=gpu\nNodeName={} Gres={}\n", node_name, gres);
}

std::string cgroup_conf() {
  return "# Without this a job may open every GPU and slice of its node.\n"
         "ConstrainDevices=yes\n"
         "# and in slurm.conf: TaskPlugin=task/cgroup, ProctrackType=proctrack/cgroup\n";
}

}  // namespace septet::publish
