#include "driver/nvml/vgpu_host.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

namespace septet::driver::nvml {
namespace {

using Bytes = std::span<const unsigned char>;
constexpr std::size_t kConfigSize = 256;

// The vendor's own capability, all of it; empty: there is none, or the list is broken.
Bytes vendor_capability(Bytes config) {
  constexpr std::size_t kStatus = 0x06, kFirst = 0x34;
  constexpr unsigned char kHasList = 0x10, kVendorSpecific = 0x09;
  if ((config[kStatus] & kHasList) == 0) return {};
  std::array<bool, kConfigSize> seen{};
  std::size_t at = config[kFirst];
  while (at != 0 && at + 3 <= config.size() && !seen.at(at)) {
    seen.at(at) = true;
    const std::size_t length = config[at + 2];
    if (config[at] == kVendorSpecific)
      return length <= config.size() - at ? config.subspan(at, length) : Bytes{};
    at = config[at + 1];
  }
  return {};
}

std::string text_of(Bytes bytes) {
  const auto end = std::ranges::find(bytes, 0);
  return {bytes.begin(), end};
}

}  // namespace

std::optional<mig::VgpuHost> vgpu_host_of(Bytes config) {
  constexpr unsigned char kDriverRecord = 0;
  constexpr std::size_t kRecords = 5, kText = 10;
  if (config.size() < kConfigSize || config[0] != 0xde || config[1] != 0x10) return std::nullopt;
  const Bytes capability = vendor_capability(config);
  if (capability.size() < kRecords || capability[3] != 'V' || capability[4] != 'F')
    return std::nullopt;
  for (std::size_t at = kRecords; at + 2 <= capability.size(); at += capability[at + 1]) {
    if (capability[at] == kDriverRecord) {
      const Bytes data = capability.subspan(at + 2);
      if (data.size() < 2 * kText) return std::nullopt;
      return mig::VgpuHost{text_of(data.first(kText)), text_of(data.subspan(kText, kText))};
    }
    if (capability[at + 1] == 0) break;  // would never end
  }
  return std::nullopt;
}

std::string kernel_bus_id(std::string_view pci_bus_id) {
  // NVML writes the domain with eight digits, the kernel with four where they suffice.
  while (pci_bus_id.find(':') > 4 && pci_bus_id.starts_with('0')) pci_bus_id.remove_prefix(1);
  std::string id(pci_bus_id);
  std::ranges::transform(id, id.begin(), [](unsigned char c) { return std::tolower(c); });
  return id;
}

std::optional<mig::VgpuHost> read_vgpu_host(std::string_view pci_bus_id) {
  std::ifstream file("/sys/bus/pci/devices/" + kernel_bus_id(pci_bus_id) + "/config",
                     std::ios::binary);
  std::array<unsigned char, kConfigSize> bytes{};
  file.read(reinterpret_cast<char*>(bytes.data()), kConfigSize);
  if (file.gcount() != static_cast<std::streamsize>(kConfigSize)) return std::nullopt;
  return vgpu_host_of(bytes);
}

}  // namespace septet::driver::nvml
