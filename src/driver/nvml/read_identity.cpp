// Who a GPU is, and the numbers of the whole board.
#include <algorithm>
#include <array>
#include <cstring>

#include "driver/driver.h"
#include "driver/nvml/read_gpu.h"
#include "driver/nvml/vgpu_host.h"
#include "mig/identity.h"

namespace septet::driver::nvml {
namespace {

using TextCall = Call<Device, char*, Uint>;

std::string optional_text(const TextCall& call, Device device) {
  std::array<char, kNameBuffer> text{};
  if (call(device, text.data(), kNameBuffer) != kSuccess) return {};
  return std::string(text.data(), strnlen(text.data(), text.size()));
}

Result<std::string> required_text(const TextCall& call, Device device, const std::string& what) {
  std::array<char, kNameBuffer> text{};
  const int status = call(device, text.data(), kNameBuffer);
  if (status != kSuccess) return std::unexpected(driver_error(status, what));
  return std::string(text.data(), strnlen(text.data(), text.size()));
}

std::optional<Uint> optional_number(const Call<Device, Uint*>& call, Device device) {
  Uint value = 0;
  if (call(device, &value) != kSuccess) return std::nullopt;
  return value;
}

Result<> read_mode(const Session& session, Device device, mig::Gpu& gpu) {
  Uint current = 0, pending = 0;
  const int status = session.calls.mig_mode(device, &current, &pending);
  if (status == kNotSupported || status == kMissing) return {};
  if (status != kSuccess) {
    return std::unexpected(driver_error(status, "read the MIG mode of " + gpu_words(gpu.index)));
  }
  gpu.mode = current != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
  gpu.pending = pending != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
  return {};
}

Result<> read_pci(const Session& session, Device device, mig::Gpu& gpu) {
  PciInfo pci{};
  const int status = session.calls.pci(device, &pci);
  if (status != kSuccess) {
    return std::unexpected(driver_error(status, "read the PCI id of " + gpu_words(gpu.index)));
  }
  gpu.pci_bus_id.assign(pci.bus_id, strnlen(pci.bus_id, sizeof pci.bus_id));
  gpu.pci_device_id = pci.pci_device_id;
  return {};
}

// What only labels tell: a driver that will not say leaves it unknown.
void read_kind(const Calls& calls, Device device, mig::Gpu& gpu) {
  PciInfoExt pci{};
  pci.version = struct_version<PciInfoExt>(1);
  if (calls.pci_ext(device, &pci) == kSuccess)
    gpu.pci_class = (pci.base_class & 0xffu) << 8 | (pci.sub_class & 0xffu);
  mig::ComputeCapability capability;
  if (calls.compute_capability(device, &capability.major, &capability.minor) == kSuccess)
    gpu.compute_capability = capability;
  constexpr unsigned char kInFabric = 3;  // NVML_GPU_FABRIC_STATE_COMPLETED
  FabricInfo fabric{};
  if (calls.fabric(device, &fabric) != kSuccess || fabric.state != kInFabric ||
      fabric.status != kSuccess) {
    return;
  }
  mig::Uuid cluster{};
  std::ranges::copy(fabric.cluster_uuid, cluster.begin());
  if (cluster != mig::Uuid{})  // all zero: a fabric without a cluster
    gpu.fabric_clique = mig::uuid_text(cluster) + "." + std::to_string(fabric.clique);
}

// nvmlGpuVirtualizationMode_t; a value of a newer driver stays unknown.
std::optional<mig::Virtualization> virtualization_of(std::optional<Uint> mode) {
  constexpr std::array kModes = {mig::Virtualization::kNone, mig::Virtualization::kPassthrough,
                                 mig::Virtualization::kVgpu, mig::Virtualization::kHostVgpu,
                                 mig::Virtualization::kHostVsga};
  if (!mode || *mode >= kModes.size()) return std::nullopt;
  return kModes[*mode];
}

}  // namespace

std::string gpu_words(std::uint32_t index) { return "GPU " + std::to_string(index); }

Result<> read_identity(const Session& session, Device device, mig::Gpu& gpu) {
  const Calls& calls = session.calls;
  TRY(read_pci(session, device, gpu));
  gpu.uuid = TRY(required_text(calls.uuid, device, "read the UUID of " + gpu_words(gpu.index)));
  gpu.name = TRY(required_text(calls.name, device, "read the name of " + gpu_words(gpu.index)));
  gpu.minor = optional_number(calls.minor, device).value_or(gpu.index);
  gpu.serial = optional_text(calls.serial, device);
  gpu.vbios = optional_text(calls.vbios, device);
  gpu.part_number = optional_text(calls.part_number, device);
  if (const auto node = optional_number(calls.numa_node, device)) {
    gpu.numa_node = static_cast<int>(*node);
  } else {
    unsigned long nodes = 0;  // bit i = NUMA node i
    constexpr Uint kNodeScope = 0;
    if (calls.memory_affinity(device, 1, &nodes, kNodeScope) == kSuccess && nodes != 0) {
      gpu.numa_node = __builtin_ctzl(nodes);
    }
  }
  read_kind(calls, device, gpu);
  gpu.virtualization = virtualization_of(optional_number(calls.virtualization, device));
  if (gpu.virtualization == mig::Virtualization::kVgpu)
    gpu.vgpu_host = read_vgpu_host(gpu.pci_bus_id);
  gpu.product = mig::find_product_by_pci(gpu.pci_device_id);
  if (gpu.product == nullptr) gpu.product = mig::find_product_by_board_name(gpu.name);
  return read_mode(session, device, gpu);
}

void read_telemetry(const Session& session, Device device, mig::Gpu& gpu) {
  const Calls& calls = session.calls;
  gpu.power_mw = optional_number(calls.power, device);
  gpu.power_limit_mw = optional_number(calls.power_limit, device);
  if (const auto on = optional_number(calls.persistence, device)) gpu.persistence = *on != 0;
  constexpr Uint kUnknownState = 32;  // NVML_PSTATE_UNKNOWN
  const auto state = optional_number(calls.performance_state, device);
  if (state && *state != kUnknownState) gpu.performance_state = state;
  Uint current = 0, pending = 0;
  if (calls.ecc_mode(device, &current, &pending) == kSuccess) gpu.ecc_enabled = current != 0;
  constexpr Uint kGpuSensor = 0, kSmClock = 1, kMemoryClock = 2;
  Uint value = 0;
  if (calls.temperature(device, kGpuSensor, &value) == kSuccess) gpu.temperature_c = value;
  if (calls.clock(device, kSmClock, &value) == kSuccess) gpu.sm_clock_mhz = value;
  if (calls.clock(device, kMemoryClock, &value) == kSuccess) gpu.memory_clock_mhz = value;
}

mig::Usage read_usage(const Session& session, Device device) {
  const Calls& calls = session.calls;
  mig::Usage usage;
  Memory memory{};
  if (calls.memory(device, &memory) == kSuccess) {
    usage.memory_total_mib = memory.total >> 20;
    usage.memory_used_mib = memory.used >> 20;
  }
  if (calls.bar1(device, &memory) == kSuccess) {
    usage.bar1_total_mib = memory.total >> 20;
    usage.bar1_used_mib = memory.used >> 20;
  }
  constexpr Uint kUncorrected = 1, kVolatile = 0;
  Ull errors = 0;
  if (calls.ecc_errors(device, kUncorrected, kVolatile, &errors) == kSuccess) {
    usage.ecc_uncorrected = errors;
  }
  Utilization activity{};
  if (calls.utilization(device, &activity) == kSuccess) {
    usage.sm_percent = activity.gpu;
    usage.memory_percent = activity.memory;
  }
  return usage;
}

}  // namespace septet::driver::nvml
