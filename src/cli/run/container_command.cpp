#include "cli/run/container_command.h"

#include <fmt/format.h>

#include "container/device_files.h"
#include "container/grant.h"

namespace septet::cli {

Result<std::vector<std::string>> container_command(const Globals& globals,
                                                   const ContainerWish& wish,
                                                   const partition::Lease& lease,
                                                   const std::vector<std::string>& command) {
  if (!wish.rootfs.empty() && wish.engine != "podman")
    return fail(Code::kInvalidArgument, "docker runs images, not folders",
                "--engine podman, or --container IMAGE");
  const auto driver = TRY(open_driver(globals));
  const mig::Node node = TRY(driver->observe());
  const auto files = TRY(container::DeviceFiles::read({}, node));
  const auto grant = TRY(container::grant_of(node, {lease.mig_uuid}, files));
  std::vector<std::string> words = {wish.engine, "run", "--rm"};
  for (const std::string& path : grant.paths) {
    if (!files.there(path))
      return fail(Code::kUnavailable, fmt::format("there is no {} on this host", path),
                  "nvidia-modprobe makes it, and so does the driver's own start script");
    words.push_back("--device=" + path);
  }
  const auto libraries = container::driver_files("", "", node.driver_version);
  for (const publish::CdiMount& mount : libraries.mounts)
    words.push_back(fmt::format("--volume={}:{}:ro", mount.host_path, mount.container_path));
  words.push_back("--env=CUDA_VISIBLE_DEVICES=" + lease.mig_uuid);
  words.emplace_back("--env=NVIDIA_VISIBLE_DEVICES=void");
  words.insert(words.end(), wish.options.begin(), wish.options.end());
  if (!wish.rootfs.empty()) words.emplace_back("--rootfs");
  words.push_back(wish.rootfs.empty() ? wish.image : wish.rootfs);
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace septet::cli
