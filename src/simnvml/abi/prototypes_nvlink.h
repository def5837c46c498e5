// The entry points for NVLink and fabric.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/fabric.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/legacy_structs.h"
#include "simnvml/abi/nvlink.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/values.h"

extern "C" {
NVML_API nvmlReturn_t nvmlDeviceFreezeNvLinkUtilizationCounter(nvmlDevice_t device,
                                                               unsigned int link,
                                                               unsigned int counter,
                                                               nvmlEnableState_t freeze);
NVML_API nvmlReturn_t nvmlDeviceGetC2cModeInfoV(nvmlDevice_t device,
                                                nvmlC2cModeInfo_v1_t* c2cModeInfo);
NVML_API nvmlReturn_t nvmlDeviceGetGpuFabricInfo(nvmlDevice_t device,
                                                 nvmlGpuFabricInfo_t* gpuFabricInfo);
NVML_API nvmlReturn_t nvmlDeviceGetGpuFabricInfoV(nvmlDevice_t device,
                                                  nvmlGpuFabricInfoV_t* gpuFabricInfo);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkCapability(nvmlDevice_t device, unsigned int link,
                                                    nvmlNvLinkCapability_t capability,
                                                    unsigned int* capResult);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkErrorCounter(nvmlDevice_t device, unsigned int link,
                                                      nvmlNvLinkErrorCounter_t counter,
                                                      unsigned long long* counterValue);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkInfo(nvmlDevice_t device, nvmlNvLinkInfo_t* info);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkRemoteDeviceType(
    nvmlDevice_t device, unsigned int link, nvmlIntNvLinkDeviceType_t* pNvLinkDeviceType);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkRemotePciInfo(nvmlDevice_t device, unsigned int link,
                                                       nvmlPciInfo_v2_t* pci);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkRemotePciInfo_v2(nvmlDevice_t device, unsigned int link,
                                                          nvmlPciInfo_t* pci);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkState(nvmlDevice_t device, unsigned int link,
                                               nvmlEnableState_t* isActive);
NVML_API nvmlReturn_t
nvmlDeviceGetNvLinkUtilizationControl(nvmlDevice_t device, unsigned int link, unsigned int counter,
                                      nvmlNvLinkUtilizationControl_t* control);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkUtilizationCounter(nvmlDevice_t device, unsigned int link,
                                                            unsigned int counter,
                                                            unsigned long long* rxcounter,
                                                            unsigned long long* txcounter);
NVML_API nvmlReturn_t nvmlDeviceGetNvLinkVersion(nvmlDevice_t device, unsigned int link,
                                                 unsigned int* version);
NVML_API nvmlReturn_t nvmlDeviceGetNvlinkBwMode(nvmlDevice_t device,
                                                nvmlNvlinkGetBwMode_t* getBwMode);
NVML_API nvmlReturn_t nvmlDeviceGetNvlinkSupportedBwModes(
    nvmlDevice_t device, nvmlNvlinkSupportedBwModes_t* supportedBwMode);
NVML_API nvmlReturn_t nvmlDeviceResetNvLinkErrorCounters(nvmlDevice_t device, unsigned int link);
NVML_API nvmlReturn_t nvmlDeviceResetNvLinkUtilizationCounter(nvmlDevice_t device,
                                                              unsigned int link,
                                                              unsigned int counter);
NVML_API nvmlReturn_t nvmlDeviceSetNvLinkDeviceLowPowerThreshold(nvmlDevice_t device,
                                                                 nvmlNvLinkPowerThres_t* info);
NVML_API nvmlReturn_t nvmlDeviceSetNvLinkUtilizationControl(nvmlDevice_t device, unsigned int link,
                                                            unsigned int counter,
                                                            nvmlNvLinkUtilizationControl_t* control,
                                                            unsigned int reset);
NVML_API nvmlReturn_t nvmlDeviceSetNvlinkBwMode(nvmlDevice_t device,
                                                nvmlNvlinkSetBwMode_t* setBwMode);
NVML_API nvmlReturn_t nvmlSystemGetNvlinkBwMode(unsigned int* nvlinkBwMode);
NVML_API nvmlReturn_t nvmlSystemSetNvlinkBwMode(unsigned int nvlinkBwMode);
}  // extern "C"
