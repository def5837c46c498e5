// simnvml/pci_info.h — where a GPU sits on the PCI bus, in the struct of the current calls.
#pragma once

#include "driver/simulated/state.h"
#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/return_codes.h"

namespace septet::simnvml {

nvmlReturn_t fill_pci_info(const driver::simulated::GpuState& gpu, nvmlPciInfo_t& pci);

}  // namespace septet::simnvml
