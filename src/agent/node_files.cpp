#include "agent/node_files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/replace_file.h"
#include "container/device_files.h"
#include "publish/cdi.h"

namespace septet::agent {

namespace {

std::optional<publish::DeviceFile> device_file(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0 || !S_ISCHR(found.st_mode)) return std::nullopt;
  return publish::DeviceFile{major(found.st_rdev), minor(found.st_rdev)};
}

Result<> make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!failed) return {};
  return fail(Code::kNoPermission,
              fmt::format("cannot make {}: {}", folder.string(), failed.message()),
              "is it mounted into the agent's container?");
}

bool hooks_disabled(const publish::PluginConfig& config) {
  return std::ranges::any_of(config.cdi_disabled_hooks, [](const std::string& name) {
    return name == "all" || name == "update-ldcache";
  });
}

}  // namespace

std::string NodeFiles::cdi_path() const {
  return options_.cdi_root + "/k8s.device-plugin.nvidia.com-gpu.json";
}

std::shared_ptr<const NodeFiles::Capabilities> NodeFiles::capabilities() {
  if (capabilities_ && !capabilities_->empty()) return capabilities_;
  Capabilities read;
  std::ifstream file(options_.mig_minors);
  std::string name;
  unsigned number = 0;
  while (file >> name >> number) read[name] = number;
  capabilities_ = std::make_shared<const Capabilities>(std::move(read));
  return capabilities_;
}

Result<> NodeFiles::write_cdi(const mig::Node& node) {
  if (!options_.plugin.lists.any_cdi()) return {};
  publish::CdiContext context;
  context.dev_root = options_.plugin.dev_root;
  context.cap_minor =
      [known = capabilities()](const std::string& capability) -> std::optional<unsigned> {
    const auto found = known->find(capability);
    return found == known->end() ? std::nullopt : std::optional(found->second);
  };
  context.device_file = device_file;
  const auto driver = container::driver_files(options_.plugin.container_driver_root,
                                              options_.plugin.driver_root, node.driver_version);
  context.mounts = driver.mounts;
  context.library_folders = driver.library_folders;
  if (!hooks_disabled(options_.plugin)) context.hook_path = options_.plugin.cdi_hook_path;
  context.by_index = options_.plugin.ids == publish::DeviceIdStrategy::kIndex;
  const Json spec = TRY(publish::cdi_spec(node, context));
  TRY(write_file(cdi_path(), to_text(spec)));
  return write_companions(context);
}

Result<> NodeFiles::write_file(const std::string& path, const std::string& text) {
  std::string& written = written_[path];
  std::error_code failed;
  if (written == text && std::filesystem::exists(path, failed)) return {};
  TRY(make_folder(options_.cdi_root));
  TRY(replace_file(path, text));
  written = text;
  return {};
}

// Those that the settings name to the runtime. One that this host does not have is an error: a
// container that is promised it would not start.
Result<> NodeFiles::write_companions(const publish::CdiContext& context) {
  const publish::PluginConfig& config = options_.plugin;
  std::vector<std::string> promised;
  for (const auto& [asked, name] : {std::pair(config.gdrcopy, "gdrcopy"),
                                    {config.gds, "gds"},
                                    {config.mofed, "mofed"},
                                    {!config.imex_channels.empty(), "imex-channel"}})
    if (asked) promised.emplace_back(name);
  if (promised.empty()) return {};
  const auto nodes = container::companion_nodes({config.dev_root, "/proc", "", ""});
  const auto specs = publish::companion_specs(nodes, context);
  for (const std::string& name : promised) {
    const auto found = std::ranges::find(specs, name, &publish::CompanionSpec::device_class);
    if (found == specs.end())
      return fail(Code::kNotFound, name + " is asked for, and this host has no such device file",
                  "load its kernel module, or leave the setting out");
    TRY(write_file(options_.cdi_root + "/" + context.vendor + "-" + name + ".json",
                   to_text(found->spec)));
  }
  return {};
}

Result<> NodeFiles::write_labels(const publish::Labels& labels) {
  const std::string& path = options_.plugin.label_file;
  const std::string text = publish::label_file_text(labels);
  std::string& written = written_[path];
  if (written == text) return {};
  TRY(make_folder(std::filesystem::path(path).parent_path()));
  TRY(replace_file(path, text));
  written = text;
  return {};
}

std::string machine_type(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  return text;
}

}  // namespace septet::agent
