#include "container/device_files.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/quoted.h"

namespace septet::container {

namespace {

namespace fs = std::filesystem;

// As the simulated node's own /proc/devices has them (cli/sim/companion_files.cpp).
constexpr unsigned kSimulatedGpuMajor = 195, kSimulatedCapsMajor = 508;

std::optional<publish::DeviceFile> file_in_dev(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0 || !S_ISCHR(found.st_mode)) return std::nullopt;
  return publish::DeviceFile{major(found.st_rdev), minor(found.st_rdev)};
}

// The number after `prefix`, if nothing follows it.
std::optional<unsigned> number_after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool absent(const std::string& path) {
  std::error_code failed;
  return fs::status(path, failed).type() == fs::file_type::not_found;
}

std::unexpected<Error> unreadable(const std::string& path) {
  return fail(Code::kUnavailable, "cannot read " + quoted(path),
              "is it there, and may it be read?");
}

// "Character devices:", then lines of a number and a name, then an empty line.
Result<std::map<std::string, unsigned>> read_majors(const std::string& path) {
  std::map<std::string, unsigned> read;
  if (absent(path)) return read;
  std::ifstream file(path);
  if (!file) return unreadable(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line) && !line.empty()) {
    const auto name = line.rfind(' ');
    if (name == std::string::npos) continue;
    const auto number = line.find_first_not_of(' ');
    if (const auto major = number_after(line.substr(number, name - number), ""))
      read.emplace(line.substr(name + 1), *major);
  }
  return read;
}

std::optional<unsigned> either(const std::map<std::string, unsigned>& majors, const char* first,
                               const char* second) {
  for (const char* const name : {first, second})
    if (const auto found = majors.find(name); found != majors.end()) return found->second;
  return std::nullopt;
}

std::vector<std::string> devices_in(const std::string& root, const std::string& folder,
                                    std::string_view prefix) {
  std::vector<std::string> found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root + folder, failed)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(prefix) && file_in_dev(entry.path())) found.push_back(folder + "/" + name);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

Result<publish::CapabilityMinors> capability_minors(const HostPaths& paths, const mig::Node& node) {
  const std::string path = paths.proc + "/driver/nvidia-caps/mig-minors";
  if (absent(path))
    return node.simulated ? publish::simulated_capability_minors(node)
                          : publish::CapabilityMinors();
  std::ifstream file(path);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file) return unreadable(path);
  return publish::parse_capability_minors(text.str());
}

Result<DeviceFiles> DeviceFiles::read(const HostPaths& paths, const mig::Node& node) {
  DeviceFiles files;
  files.paths_ = paths;
  files.capabilities_ = TRY(capability_minors(paths, node));
  const auto majors = TRY(read_majors(paths.proc + "/devices"));
  files.gpu_major_ = either(majors, "nvidia-frontend", "nvidia");
  files.caps_major_ = either(majors, "nvidia-caps", "nvidia-caps");
  if (!node.simulated) return files;
  if (!files.gpu_major_) files.gpu_major_ = kSimulatedGpuMajor;
  if (!files.caps_major_) files.caps_major_ = kSimulatedCapsMajor;
  return files;
}

std::optional<unsigned> DeviceFiles::cap_minor(const std::string& capability) const {
  const auto found = capabilities_.find(capability);
  if (found == capabilities_.end()) return std::nullopt;
  return found->second;
}

bool DeviceFiles::there(const std::string& path) const {
  return file_in_dev(paths_.root + path).has_value();
}

std::optional<publish::DeviceFile> DeviceFiles::device_file(const std::string& path) const {
  if (const auto found = file_in_dev(paths_.root + path)) return found;
  if (const auto number = number_after(path, "/dev/nvidia"); number && gpu_major_)
    return publish::DeviceFile{*gpu_major_, *number};
  if (const auto number = number_after(path, "/dev/nvidia-caps/nvidia-cap"); number && caps_major_)
    return publish::DeviceFile{*caps_major_, *number};
  return std::nullopt;
}

DriverFiles driver_files(const std::string& driver_root, const std::string& host_driver_root,
                         const std::string& version) {
  DriverFiles files;
  const std::string host_root = host_driver_root == "/" ? "" : host_driver_root;
  const auto add = [&](const std::string& path) {
    files.mounts.push_back({host_root + path, path});
  };
  for (const char* const folder :
       {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"}) {
    std::vector<std::string> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(driver_root + folder, failed)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("lib") && name.ends_with(".so." + version)) found.push_back(name);
    }
    if (found.empty()) continue;
    std::ranges::sort(found);
    for (const std::string& name : found) add(std::string(folder) + "/" + name);
    files.library_folders.emplace_back(folder);
  }
  for (const char* const program :
       {"/usr/bin/nvidia-smi", "/usr/bin/nvidia-debugdump", "/usr/bin/nvidia-cuda-mps-control",
        "/usr/bin/nvidia-cuda-mps-server"}) {
    std::error_code failed;
    if (fs::exists(driver_root + program, failed)) add(program);
  }
  return files;
}

publish::CompanionNodes companion_nodes(const HostPaths& paths) {
  publish::CompanionNodes nodes;
  const std::string& root = paths.root;
  nodes.gdrcopy = devices_in(root, "/dev", "gdrdrv");
  nodes.gds = devices_in(root, "/dev", "nvidia-fs");
  nodes.mofed = devices_in(root, "/dev/infiniband", "uverbs");
  if (file_in_dev(root + "/dev/infiniband/rdma_cm"))
    nodes.mofed.emplace_back("/dev/infiniband/rdma_cm");
  for (const std::string& path : devices_in(root, "/dev/nvidia-caps-imex-channels", "channel"))
    if (const auto channel = number_after(path, "/dev/nvidia-caps-imex-channels/channel"))
      nodes.imex_channels.push_back(*channel);
  std::ranges::sort(nodes.imex_channels);
  std::error_code failed;
  for (const char* const path : {"/etc/cufile.json", "/run/udev"})
    if (fs::exists(root + path, failed)) nodes.gds_mounts.push_back({root + path, path});
  return nodes;
}

}  // namespace septet::container
