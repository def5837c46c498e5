#include "container/oci_hook.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/quoted.h"
#include "base/yaml.h"
#include "container/device_cgroup.h"
#include "container/grant.h"
#include "container/hook_request.h"
#include "container/rootfs.h"
#include "driver/nvml/nvml_driver.h"
#include "partition/lease.h"
#include "partition/node_journal.h"

namespace septet::container {

namespace {

namespace fs = std::filesystem;

Result<std::string> read_config(const std::string& bundle) {
  const std::string path = bundle + "/config.json";
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string block(1 << 16, '\0');
  while (file && text.size() <= kMostConfigBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (file.eof() || text.size() > kMostConfigBytes) return text;
  return fail(Code::kUnavailable, "cannot read " + quoted(path), "is this a container's bundle?");
}

// Somebody computes on it, or a `septet run` has it.
Result<> check_free(const mig::Node& node, const Grant& grant, bool exclusive) {
  mig::Node watched = node;
  if (!exclusive)
    for (mig::Gpu& gpu : watched.gpus)
      for (mig::GpuInstance& instance : gpu.instances) instance.processes.clear();
  const std::string folder = TRY(partition::journal_folder_of(node));
  partition::add_lease_holders(watched, TRY(partition::live_leases(folder)));
  for (const mig::Gpu& gpu : watched.gpus)
    for (const mig::GpuInstance& instance : gpu.instances)
      for (const mig::ComputeInstance& compute : instance.compute) {
        const bool asked = std::ranges::find(grant.uuids, compute.uuid) != grant.uuids.end();
        if (!asked || !plan::in_use(instance)) continue;
        return fail(Code::kBusy,
                    fmt::format("slice {}:{} ({}) is held by {}", gpu.index, compute.mig_index,
                                instance.name, plan::who(instance.processes)),
                    "name another slice, or wait for it to end: septet status");
      }
  return {};
}

struct Made {
  std::string path;
  publish::DeviceFile numbers;
};

Result<std::vector<Made>> numbers_of(const Grant& grant, const HookRequest& request,
                                     const DeviceFiles& files) {
  std::vector<std::string> paths = grant.paths;
  for (const std::string& cap : request.caps) {
    const auto minor = files.cap_minor(cap);
    if (!minor)
      return fail(Code::kUnavailable, "the driver has no capability " + quoted(cap),
                  "is MIG supported by this driver?");
    paths.push_back(fmt::format("/dev/nvidia-caps/nvidia-cap{}", *minor));
  }
  for (const std::string& path : shared_paths(files)) paths.push_back(path);
  std::vector<Made> made;
  for (const std::string& path : paths) {
    const auto numbers = files.device_file(path);
    if (!numbers)
      return fail(Code::kUnavailable, fmt::format("there is no {} on this host", path),
                  "is the driver's kernel module loaded? nvidia-modprobe makes its device files");
    made.push_back({path, *numbers});
  }
  return made;
}

}  // namespace

Result<HookSettings> read_hook_settings(const std::string& path) {
  HookSettings settings;
  std::error_code failed;
  if (fs::status(path, failed).type() == fs::file_type::not_found) return settings;
  const auto document = TRY(read_yaml_file(path));
  const YAML::Node& root = document.root;
  if (root.IsNull()) return settings;
  TRY(check_keys(document, root, {"driver", "simulated", "exclusive", "driver-root"}));
  const std::pair<const char*, std::string*> texts[] = {{"driver", &settings.driver},
                                                        {"simulated", &settings.simulated},
                                                        {"driver-root", &settings.driver_root}};
  for (const auto& [key, text] : texts)
    if (const YAML::Node value = root[key]) *text = TRY(as_text(document, value, key));
  if (const YAML::Node value = root["exclusive"])
    settings.exclusive = TRY(as_bool(document, value, "exclusive"));
  return settings;
}

Result<> run_oci_hook(std::string_view state_text, const HookSettings& settings) {
  const OciState state = TRY(parse_oci_state(state_text));
  const std::string config_text = TRY(read_config(state.bundle));
  const OciConfig config = TRY(parse_oci_config(config_text));
  const HookRequest request = TRY(hook_request(config));
  if (!request.anything) return {};
  const auto driver = TRY(driver::open_nvml_driver(settings.driver, settings.simulated));
  const mig::Node node = TRY(driver->observe());
  const DeviceFiles files = TRY(DeviceFiles::read({}, node));
  const Grant grant = TRY(grant_of(node, request.devices, files));
  TRY(check_free(node, grant, settings.exclusive));
  const auto made = TRY(numbers_of(grant, request, files));
  const DeviceCgroup group = TRY(DeviceCgroup::of(state.pid));
  const std::string root =
      config.root.starts_with('/') ? config.root : state.bundle + "/" + config.root;
  const Rootfs rootfs = TRY(Rootfs::open(state.pid, root));
  for (const Made& one : made) {
    TRY(rootfs.make_node(one.path, one.numbers));
    TRY(group.allow(one.numbers));
  }
  return rootfs.show(
      driver_files(settings.driver_root, settings.driver_root, node.driver_version).mounts);
}

}  // namespace septet::container
