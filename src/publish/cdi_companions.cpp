#include "publish/cdi_companions.h"

#include <fmt/format.h>

#include "publish/cdi_edits.h"

namespace septet::publish {

namespace {

CompanionSpec spec_of(const std::string& device_class, const CdiContext& context, Json devices) {
  const bool named_by_number = devices[0]["name"] != "all";
  Json spec;
  spec["cdiVersion"] = named_by_number || !context.dev_root.empty() ? "0.5.0" : "0.3.0";
  spec["kind"] = context.vendor + "/" + device_class;
  spec["devices"] = std::move(devices);
  return {device_class, std::move(spec)};
}

Json device_of(const std::string& name, const std::vector<std::string>& paths,
               const CdiContext& context) {
  Json device;
  device["name"] = name;
  for (const std::string& path : paths)
    device["containerEdits"]["deviceNodes"].push_back(device_node_json(path, context));
  return device;
}

}  // namespace

std::vector<CompanionSpec> companion_specs(const CompanionNodes& nodes, const CdiContext& context) {
  std::vector<CompanionSpec> specs;
  const auto add = [&](const char* device_class, const std::vector<std::string>& paths,
                       const std::vector<CdiMount>& mounts) {
    if (paths.empty()) return;
    Json device = device_of("all", paths, context);
    for (const CdiMount& mount : mounts)
      device["containerEdits"]["mounts"].push_back(mount_json(mount));
    specs.push_back(spec_of(device_class, context, Json::array({std::move(device)})));
  };
  add("gdrcopy", nodes.gdrcopy, {});
  add("gds", nodes.gds, nodes.gds_mounts);
  add("mofed", nodes.mofed, {});
  if (nodes.imex_channels.empty()) return specs;
  Json devices = Json::array();
  for (const unsigned channel : nodes.imex_channels)
    devices.push_back(device_of(std::to_string(channel),
                                {fmt::format("/dev/nvidia-caps-imex-channels/channel{}", channel)},
                                context));
  specs.push_back(spec_of("imex-channel", context, std::move(devices)));
  return specs;
}

}  // namespace septet::publish
