#include "container/device_cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "base/quoted.h"

namespace septet::container {

namespace {

std::vector<std::string_view> parts(std::string_view text, char between) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto at = text.find(between);
    found.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return found;
    text.remove_prefix(at + 1);
  }
}

bool names_devices(std::string_view list) {
  const auto names = parts(list, ',');
  return std::ranges::find(names, "devices") != names.end();
}

Result<std::string> file_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (file && !text.fail()) return text.str();
  return fail(Code::kUnavailable, "cannot read " + quoted(path), "does the container still run?");
}

// Where the devices hierarchy is mounted, and which group of it that mount shows as its root.
struct Hierarchy {
  std::string mount_point, root;
};
std::optional<Hierarchy> hierarchy_in(std::string_view mountinfo) {
  for (const auto line : parts(mountinfo, '\n')) {
    const auto dash = line.find(" - cgroup ");
    if (dash == std::string_view::npos) continue;
    const auto options = parts(line.substr(dash + 3), ' ');
    const auto fields = parts(line.substr(0, dash), ' ');
    if (options.size() >= 3 && fields.size() >= 5 && names_devices(options[2]))
      return Hierarchy{std::string(fields[4]), std::string(fields[3])};
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> devices_folder(std::string_view cgroup, std::string_view mountinfo) {
  std::optional<std::string> group;
  for (const auto line : parts(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second != std::string_view::npos &&
        names_devices(line.substr(first + 1, second - first - 1)))
      group = std::string(line.substr(second + 1));
  }
  const auto hierarchy = hierarchy_in(mountinfo);
  if (!group || !hierarchy)
    return fail(
        Code::kNotSupported,
        "this host keeps its devices group by version 2 of control groups, to which a hook "
        "cannot add a device",
        "use CDI: septet publish cdi --output /etc/cdi/, and docker (25 or later) or podman "
        "run --device nvidia.com/gpu=0:1");
  std::string below = *group;
  if (hierarchy->root != "/") {
    if (!below.starts_with(hierarchy->root))
      return fail(
          Code::kUnavailable,
          "the container's devices group " + quoted(below) + " is not below what is mounted here",
          "run the runtime in the host's control group namespace");
    below.erase(0, hierarchy->root.size());
  }
  const auto steps = parts(below, '/');
  if (std::ranges::find(steps, "..") != steps.end())
    return fail(Code::kUnavailable,
                "the container's devices group " + quoted(below) + " is out of sight",
                "run the runtime in the host's control group namespace");
  return hierarchy->mount_point + below;
}

Result<DeviceCgroup> DeviceCgroup::of(int pid) {
  const std::string cgroup = TRY(file_text(fmt::format("/proc/{}/cgroup", pid)));
  const std::string mountinfo = TRY(file_text("/proc/self/mountinfo"));
  return DeviceCgroup(TRY(devices_folder(cgroup, mountinfo)));
}

Result<> DeviceCgroup::allow(publish::DeviceFile numbers) const {
  const std::string path = folder_ + "/devices.allow";
  const std::string line = fmt::format("c {}:{} rw", numbers.major, numbers.minor);
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done =
      file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int error = errno;
  if (file >= 0) close(file);
  if (done) return {};
  return fail(
      error == EACCES || error == EPERM ? Code::kNoPermission : Code::kUnavailable,
      fmt::format("cannot allow {} in {}: {}", line, path, std::generic_category().message(error)),
      "may the runtime's parent group open it?");
}

}  // namespace septet::container
