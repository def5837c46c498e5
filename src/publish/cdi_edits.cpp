#include "publish/cdi_edits.h"

namespace septet::publish {

Json device_node_json(const std::string& path, const CdiContext& context) {
  std::string root = context.dev_root;
  while (root.ends_with('/')) root.pop_back();
  const std::string host = root + path;
  Json node;
  node["path"] = path;
  if (!root.empty()) node["hostPath"] = host;
  if (const auto file = context.device_file ? context.device_file(host) : std::nullopt) {
    node["type"] = "c";
    node["major"] = file->major;
    node["minor"] = file->minor;
  }
  node["permissions"] = "rw";
  return node;
}

Json mount_json(const CdiMount& mount) {
  Json one;
  one["hostPath"] = mount.host_path;
  one["containerPath"] = mount.container_path;
  one["options"] = {"ro", "nosuid", "nodev", "bind"};
  return one;
}

}  // namespace septet::publish
