// simnvml/pci.cpp — where a GPU sits on the PCI bus and how its link is doing.
//
// Units.  Throughput in KB/s. A pretend workload moves nothing over the bus, so it is 0.
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/call.h"
#include "simnvml/pci_info.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

constexpr unsigned kSubsystem = 0x000010DE;  // NVIDIA, board number not known
constexpr unsigned kLinkWidth = 16;

std::string_view bus_id(Line& line, const sim::GpuState& gpu, unsigned domain_width) {
  return line.add_hex(gpu.pci_domain, domain_width)
      .add(":")
      .add_hex(gpu.pci_bus, 2)
      .add(":")
      .add_hex(gpu.pci_device, 2)
      .add(".0")
      .view();
}

template <typename Info>
void fill_numbers(Info& pci, const sim::GpuState& gpu) {
  pci.domain = gpu.pci_domain;
  pci.bus = gpu.pci_bus;
  pci.device = gpu.pci_device;
  pci.pciDeviceId = gpu.pci_device_id;
  pci.pciSubSystemId = kSubsystem;
}

// A MIG device sits where its GPU does.
nvmlReturn_t legacy_info(CallName name, nvmlDevice_t device, nvmlPciInfo_v2_t* pci) {
  return on_device(name, device, given(pci), [&](const View& view) {
    *pci = {};
    fill_numbers(*pci, view.gpu);
    Line line;
    return give_text(bus_id(line, view.gpu, 4), pci->busId, sizeof(pci->busId));
  });
}

unsigned link_generation(mig::Architecture architecture) {
  switch (architecture) {
    case mig::Architecture::kAmpere: return 4;
    case mig::Architecture::kHopper:
    case mig::Architecture::kBlackwell: return 5;
  }
  return 0;
}

nvmlReturn_t generation(CallName name, nvmlDevice_t device, unsigned int* out) {
  return on_gpu(name, device, given(out), [&](const View& view) {
    *out = link_generation(view.board.product->architecture);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t number(CallName name, nvmlDevice_t device, unsigned int* out, unsigned value) {
  return on_gpu(name, device, given(out), [&](const View&) {
    *out = value;
    return NVML_SUCCESS;
  });
}

}  // namespace

namespace septet::simnvml {

nvmlReturn_t fill_pci_info(const sim::GpuState& gpu, nvmlPciInfo_t& pci) {
  pci = {};
  fill_numbers(pci, gpu);
  Line narrow, wide;
  (void)give_text(bus_id(narrow, gpu, 4), pci.busIdLegacy, sizeof(pci.busIdLegacy));
  return give_text(bus_id(wide, gpu, 8), pci.busId, sizeof(pci.busId));
}

}  // namespace septet::simnvml

nvmlReturn_t nvmlDeviceGetPciInfo(nvmlDevice_t device, nvmlPciInfo_v2_t* pci) {
  return legacy_info(__func__, device, pci);
}
nvmlReturn_t nvmlDeviceGetPciInfo_v2(nvmlDevice_t device, nvmlPciInfo_v2_t* pci) {
  return legacy_info(__func__, device, pci);
}

nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t* pci) {
  return on_device(__func__, device, given(pci),
                   [&](const View& view) { return fill_pci_info(view.gpu, *pci); });
}

nvmlReturn_t nvmlDeviceGetPciInfoExt(nvmlDevice_t device, nvmlPciInfoExt_t* pci) {
  return on_device(__func__, device, given(pci), [&](const View& view) -> nvmlReturn_t {
    if (pci->version != nvmlPciInfoExt_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    fill_numbers(*pci, view.gpu);
    pci->baseClass = 0x03;  // a 3D controller, as in the class code 0x030200
    pci->subClass = 0x02;
    Line line;
    return give_text(bus_id(line, view.gpu, 8), pci->busId, sizeof(pci->busId));
  });
}

nvmlReturn_t nvmlDeviceGetCurrPcieLinkGeneration(nvmlDevice_t device, unsigned int* out) {
  return generation(__func__, device, out);
}
nvmlReturn_t nvmlDeviceGetMaxPcieLinkGeneration(nvmlDevice_t device, unsigned int* out) {
  return generation(__func__, device, out);
}
nvmlReturn_t nvmlDeviceGetGpuMaxPcieLinkGeneration(nvmlDevice_t device, unsigned int* out) {
  return generation(__func__, device, out);
}
nvmlReturn_t nvmlDeviceGetCurrPcieLinkWidth(nvmlDevice_t device, unsigned int* out) {
  return number(__func__, device, out, kLinkWidth);
}
nvmlReturn_t nvmlDeviceGetMaxPcieLinkWidth(nvmlDevice_t device, unsigned int* out) {
  return number(__func__, device, out, kLinkWidth);
}
nvmlReturn_t nvmlDeviceGetPcieReplayCounter(nvmlDevice_t device, unsigned int* out) {
  return number(__func__, device, out, 0);
}

nvmlReturn_t nvmlDeviceGetPcieThroughput(nvmlDevice_t device, nvmlPcieUtilCounter_t counter,
                                         unsigned int* out) {
  return on_gpu(__func__, device, given(out), [&](const View&) {
    if (counter >= NVML_PCIE_UTIL_COUNT) return NVML_ERROR_INVALID_ARGUMENT;
    *out = 0;
    return NVML_SUCCESS;
  });
}
