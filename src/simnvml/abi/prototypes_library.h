// The entry points for the library itself and the system it runs on.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/low_level_records.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/units.h"

extern "C" {
NVML_API const char* nvmlErrorString(nvmlReturn_t result);
NVML_API nvmlReturn_t nvmlGetBlacklistDeviceCount(unsigned int* deviceCount);
NVML_API nvmlReturn_t nvmlGetBlacklistDeviceInfoByIndex(unsigned int index,
                                                        nvmlBlacklistDeviceInfo_t* info);
NVML_API nvmlReturn_t nvmlGetExcludedDeviceCount(unsigned int* deviceCount);
NVML_API nvmlReturn_t nvmlGetExcludedDeviceInfoByIndex(unsigned int index,
                                                       nvmlExcludedDeviceInfo_t* info);
NVML_API nvmlReturn_t nvmlInit(void);
NVML_API nvmlReturn_t nvmlInitWithFlags(unsigned int flags);
NVML_API nvmlReturn_t nvmlInit_v2(void);
NVML_API nvmlReturn_t nvmlInternalGetExportTable(const void** exportTable, const void* tableId);
NVML_API nvmlReturn_t nvmlShutdown(void);
NVML_API nvmlReturn_t nvmlSystemGetCPER_v1(nvmlGetCPER_v1_t* cper);
NVML_API nvmlReturn_t nvmlSystemGetCudaDriverVersion(int* cudaDriverVersion);
NVML_API nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int* cudaDriverVersion);
NVML_API nvmlReturn_t nvmlSystemGetDriverBranch(nvmlSystemDriverBranchInfo_t* branchInfo,
                                                unsigned int length);
NVML_API nvmlReturn_t nvmlSystemGetDriverVersion(char* version, unsigned int length);
NVML_API nvmlReturn_t nvmlSystemGetHicVersion(unsigned int* hwbcCount,
                                              nvmlHwbcEntry_t* hwbcEntries);
NVML_API nvmlReturn_t nvmlSystemGetNVMLVersion(char* version, unsigned int length);
NVML_API nvmlReturn_t nvmlSystemGetProcessName(unsigned int pid, char* name, unsigned int length);
NVML_API nvmlReturn_t nvmlSystemGetTopologyGpuSet(unsigned int cpuNumber, unsigned int* count,
                                                  nvmlDevice_t* deviceArray);
}  // extern "C"
