// simnvml/devices.cpp — finding a device: by index, PCI address, serial, UUID.
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

#include "mig/identity.h"
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/call.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

std::uint32_t gpu_count(const sim::NodeState& node) {
  return std::min(node.gpu_count, sim::kMaxGpus);
}

nvmlReturn_t count(CallName name, unsigned int* out) {
  return on_node(name, given(out), [&](const Session&, const sim::NodeState& node) {
    *out = gpu_count(node);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t by_index(CallName name, unsigned int index, nvmlDevice_t* device) {
  return on_node(name, given(device), [&](const Session&, const sim::NodeState& node) {
    if (index >= gpu_count(node)) return NVML_ERROR_INVALID_ARGUMENT;
    if (node.gpus[index].lost != 0) return NVML_ERROR_GPU_IS_LOST;
    *device = gpu_handle(index);
    return NVML_SUCCESS;
  });
}

// The first GPU that `matches`; NOT_FOUND when none does.
template <typename Matches>
nvmlReturn_t find_gpu(CallName name, bool arguments_given, nvmlDevice_t* device,
                      const Matches& matches) {
  return on_node(name, arguments_given, [&](const Session&, const sim::NodeState& node) {
    for (std::uint32_t i = 0; i < gpu_count(node); ++i) {
      if (!matches(node.gpus[i])) continue;
      if (node.gpus[i].lost != 0) return NVML_ERROR_GPU_IS_LOST;
      *device = gpu_handle(i);
      return NVML_SUCCESS;
    }
    return NVML_ERROR_NOT_FOUND;
  });
}

struct PciAddress {
  unsigned domain = 0, bus = 0, device = 0;
};

// Takes one hexadecimal number and the separator behind it off `text`.
bool take_hex(std::string_view& text, char separator, unsigned& number) {
  const auto end = text.find(separator);
  const std::string_view digits = text.substr(0, end);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return false;
  }
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return true;
}

// "0000:36:00.0", "00000000:36:00.0", "36:00.0", "36:0": any width, any case, domain and function
// optional. A function other than 0 is no GPU.
std::optional<PciAddress> parse_pci(std::string_view text) {
  PciAddress address;
  const auto colons = std::count(text.begin(), text.end(), ':');
  if (colons < 1 || colons > 2) return std::nullopt;
  if (colons == 2 && !take_hex(text, ':', address.domain)) return std::nullopt;
  if (!take_hex(text, ':', address.bus) || !take_hex(text, '.', address.device))
    return std::nullopt;
  unsigned function = 0;
  if (!text.empty() && !take_hex(text, '\0', function)) return std::nullopt;
  if (function != 0) return std::nullopt;
  return address;
}

nvmlReturn_t by_pci(CallName name, const char* pci_bus_id, nvmlDevice_t* device) {
  const auto address = pci_bus_id == nullptr ? std::nullopt : parse_pci(pci_bus_id);
  return find_gpu(name, given(device) && address, device, [&](const sim::GpuState& gpu) {
    return gpu.pci_domain == address->domain && gpu.pci_bus == address->bus &&
           gpu.pci_device == address->device;
  });
}

// What a UUID text asks for: a GPU, a MIG device, or a MIG device by the place of drivers before
// 470.
struct Wanted {
  bool gpu = false;
  mig::Uuid uuid{};
  std::optional<std::pair<unsigned, unsigned>> place;  // GI id, CI id on the GPU with that UUID
};

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_number(std::string_view& text, unsigned& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

std::optional<Wanted> parse_wanted(std::string_view text) {
  constexpr std::size_t kUuidLength = 36;
  Wanted wanted;
  const bool of_mig = take_prefix(text, "MIG-");
  wanted.gpu = take_prefix(text, "GPU-");
  if (!of_mig && !wanted.gpu) return std::nullopt;
  const auto uuid = mig::parse_uuid(text.substr(0, kUuidLength));
  if (!uuid) return std::nullopt;
  wanted.uuid = *uuid;
  text.remove_prefix(kUuidLength);
  if (of_mig && wanted.gpu) {
    std::pair<unsigned, unsigned> place;
    if (!take_prefix(text, "/") || !take_number(text, place.first) || !take_prefix(text, "/") ||
        !take_number(text, place.second)) {
      return std::nullopt;
    }
    wanted.place = place;
  }
  return text.empty() ? std::optional(wanted) : std::nullopt;
}

// The compute instance that answers `is_it(gi, ci, state)`.
template <typename IsIt>
std::optional<Named> find_compute(const sim::GpuState& gpu, std::uint32_t index,
                                  const IsIt& is_it) {
  for (std::uint32_t gi = 0; gi < sim::kMaxGpuInstances; ++gi) {
    if (gpu.instances[gi].stamp == 0) continue;
    for (std::uint32_t ci = 0; ci < sim::kMaxComputeInstances; ++ci) {
      const sim::ComputeInstanceState& compute = gpu.instances[gi].compute[ci];
      if (compute.stamp != 0 && is_it(gi, ci, compute)) return Named{index, gi, ci, compute.stamp};
    }
  }
  return std::nullopt;
}

std::optional<Named> find_wanted(const sim::GpuState& gpu, std::uint32_t index,
                                 const Wanted& wanted) {
  if (wanted.place) {
    if (gpu.uuid != wanted.uuid) return std::nullopt;
    return find_compute(gpu, index, [&](std::uint32_t gi, std::uint32_t ci, const auto&) {
      return gi == wanted.place->first && ci == wanted.place->second;
    });
  }
  if (wanted.gpu) {
    return gpu.uuid == wanted.uuid ? std::optional(Named{.gpu = index}) : std::nullopt;
  }
  return find_compute(gpu, index, [&](std::uint32_t, std::uint32_t, const auto& compute) {
    return compute.uuid == wanted.uuid;
  });
}

nvmlReturn_t by_uuid(CallName name, bool arguments_given, const std::optional<Wanted>& wanted,
                     nvmlDevice_t* device) {
  Named found;
  const nvmlReturn_t answer =
      on_node(name, arguments_given, [&](const Session&, const sim::NodeState& node) {
        if (!wanted) return NVML_ERROR_NOT_FOUND;
        for (std::uint32_t i = 0; i < gpu_count(node); ++i) {
          const auto named = find_wanted(node.gpus[i], i, *wanted);
          if (!named) continue;
          if (node.gpus[i].lost != 0) return NVML_ERROR_GPU_IS_LOST;
          found = *named;
          return NVML_SUCCESS;
        }
        return NVML_ERROR_NOT_FOUND;
      });
  if (answer != NVML_SUCCESS) return answer;
  *device = found.ci == sim::kNone ? gpu_handle(found.gpu) : mig_device_handle(found);
  return NVML_SUCCESS;
}

// MIG device index of what `at` names (rules R4): ascending GI id, then CI id, dense.
std::optional<unsigned> mig_index(const sim::GpuState& gpu, const Named& at) {
  std::array<sim::MigDevice, sim::kMaxGpuInstances * sim::kMaxComputeInstances> all;
  const std::size_t found = std::min(sim::mig_devices(gpu, all), all.size());
  for (std::size_t i = 0; i < found; ++i) {
    if (all[i].gi == at.gi && all[i].ci == at.ci) return static_cast<unsigned>(i);
  }
  return std::nullopt;
}

}  // namespace

nvmlReturn_t nvmlDeviceGetCount(unsigned int* out) { return count(__func__, out); }
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int* out) { return count(__func__, out); }

nvmlReturn_t nvmlDeviceGetHandleByIndex(unsigned int index, nvmlDevice_t* device) {
  return by_index(__func__, index, device);
}
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t* device) {
  return by_index(__func__, index, device);
}

nvmlReturn_t nvmlDeviceGetHandleByPciBusId(const char* pci_bus_id, nvmlDevice_t* device) {
  return by_pci(__func__, pci_bus_id, device);
}
nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char* pci_bus_id, nvmlDevice_t* device) {
  return by_pci(__func__, pci_bus_id, device);
}

nvmlReturn_t nvmlDeviceGetHandleBySerial(const char* serial, nvmlDevice_t* device) {
  return find_gpu(__func__, given(serial, device), device,
                  [&](const sim::GpuState& gpu) { return field_text(gpu.serial) == serial; });
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) {
  return by_uuid(__func__, given(uuid, device), uuid ? parse_wanted(uuid) : std::nullopt, device);
}

nvmlReturn_t nvmlDeviceGetHandleByUUIDV(const nvmlUUID_t* uuid, nvmlDevice_t* device) {
  std::optional<Wanted> wanted;
  if (uuid != nullptr) {
    if (uuid->version != nvmlUUID_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    if (uuid->type == NVML_UUID_TYPE_ASCII) {
      wanted = parse_wanted(field_text(uuid->value.str));
    } else if (uuid->type == NVML_UUID_TYPE_BINARY) {
      wanted = Wanted{.gpu = true, .uuid = {}, .place = {}};
      std::copy_n(uuid->value.bytes, wanted->uuid.size(), wanted->uuid.begin());
    } else {
      return NVML_ERROR_INVALID_ARGUMENT;
    }
  }
  return by_uuid(__func__, given(uuid, device), wanted, device);
}

nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t device, unsigned int* index) {
  return on_device(__func__, device, given(index), [&](const View& view) {
    *index = view.is_mig_device() ? mig_index(view.gpu, view.at).value_or(0) : view.at.gpu;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMinorNumber(nvmlDevice_t device, unsigned int* minor) {
  return on_gpu(__func__, device, given(minor), [&](const View& view) {
    *minor = view.gpu.minor;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetModuleId(nvmlDevice_t device, unsigned int* module) {
  return on_gpu(__func__, device, given(module), [&](const View& view) {
    *module = view.at.gpu;
    return NVML_SUCCESS;
  });
}
