// simnvml/identity.cpp — who a device is: name, UUID, serial, architecture, firmware.
//
// Source. Numbers that no product file holds (VBIOS and InfoROM versions) are made up in the right
//         form; the part number says that the board is simulated, which is how a client can tell.
#include <array>

#include "mig/identity.h"
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/call.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

std::string_view vbios_of(mig::Architecture architecture) {
  switch (architecture) {
    case mig::Architecture::kAmpere: return "92.00.36.00.01";
    case mig::Architecture::kHopper: return "96.00.74.00.01";
    case mig::Architecture::kBlackwell: return "97.00.82.00.01";
  }
  return "";
}

unsigned architecture_number(mig::Architecture architecture) {
  switch (architecture) {
    case mig::Architecture::kAmpere: return NVML_DEVICE_ARCH_AMPERE;
    case mig::Architecture::kHopper: return NVML_DEVICE_ARCH_HOPPER;
    case mig::Architecture::kBlackwell: return NVML_DEVICE_ARCH_BLACKWELL;
  }
  return NVML_DEVICE_ARCH_UNKNOWN;
}

void add_uuid(Line& line, const mig::Uuid& uuid) {
  std::array<char, 36> text;
  mig::write_uuid_text(uuid, text.data());
  line.add(std::string_view(text.data(), text.size()));
}

// Drivers before 470 named a MIG device by its place (rules R4).
Line uuid_line(const View& view) {
  Line line;
  const bool by_place = view.session.driver.major < 470;
  if (!view.is_mig_device()) {
    add_uuid(line.add("GPU-"), view.gpu.uuid);
  } else if (by_place) {
    add_uuid(line.add("MIG-GPU-"), view.gpu.uuid);
    line.add("/").add(view.at.gi).add("/").add(view.at.ci);
  } else {
    add_uuid(line.add("MIG-"), view.compute().uuid);
  }
  return line;
}

// An answer that does not depend on what the GPU is doing.
nvmlReturn_t fixed_text(CallName name, nvmlDevice_t device, char* out, unsigned int length,
                        std::string_view text) {
  return on_gpu(name, device, given(out),
                [&](const View&) { return give_text(text, out, length); });
}

}  // namespace

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char* name, unsigned int length) {
  return on_device(__func__, device, given(name), [&](const View& view) {
    Line line;
    line.add(field_text(view.gpu.name));
    if (view.is_mig_device()) {
      const auto* const profile = view.compute_profile();
      line.add(" MIG ").add(profile == nullptr ? "" : profile->name);
    }
    return give_text(line.view(), name, length);
  });
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char* uuid, unsigned int length) {
  return on_device(__func__, device, given(uuid), [&](const View& view) {
    return give_text(uuid_line(view).view(), uuid, length);
  });
}

nvmlReturn_t nvmlDeviceGetSerial(nvmlDevice_t device, char* serial, unsigned int length) {
  return on_gpu(__func__, device, given(serial), [&](const View& view) {
    return give_text(field_text(view.gpu.serial), serial, length);
  });
}

nvmlReturn_t nvmlDeviceGetBoardPartNumber(nvmlDevice_t device, char* part, unsigned int length) {
  return fixed_text(__func__, device, part, length, "SEPTET-SIMULATED");
}

nvmlReturn_t nvmlDeviceGetVbiosVersion(nvmlDevice_t device, char* version, unsigned int length) {
  return on_gpu(__func__, device, given(version), [&](const View& view) {
    return give_text(vbios_of(view.board.product->architecture), version, length);
  });
}

nvmlReturn_t nvmlDeviceGetInforomImageVersion(nvmlDevice_t device, char* version,
                                              unsigned int length) {
  return fixed_text(__func__, device, version, length, "G500.0200.00.01");
}

nvmlReturn_t nvmlDeviceGetInforomVersion(nvmlDevice_t device, nvmlInforomObject_t object,
                                         char* version, unsigned int length) {
  return on_gpu(__func__, device, given(version), [&](const View&) -> nvmlReturn_t {
    if (object >= NVML_INFOROM_COUNT) return NVML_ERROR_INVALID_ARGUMENT;
    if (object == NVML_INFOROM_OEM) return give_text("2.1", version, length);
    if (object == NVML_INFOROM_ECC) return give_text("7.16", version, length);
    return NVML_ERROR_NOT_SUPPORTED;
  });
}

nvmlReturn_t nvmlDeviceGetInforomConfigurationChecksum(nvmlDevice_t device,
                                                       unsigned int* checksum) {
  return on_gpu(__func__, device, given(checksum), [&](const View& view) {
    *checksum = static_cast<unsigned>(view.gpu.pdi ^ (view.gpu.pdi >> 32));
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceValidateInforom(nvmlDevice_t device) {
  return always(__func__, device, true, NVML_SUCCESS);
}

nvmlReturn_t nvmlDeviceGetGspFirmwareVersion(nvmlDevice_t device, char* version) {
  return on_gpu(__func__, device, given(version), [&](const View& view) {
    return give_text(field_text(view.node.driver_version), version,
                     NVML_GSP_FIRMWARE_VERSION_BUF_SIZE);
  });
}

// GSP firmware runs by default on these boards since the 510 drivers.
nvmlReturn_t nvmlDeviceGetGspFirmwareMode(nvmlDevice_t device, unsigned int* enabled,
                                          unsigned int* by_default) {
  return on_gpu(__func__, device, given(enabled, by_default), [&](const View& view) {
    *enabled = *by_default = view.session.driver.major >= 510 ? 1 : 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetPdi(nvmlDevice_t device, nvmlPdi_t* pdi) {
  return on_gpu(__func__, device, given(pdi), [&](const View& view) {
    if (pdi->version != nvmlPdi_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    pdi->value = view.gpu.pdi;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetBrand(nvmlDevice_t device, nvmlBrandType_t* brand) {
  return on_gpu(__func__, device, given(brand), [&](const View& view) {
    const bool workstation = field_text(view.gpu.name).contains("RTX");
    *brand = workstation ? NVML_BRAND_NVIDIA_RTX : NVML_BRAND_NVIDIA;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetArchitecture(nvmlDevice_t device, nvmlDeviceArchitecture_t* number) {
  return on_device(__func__, device, given(number), [&](const View& view) {
    *number = architecture_number(view.board.product->architecture);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int* major, int* minor) {
  return on_device(__func__, device, given(major, minor), [&](const View& view) {
    *major = view.board.product->cc_major;
    *minor = view.board.product->cc_minor;
    return NVML_SUCCESS;
  });
}

// FP32 lanes per SM: 64 on GA100, 128 on Hopper and Blackwell. A GPU cut into instances does not
// say.
nvmlReturn_t nvmlDeviceGetNumGpuCores(nvmlDevice_t device, unsigned int* cores) {
  return on_gpu(__func__, device, given(cores), [&](const View& view) {
    const mig::Product& product = *view.board.product;
    if (view.gpu.mig_current != 0 || !product.total_sms.usable()) return NVML_ERROR_NOT_SUPPORTED;
    *cores =
        product.total_sms.value * (product.architecture == mig::Architecture::kAmpere ? 64 : 128);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetBoardId(nvmlDevice_t device, unsigned int* id) {
  return on_gpu(__func__, device, given(id), [&](const View& view) {
    *id = (view.gpu.pci_domain << 16) | (view.gpu.pci_bus << 8);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMultiGpuBoard(nvmlDevice_t device, unsigned int* several) {
  return on_gpu(__func__, device, given(several), [&](const View&) {
    *several = 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetBridgeChipInfo(nvmlDevice_t device, nvmlBridgeChipHierarchy_t* bridges) {
  return on_gpu(__func__, device, given(bridges), [&](const View&) {
    bridges->bridgeCount = 0;
    return NVML_ERROR_NOT_SUPPORTED;
  });
}

nvmlReturn_t nvmlDeviceGetLastBBXFlushTime(nvmlDevice_t device, unsigned long long* timestamp,
                                           unsigned long* duration_us) {
  return always(__func__, device, given(timestamp, duration_us), NVML_ERROR_NOT_SUPPORTED);
}
