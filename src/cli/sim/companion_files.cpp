#include "cli/sim/companion_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "driver/simulated/machine.h"
#include "mig/identity.h"

namespace septet::cli::sim {

namespace fs = std::filesystem;
namespace simulated = driver::simulated;

namespace {

// Character device major of nvidia-caps: assigned at module load; 508 as in the recorded listing.
constexpr unsigned kCapsMajor = 508;

Result<> write_file(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return {};
  return fail(Code::kUnavailable, fmt::format("cannot write {}", path.string()),
              "is the disk full?");
}

std::string contents(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The kernel's text of a capability file (recorded: golden caps.proc.txt).
std::string capability(unsigned minor, unsigned mode) {
  return fmt::format("DeviceFileMinor: {}\nDeviceFileMode: {}\nDeviceFileModify: 1\n", minor, mode);
}

std::string mig_minors() {
  std::string out =
      fmt::format("config {}\nmonitor {}\n", mig::kConfigCapMinor, mig::kMonitorCapMinor);
  for (unsigned gpu = 0; gpu < simulated::kMaxGpus; ++gpu) {
    for (unsigned gi = 0; gi < simulated::kMaxGpuInstances; ++gi) {
      out += fmt::format("gpu{}/gi{}/access {}\n", gpu, gi, mig::gpu_instance_cap_minor(gpu, gi));
      for (unsigned ci = 0; ci < simulated::kMaxComputeInstances; ++ci) {
        out += fmt::format("gpu{}/gi{}/ci{}/access {}\n", gpu, gi, ci,
                           mig::compute_instance_cap_minor(gpu, gi, ci));
      }
    }
  }
  return out;
}

std::string devices() {
  const std::string lines = fmt::format("195 nvidia-frontend\n{} nvidia-caps\n", kCapsMajor);
  std::string text = contents("/proc/devices");
  const auto block = text.find("\nBlock devices:");
  if (block == std::string::npos) return "Character devices:\n" + lines + "\nBlock devices:\n";
  return text.substr(0, block) + lines + text.substr(block);
}

std::string bdf(const simulated::GpuState& gpu) {
  return fmt::format("{:04x}:{:02x}:{:02x}.0", gpu.pci_domain, gpu.pci_bus, gpu.pci_device);
}

// The 64-byte header of a type 0 configuration space: ids, 3D controller class, nothing else.
std::string config_space(const simulated::GpuState& gpu) {
  std::string bytes(256, '\0');
  const auto put16 = [&bytes](std::size_t at, unsigned value) {
    bytes[at] = static_cast<char>(value & 0xff);
    bytes[at + 1] = static_cast<char>((value >> 8) & 0xff);
  };
  put16(0x00, gpu.pci_device_id & 0xffff);
  put16(0x02, gpu.pci_device_id >> 16);
  put16(0x04, 0x0406);  // memory space, bus master, interrupt disable
  put16(0x06, 0x0010);  // has capabilities
  bytes[0x08] = static_cast<char>(0xa1);
  bytes[0x0a] = 0x02;  // subclass: 3D controller
  bytes[0x0b] = 0x03;  // class: display
  put16(0x2c, gpu.pci_device_id & 0xffff);
  return bytes;
}

std::string resources() {
  std::string out;
  for (int line = 0; line < 13; ++line) {
    out += line == 0   ? "0x00000000e0000000 0x00000000e0ffffff 0x0000000000040200\n"
           : line == 1 ? "0x0000100000000000 0x0000101fffffffff 0x000000000014220c\n"
                       : "0x0000000000000000 0x0000000000000000 0x0000000000000000\n";
  }
  return out;
}

Result<> write_pci(const simulated::NodeState& node, const fs::path& root) {
  std::error_code failed;
  fs::create_directories(root, failed);
  // The machine's own devices stay visible: their entries are links relative to this very folder.
  for (const auto& entry : fs::directory_iterator("/sys/bus/pci/devices", failed)) {
    const auto target = fs::read_symlink(entry.path(), failed);
    if (!failed) fs::create_symlink(target, root / entry.path().filename(), failed);
  }
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    const auto& gpu = node.gpus[i];
    const fs::path device = root / bdf(gpu);
    TRY(write_file(device / "vendor", "0x10de\n"));
    TRY(write_file(device / "class", "0x030200\n"));
    TRY(write_file(device / "device", fmt::format("0x{:04x}\n", gpu.pci_device_id >> 16)));
    TRY(write_file(device / "subsystem_vendor", "0x10de\n"));
    TRY(write_file(device / "subsystem_device",
                   fmt::format("0x{:04x}\n", gpu.pci_device_id >> 16)));
    TRY(write_file(device / "numa_node", fmt::format("{}\n", gpu.numa_node)));
    TRY(write_file(device / "resource", resources()));
    TRY(write_file(device / "config", config_space(gpu)));
    fs::create_directory_symlink("/sys/bus/pci/drivers/nvidia", device / "driver", failed);
  }
  return {};
}

Result<> write_gpu_information(const simulated::NodeState& node, const fs::path& nvidia) {
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    const auto& gpu = node.gpus[i];
    const std::string text = fmt::format(
        "Model: \t\t {}\nGPU UUID: \t GPU-{}\nBus Type: \t PCIe\nBus Location: \t {}\nDevice "
        "Minor: \t {}\n",
        gpu.name, mig::uuid_text(gpu.uuid), bdf(gpu), gpu.minor);
    TRY(write_file(nvidia / "gpus" / bdf(gpu) / "information", text));
  }
  return {};
}

// Capability files that ought to be there for the instances of the node, relative to capabilities/.
std::set<std::pair<std::string, unsigned>> wanted_capabilities(const simulated::NodeState& node) {
  std::set<std::pair<std::string, unsigned>> wanted;
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    const auto& gpu = node.gpus[i];
    for (unsigned gi = 0; gi < simulated::kMaxGpuInstances; ++gi) {
      if (gpu.instances[gi].stamp == 0) continue;
      const std::string base = fmt::format("gpu{}/mig/gi{}", gpu.minor, gi);
      wanted.emplace(base + "/access", mig::gpu_instance_cap_minor(gpu.minor, gi));
      for (unsigned ci = 0; ci < simulated::kMaxComputeInstances; ++ci) {
        if (gpu.instances[gi].compute[ci].stamp == 0) continue;
        wanted.emplace(fmt::format("{}/ci{}/access", base, ci),
                       mig::compute_instance_cap_minor(gpu.minor, gi, ci));
      }
    }
  }
  return wanted;
}

}  // namespace

Result<> update_capabilities(const simulated::NodeState& node, const fs::path& root) {
  const fs::path capabilities = root / "driver/nvidia/capabilities";
  const auto wanted = wanted_capabilities(node);
  for (const auto& [name, minor] : wanted) {
    if (!fs::exists(capabilities / name))
      TRY(write_file(capabilities / name, capability(minor, 256)));
  }
  std::error_code failed;
  std::vector<fs::path> stale;
  for (const auto& entry : fs::recursive_directory_iterator(capabilities, failed)) {
    if (!entry.is_regular_file(failed)) continue;
    const std::string name = fs::relative(entry.path(), capabilities, failed).string();
    if (!name.starts_with("gpu")) continue;
    const bool keep =
        std::ranges::any_of(wanted, [&name](const auto& w) { return w.first == name; });
    if (!keep) stale.push_back(entry.path());
  }
  for (const fs::path& path : stale) {
    fs::remove(path, failed);
    // A folder that still holds a live instance is not empty and stays.
    for (fs::path up = path.parent_path();
         up.filename().string().starts_with("gi") || up.filename().string().starts_with("ci");
         up = up.parent_path()) {
      if (!fs::remove(up, failed)) break;
    }
  }
  return {};
}

Result<> write_companions(const simulated::NodeState& node, const fs::path& root) {
  TRY(write_file(root / "modules",
                 "nvidia 9781248 0 - Live 0x0000000000000000 (PO)\n" + contents("/proc/modules")));
  TRY(write_file(root / "devices", devices()));
  const fs::path nvidia = root / "driver/nvidia";
  TRY(write_file(root / "driver/nvidia-caps/mig-minors", mig_minors()));
  TRY(write_file(
      nvidia / "version",
      fmt::format("NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  (simulated by septet)\n",
                  node.driver_version)));
  TRY(write_file(nvidia / "capabilities/mig/config", capability(mig::kConfigCapMinor, 256)));
  TRY(write_file(nvidia / "capabilities/mig/monitor", capability(mig::kMonitorCapMinor, 292)));
  TRY(write_gpu_information(node, nvidia));
  TRY(write_pci(node, root / "pci"));
  return update_capabilities(node, root);
}

}  // namespace septet::cli::sim
