// driver/nvml/vgpu_host.h — which driver the hypervisor runs that lends us a vGPU.
//
// NVML of a guest does not tell; the vGPU's PCI configuration space does, in the vendor's own
// capability (id 0x09): after its three bytes of id, next and length come the letters "VF", then
// records of id, length (of the whole record) and data. Record 0 has ten bytes of the driver's
// version and ten of its branch, each filled up with zeros.
// Source. The layout as GPU Feature Discovery v0.19 reads it (internal/vgpu).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mig/node.h"

namespace septet::driver::nvml {

// `config`: all 256 bytes of it, which only root is shown. nullopt: it does not say.
std::optional<mig::VgpuHost> vgpu_host_of(std::span<const unsigned char> config);

// Of the device that NVML calls `pci_bus_id` ("00000000:36:00.0"), from /sys/bus/pci/devices.
std::optional<mig::VgpuHost> read_vgpu_host(std::string_view pci_bus_id);

// "0000:36:00.0": as the kernel writes it.
std::string kernel_bus_id(std::string_view pci_bus_id);

}  // namespace septet::driver::nvml
