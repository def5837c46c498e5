#include "publish/allocation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/quoted.h"

namespace septet::publish {
namespace {

// Of NVIDIA's container runtime: devices named by mounts below this folder.
constexpr std::string_view kMountedDevices = "/var/run/nvidia-container-devices";
constexpr std::string_view kVisible = "NVIDIA_VISIBLE_DEVICES";
constexpr std::string_view kCdiVendor = "k8s.device-plugin.nvidia.com";
constexpr std::string_view kMpsContainerRoot = "/mps";

struct Chosen {
  std::vector<const Device*> devices;  // without replicas, in the order asked for
  std::vector<std::string> names;      // uuids or indices
};

Result<Chosen> chosen_devices(const Resource& resource, const std::vector<std::string>& ids,
                              DeviceIdStrategy strategy) {
  const std::string request = fmt::format("invalid allocation request for \"{}\"", resource.name);
  Chosen chosen;
  for (const std::string& id : ids) {
    const auto device = std::ranges::find(resource.devices, id, &Device::id);
    if (device == resource.devices.end())
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: invalid request: unknown device: {}", request, quoted(id)),
                  "the device is gone or was never here: the pod is placed again");
    const auto same = [&device](const Device* one) { return one->uuid == device->uuid; };
    if (std::ranges::none_of(chosen.devices, same)) chosen.devices.push_back(&*device);
  }
  if (resource.one_at_a_time && ids.size() > 1)
    return fail(Code::kInvalidArgument,
                fmt::format("{}: invalid request: maximum request size for shared resources is 1; "
                            "found {}",
                            request, ids.size()),
                "ask for one: more replicas of a shared device are not more of it");
  for (const Device* device : chosen.devices)
    chosen.names.push_back(strategy == DeviceIdStrategy::kUuid ? device->uuid : device->index);
  return chosen;
}

// Devices beside the GPU that all containers of this node get when they are switched on.
std::vector<std::string> extra_cdi_devices(const PluginConfig& config) {
  std::vector<std::string> extra;
  if (config.gdrcopy) extra.emplace_back("gdrcopy=all");
  if (config.gds) extra.emplace_back("gds=all");
  if (config.mofed) extra.emplace_back("mofed=all");
  for (const unsigned channel : config.imex_channels)
    extra.push_back(fmt::format("imex-channel={}", channel));
  return extra;
}

void add_cdi(const Chosen& chosen, const PluginConfig& config, const std::string& unique,
             Allocation& out) {
  std::vector<std::string> names;
  for (const std::string& name : chosen.names)
    names.push_back(fmt::format("{}/gpu={}", kCdiVendor, name));
  for (const std::string& extra : extra_cdi_devices(config))
    names.push_back(fmt::format("{}/{}", kCdiVendor, extra));
  if (names.empty()) return;
  if (config.lists.cdi_annotations) {
    const auto key = fmt::format("{}nvidia-device-plugin_{}", config.cdi_annotation_prefix, unique);
    out.annotations[key] = fmt::format("{}", fmt::join(names, ","));
  }
  if (config.lists.cdi_cri) out.cdi_devices = std::move(names);
}

// Where the control daemon of this device listens: an MPS server computes on one MIG instance only,
// so each device has a daemon of its own. The shared memory is one for all.
Result<> add_mps(const Chosen& chosen, const PluginConfig& config, Allocation& out) {
  if (chosen.devices.size() != 1) {
    return fail(Code::kInvalidArgument,
                fmt::format("a container can be a client of one MPS daemon, not of {}",
                            chosen.devices.size()),
                "ask for one, or for a larger profile");
  }
  const std::string& uuid = chosen.devices.front()->uuid;
  const std::string pipe = fmt::format("{}/{}/pipe", kMpsContainerRoot, uuid);
  out.envs["CUDA_MPS_PIPE_DIRECTORY"] = pipe;
  out.mounts.push_back({pipe, fmt::format("{}/{}/pipe", config.mps_root, uuid), false});
  out.mounts.push_back({"/dev/shm", fmt::format("{}/shm", config.mps_root), false});
  return {};
}

void add_device_mounts(const Chosen& chosen, const PluginConfig& config, Allocation& out) {
  out.envs[std::string(kVisible)] = kMountedDevices;
  const auto mount = [&out](const std::string& name) {
    out.mounts.push_back({fmt::format("{}/{}", kMountedDevices, name), "/dev/null", false});
  };
  for (const std::string& name : chosen.names) mount(name);
  for (const unsigned channel : config.imex_channels) mount(fmt::format("imex/{}", channel));
}

// "/driver" + "/dev/nvidia0"; "/" and "" add nothing.
std::string host_path(const std::string& root, const std::string& path) {
  std::string_view before = root;
  while (before.ends_with('/')) before.remove_suffix(1);
  return std::string(before) + path;
}

void add_device_nodes(const Chosen& chosen, const PluginConfig& config,
                      const AllocationContext& context, Allocation& out) {
  const std::string& root = config.dev_root.empty() ? config.driver_root : config.dev_root;
  const auto add = [&](const std::string& path) {
    const auto same = [&path](const DeviceNode& one) { return one.container_path == path; };
    if (std::ranges::none_of(out.devices, same))
      out.devices.push_back({path, host_path(root, path), "rw"});
  };
  constexpr std::array<const char*, 4> kCommon = {"/dev/nvidiactl", "/dev/nvidia-uvm",
                                                  "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"};
  for (const std::string path : kCommon)
    if (context.exists && context.exists(host_path(root, path))) add(path);
  for (const Device* device : chosen.devices) {
    add(fmt::format("/dev/nvidia{}", device->gpu_minor));
    if (!device->gpu_instance || !device->compute_instance || !context.cap_minor) continue;
    for (const std::string& capability : device_capabilities(*device))
      if (const auto minor = context.cap_minor(capability))
        add(fmt::format("/dev/nvidia-caps/nvidia-cap{}", *minor));
  }
}

}  // namespace

std::vector<std::string> device_capabilities(const Device& device) {
  if (!device.gpu_instance || !device.compute_instance) return {};
  const auto instance = fmt::format("gpu{}/gi{}", device.gpu_minor, *device.gpu_instance);
  return {instance + "/access", fmt::format("{}/ci{}/access", instance, *device.compute_instance)};
}

Result<Allocation> allocate(const Resource& resource, const std::vector<std::string>& ids,
                            const PluginConfig& config, const AllocationContext& context) {
  const Chosen chosen = TRY(chosen_devices(resource, ids, config.ids));
  Allocation out;
  if (config.lists.any_cdi()) add_cdi(chosen, config, context.unique, out);
  if (resource.sharing == SharingKind::kMps) TRY(add_mps(chosen, config, out));
  if (!config.lists.envvar && !config.lists.volume_mounts) return out;

  if (config.lists.envvar) {
    out.envs[std::string(kVisible)] = fmt::format("{}", fmt::join(chosen.names, ","));
    if (!config.imex_channels.empty())
      out.envs["NVIDIA_IMEX_CHANNELS"] = fmt::format("{}", fmt::join(config.imex_channels, ","));
  }
  if (config.lists.volume_mounts) add_device_mounts(chosen, config, out);
  if (config.pass_device_specs) add_device_nodes(chosen, config, context, out);
  if (config.gdrcopy) out.envs["NVIDIA_GDRCOPY"] = "enabled";
  if (config.gds) out.envs["NVIDIA_GDS"] = "enabled";
  if (config.mofed) out.envs["NVIDIA_MOFED"] = "enabled";
  return out;
}

}  // namespace septet::publish
