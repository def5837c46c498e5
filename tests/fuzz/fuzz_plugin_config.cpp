// The device plugin's config file, variables and flags: whatever the bytes, a config that can be
// offered by, or a complaint with its place.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "publish/offer.h"
#include "publish/plugin_config.h"
#include "publish/testing/cut_gpu.h"

namespace septet::fuzz {
namespace {

std::string variable_value;
std::optional<std::string> any_variable(const char*) { return variable_value; }

void check_config(const publish::PluginConfig& config) {
  SEPTET_ASSERT(config.lists.envvar || config.lists.volume_mounts || config.lists.any_cdi());
  SEPTET_ASSERT(std::isfinite(config.label_interval_s) && config.label_interval_s >= 1.0);
  SEPTET_ASSERT(config.imex_channels.size() <= 1);
  for (const std::string& warning : config.warnings) SEPTET_ASSERT(!warning.empty());
  for (const publish::SharedResource& one : config.sharing.resources) {
    SEPTET_ASSERT(one.replicas >= 2 && one.replicas <= 1024);
    SEPTET_ASSERT(one.name.starts_with("nvidia.com/"));
  }
  SEPTET_ASSERT(config.sharing.resources.empty() ==
                (config.sharing.kind == publish::SharingKind::kNone));
  static const mig::Node kNode = publish::testing::sevenths(1);
  for (const publish::Resource& resource : publish::offer(kNode, config).resources) {
    SEPTET_ASSERT(resource.name.size() <= 63 && !resource.devices.empty());
    for (const publish::Device& device : resource.devices) SEPTET_ASSERT(device.id.size() <= 63);
  }
}

void check_complaint(const Error& error) {
  SEPTET_ASSERT(error.code == Code::kInvalidArgument && !error.what.empty());
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const std::string text(reinterpret_cast<const char*>(data), size);
  publish::PluginConfig config;
  if (const auto document = parse_yaml("fuzz.yaml", text)) {
    const auto read = publish::read_plugin_config(*document, config);
    if (!read) fuzz::check_complaint(read.error());
    if (!read) SEPTET_ASSERT(read.error().what.starts_with("fuzz.yaml:"));
    fuzz::check_config(config);
  }
  fuzz::variable_value = text;
  if (const auto read = publish::read_plugin_environment(fuzz::any_variable, config); !read)
    fuzz::check_complaint(read.error());
  for (const publish::PluginFlag& flag : publish::plugin_flags()) {
    publish::PluginConfig by_flag;
    const auto known = publish::read_plugin_flag(flag.names.back(), text, by_flag);
    if (!known) fuzz::check_complaint(known.error());
    fuzz::check_config(by_flag);
  }
  return 0;
}
