// The entry points for memory, ECC, retired pages and remapped rows.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/memory_and_ecc.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/topology.h"
#include "simnvml/abi/values.h"

extern "C" {
NVML_API nvmlReturn_t nvmlDeviceClearEccErrorCounts(nvmlDevice_t device,
                                                    nvmlEccCounterType_t counterType);
NVML_API nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t device,
                                                  nvmlBAR1Memory_t* bar1Memory);
NVML_API nvmlReturn_t nvmlDeviceGetDefaultEccMode(nvmlDevice_t device,
                                                  nvmlEnableState_t* defaultMode);
NVML_API nvmlReturn_t nvmlDeviceGetDetailedEccErrors(nvmlDevice_t device,
                                                     nvmlMemoryErrorType_t errorType,
                                                     nvmlEccCounterType_t counterType,
                                                     nvmlEccErrorCounts_t* eccCounts);
NVML_API nvmlReturn_t nvmlDeviceGetDramEncryptionMode(nvmlDevice_t device,
                                                      nvmlDramEncryptionInfo_t* current,
                                                      nvmlDramEncryptionInfo_t* pending);
NVML_API nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t* current,
                                           nvmlEnableState_t* pending);
NVML_API nvmlReturn_t nvmlDeviceGetMemoryAffinity(nvmlDevice_t device, unsigned int nodeSetSize,
                                                  unsigned long* nodeSet,
                                                  nvmlAffinityScope_t scope);
NVML_API nvmlReturn_t nvmlDeviceGetMemoryBusWidth(nvmlDevice_t device, unsigned int* busWidth);
NVML_API nvmlReturn_t nvmlDeviceGetMemoryErrorCounter(nvmlDevice_t device,
                                                      nvmlMemoryErrorType_t errorType,
                                                      nvmlEccCounterType_t counterType,
                                                      nvmlMemoryLocation_t locationType,
                                                      unsigned long long* count);
NVML_API nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory);
NVML_API nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory);
NVML_API nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int* corrRows,
                                                unsigned int* uncRows, unsigned int* isPending,
                                                unsigned int* failureOccurred);
NVML_API nvmlReturn_t nvmlDeviceGetRemappedRows_v2(nvmlDevice_t device,
                                                   nvmlRemappedRowsInfo_v2_t* info);
NVML_API nvmlReturn_t nvmlDeviceGetRepairStatus(nvmlDevice_t device,
                                                nvmlRepairStatus_t* repairStatus);
NVML_API nvmlReturn_t nvmlDeviceGetRetiredPages(nvmlDevice_t device,
                                                nvmlPageRetirementCause_t cause,
                                                unsigned int* pageCount,
                                                unsigned long long* addresses);
NVML_API nvmlReturn_t nvmlDeviceGetRetiredPagesPendingStatus(nvmlDevice_t device,
                                                             nvmlEnableState_t* isPending);
NVML_API nvmlReturn_t nvmlDeviceGetRetiredPages_v2(nvmlDevice_t device,
                                                   nvmlPageRetirementCause_t cause,
                                                   unsigned int* pageCount,
                                                   unsigned long long* addresses,
                                                   unsigned long long* timestamps);
NVML_API nvmlReturn_t nvmlDeviceGetRowRemapperHistogram(nvmlDevice_t device,
                                                        nvmlRowRemapperHistogramValues_t* values);
NVML_API nvmlReturn_t nvmlDeviceGetSramEccErrorStatus(nvmlDevice_t device,
                                                      nvmlEccSramErrorStatus_t* status);
NVML_API nvmlReturn_t nvmlDeviceGetSramUniqueUncorrectedEccErrorCounts(
    nvmlDevice_t device, nvmlEccSramUniqueUncorrectedErrorCounts_t* errorCounts);
NVML_API nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device,
                                                  nvmlMemoryErrorType_t errorType,
                                                  nvmlEccCounterType_t counterType,
                                                  unsigned long long* eccCounts);
NVML_API nvmlReturn_t nvmlDeviceGetUnrepairableMemoryFlag_v1(
    nvmlDevice_t device, nvmlUnrepairableMemoryStatus_v1_t* unrepairableMemoryStatus);
NVML_API nvmlReturn_t nvmlDeviceSetDramEncryptionMode(
    nvmlDevice_t device, const nvmlDramEncryptionInfo_t* dramEncryption);
NVML_API nvmlReturn_t nvmlDeviceSetEccMode(nvmlDevice_t device, nvmlEnableState_t ecc);
}  // extern "C"
