// The calls about DRAM encryption, repairs and row remapping that the node refuses.
#include "simnvml/abi/prototypes_memory_and_ecc.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceGetDramEncryptionMode(nvmlDevice_t, nvmlDramEncryptionInfo_t* current,
                                             nvmlDramEncryptionInfo_t* pending) {
  return refuse(current, pending);
}

nvmlReturn_t nvmlDeviceGetRemappedRows_v2(nvmlDevice_t, nvmlRemappedRowsInfo_v2_t* info) {
  return refuse(info);
}

nvmlReturn_t nvmlDeviceGetRepairStatus(nvmlDevice_t, nvmlRepairStatus_t* repairStatus) {
  return refuse(repairStatus);
}

nvmlReturn_t nvmlDeviceGetRowRemapperHistogram(nvmlDevice_t,
                                               nvmlRowRemapperHistogramValues_t* values) {
  return refuse(values);
}

nvmlReturn_t nvmlDeviceGetSramUniqueUncorrectedEccErrorCounts(
    nvmlDevice_t, nvmlEccSramUniqueUncorrectedErrorCounts_t* errorCounts) {
  return refuse(field(errorCounts, &nvmlEccSramUniqueUncorrectedErrorCounts_t::entryCount));
}

nvmlReturn_t nvmlDeviceGetUnrepairableMemoryFlag_v1(
    nvmlDevice_t, nvmlUnrepairableMemoryStatus_v1_t* unrepairableMemoryStatus) {
  return refuse(unrepairableMemoryStatus);
}

nvmlReturn_t nvmlDeviceSetDramEncryptionMode(nvmlDevice_t, const nvmlDramEncryptionInfo_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetEccMode(nvmlDevice_t, nvmlEnableState_t) { return refuse(); }
