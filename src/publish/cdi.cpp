#include "publish/cdi.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/quoted.h"
#include "publish/allocation.h"
#include "publish/cdi_edits.h"

namespace septet::publish {
namespace {

constexpr std::array<const char*, 5> kSharedNodes = {"/dev/nvidiactl", "/dev/nvidia-uvm",
                                                     "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset",
                                                     "/dev/nvidia-nvswitchctl"};

// A letter or digit, then those and "_-.:", a letter or digit last.
bool is_cdi_name(std::string_view name) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto inner = [&word](char c) { return word(c) || std::string_view("_-.:").contains(c); };
  return !name.empty() && word(name.front()) && word(name.back()) &&
         std::ranges::all_of(name, inner);
}

class SpecMaker {
 public:
  SpecMaker(const mig::Node& node, const CdiContext& context)
      : node_(node), context_(context), root_(context.dev_root) {
    while (root_.ends_with('/')) root_.pop_back();
  }

  Result<Json> run() {
    for (const mig::Gpu& gpu : node_.gpus) {
      if (gpu.problem) continue;
      TRY(add_gpu(gpu));
      for (const mig::GpuInstance& instance : gpu.instances)
        for (const mig::ComputeInstance& compute : instance.compute)
          TRY(add_slice(gpu, instance, compute));
    }
    if (context_.all && !every_node_.empty()) TRY(add_device("all", every_node_));
    Json edits = shared_edits();
    Json spec;
    spec["cdiVersion"] = needs_050_ ? "0.5.0" : "0.3.0";
    spec["kind"] = context_.vendor + "/" + context_.device_class;
    spec["devices"] = std::move(devices_);
    spec["containerEdits"] = std::move(edits);
    return spec;
  }

 private:
  Json device_node(const std::string& path) {
    if (!root_.empty()) needs_050_ = true;
    return device_node_json(path, context_);
  }

  Result<> add_device(const std::string& name, const Json& nodes) {
    if (!is_cdi_name(name))
      return fail(Code::kNotSupported, "describe device " + quoted(name) + " to CDI: no CDI name",
                  "use a driver of 470 or later, whose UUIDs have no slashes");
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0) needs_050_ = true;
    Json device;
    device["name"] = name;
    device["containerEdits"]["deviceNodes"] = nodes;
    devices_.push_back(std::move(device));
    return {};
  }

  // `kind`: "gpu" or "mig", which a name by type and index begins with.
  Result<> add_names(const std::string& uuid, const std::string& kind, const std::string& index,
                     const Json& nodes) {
    if (context_.by_uuid) TRY(add_device(uuid, nodes));
    if (context_.by_index) TRY(add_device(index, nodes));
    if (context_.by_type_index) TRY(add_device(kind + index, nodes));
    for (const Json& node : nodes)
      if (std::ranges::find(every_node_, node) == every_node_.end()) every_node_.push_back(node);
    return {};
  }

  Result<> add_gpu(const mig::Gpu& gpu) {
    Json nodes = Json::array();
    nodes.push_back(device_node(fmt::format("/dev/nvidia{}", gpu.minor)));
    return add_names(gpu.uuid, "gpu", std::to_string(gpu.index), nodes);
  }

  Result<> add_slice(const mig::Gpu& gpu, const mig::GpuInstance& instance,
                     const mig::ComputeInstance& compute) {
    Device device;
    device.gpu_minor = gpu.minor;
    device.gpu_instance = instance.id;
    device.compute_instance = compute.id;
    Json nodes = Json::array();
    nodes.push_back(device_node(fmt::format("/dev/nvidia{}", gpu.minor)));
    for (const std::string& capability : device_capabilities(device)) {
      const auto minor = context_.cap_minor ? context_.cap_minor(capability) : std::nullopt;
      if (!minor)
        return fail(Code::kUnavailable,
                    fmt::format("describe slice {} to CDI: the driver has no capability {}",
                                quoted(compute.uuid), capability),
                    "look for it in /proc/driver/nvidia-caps/mig-minors, and read the node again");
      nodes.push_back(device_node(fmt::format("/dev/nvidia-caps/nvidia-cap{}", *minor)));
    }
    return add_names(compute.uuid, "mig", fmt::format("{}:{}", gpu.index, compute.mig_index),
                     nodes);
  }

  // For every device. "void": NVIDIA's older runtime hook must not add devices of its own.
  Json shared_edits() {
    Json edits;
    edits["env"] = {"NVIDIA_VISIBLE_DEVICES=void"};
    for (const std::string path : kSharedNodes)
      if (context_.device_file && context_.device_file(root_ + path))
        edits["deviceNodes"].push_back(device_node(path));
    for (const CdiMount& mount : context_.mounts) edits["mounts"].push_back(mount_json(mount));
    if (!context_.hook_path.empty() && !context_.library_folders.empty())
      edits["hooks"].push_back(linker_hook());
    return edits;
  }

  // nvidia-ctk takes "hook" before the hook's name; nvidia-cdi-hook is only hooks.
  Json linker_hook() const {
    const std::string& path = context_.hook_path;
    const std::string program = path.substr(path.rfind('/') + 1);
    Json hook;
    hook["hookName"] = "createContainer";
    hook["path"] = path;
    hook["args"] = Json::array({program});
    if (program.contains("ctk")) hook["args"].push_back("hook");
    hook["args"].push_back("update-ldcache");
    for (const std::string& folder : context_.library_folders) {
      hook["args"].push_back("--folder");
      hook["args"].push_back(folder);
    }
    return hook;
  }

  const mig::Node& node_;
  const CdiContext& context_;
  std::string root_;
  bool needs_050_ = false;
  Json devices_ = Json::array(), every_node_ = Json::array();
};

}  // namespace

Result<Json> cdi_spec(const mig::Node& node, const CdiContext& context) {
  return SpecMaker(node, context).run();
}

}  // namespace septet::publish
