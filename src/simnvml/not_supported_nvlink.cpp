// The calls about NVLink, C2C and the fabric that the node refuses.
#include "simnvml/abi/prototypes_nvlink.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceFreezeNvLinkUtilizationCounter(nvmlDevice_t, unsigned int, unsigned int,
                                                      nvmlEnableState_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceGetC2cModeInfoV(nvmlDevice_t, nvmlC2cModeInfo_v1_t* c2cModeInfo) {
  return refuse(c2cModeInfo);
}

nvmlReturn_t nvmlDeviceGetGpuFabricInfoV(nvmlDevice_t, nvmlGpuFabricInfoV_t* gpuFabricInfo) {
  return refuse(gpuFabricInfo);
}

nvmlReturn_t nvmlDeviceGetNvLinkCapability(nvmlDevice_t, unsigned int, nvmlNvLinkCapability_t,
                                           unsigned int* capResult) {
  return refuse(capResult);
}

nvmlReturn_t nvmlDeviceGetNvLinkErrorCounter(nvmlDevice_t, unsigned int, nvmlNvLinkErrorCounter_t,
                                             unsigned long long* counterValue) {
  return refuse(counterValue);
}

nvmlReturn_t nvmlDeviceGetNvLinkInfo(nvmlDevice_t, nvmlNvLinkInfo_t* info) { return refuse(info); }

nvmlReturn_t nvmlDeviceGetNvLinkRemoteDeviceType(nvmlDevice_t, unsigned int,
                                                 nvmlIntNvLinkDeviceType_t* pNvLinkDeviceType) {
  return refuse(pNvLinkDeviceType);
}

nvmlReturn_t nvmlDeviceGetNvLinkRemotePciInfo(nvmlDevice_t, unsigned int, nvmlPciInfo_v2_t* pci) {
  return refuse(pci);
}

nvmlReturn_t nvmlDeviceGetNvLinkUtilizationControl(nvmlDevice_t, unsigned int, unsigned int,
                                                   nvmlNvLinkUtilizationControl_t* control) {
  return refuse(control);
}

nvmlReturn_t nvmlDeviceGetNvLinkUtilizationCounter(nvmlDevice_t, unsigned int, unsigned int,
                                                   unsigned long long* rxcounter,
                                                   unsigned long long* txcounter) {
  return refuse(rxcounter, txcounter);
}

nvmlReturn_t nvmlDeviceGetNvLinkVersion(nvmlDevice_t, unsigned int, unsigned int* version) {
  return refuse(version);
}

nvmlReturn_t nvmlDeviceGetNvlinkBwMode(nvmlDevice_t, nvmlNvlinkGetBwMode_t* getBwMode) {
  return refuse(getBwMode);
}

nvmlReturn_t nvmlDeviceGetNvlinkSupportedBwModes(nvmlDevice_t,
                                                 nvmlNvlinkSupportedBwModes_t* supportedBwMode) {
  return refuse(supportedBwMode);
}

nvmlReturn_t nvmlDeviceResetNvLinkErrorCounters(nvmlDevice_t, unsigned int) { return refuse(); }

nvmlReturn_t nvmlDeviceResetNvLinkUtilizationCounter(nvmlDevice_t, unsigned int, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetNvLinkDeviceLowPowerThreshold(nvmlDevice_t, nvmlNvLinkPowerThres_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetNvLinkUtilizationControl(nvmlDevice_t, unsigned int, unsigned int,
                                                   nvmlNvLinkUtilizationControl_t*, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetNvlinkBwMode(nvmlDevice_t, nvmlNvlinkSetBwMode_t*) { return refuse(); }

nvmlReturn_t nvmlSystemGetNvlinkBwMode(unsigned int* nvlinkBwMode) { return refuse(nvlinkBwMode); }

nvmlReturn_t nvmlSystemSetNvlinkBwMode(unsigned int) { return refuse(); }
