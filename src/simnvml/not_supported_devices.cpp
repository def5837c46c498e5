// The calls about device attributes, PCI removal and PRM access that the node refuses.
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceClearCpuAffinity(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlDeviceDiscoverGpus(nvmlPciInfo_t*) { return refuse(); }

nvmlReturn_t nvmlDeviceGetAPIRestriction(nvmlDevice_t, nvmlRestrictedAPI_t,
                                         nvmlEnableState_t* isRestricted) {
  return refuse(isRestricted);
}

nvmlReturn_t nvmlDeviceGetAddressingMode(nvmlDevice_t, nvmlDeviceAddressingMode_t* mode) {
  return refuse(mode);
}

nvmlReturn_t nvmlDeviceGetBBXTimeData_v1(nvmlDevice_t, nvmlBBXTimeData_v1_t* timeData) {
  return refuse(timeData);
}

nvmlReturn_t nvmlDeviceGetBusType(nvmlDevice_t, nvmlBusType_t* type) { return refuse(type); }

nvmlReturn_t nvmlDeviceGetCapabilities(nvmlDevice_t, nvmlDeviceCapabilities_t* caps) {
  return refuse(caps);
}

nvmlReturn_t nvmlDeviceGetDriverModel_v2(nvmlDevice_t, nvmlDriverModel_t* current,
                                         nvmlDriverModel_t* pending) {
  return refuse(current, pending);
}

nvmlReturn_t nvmlDeviceGetHostname_v1(nvmlDevice_t, nvmlHostname_v1_t* hostname) {
  return refuse(hostname);
}

nvmlReturn_t nvmlDeviceGetIrqNum(nvmlDevice_t, unsigned int* irqNum) { return refuse(irqNum); }

nvmlReturn_t nvmlDeviceGetPcieLinkMaxSpeed(nvmlDevice_t, unsigned int* maxSpeed) {
  return refuse(maxSpeed);
}

nvmlReturn_t nvmlDeviceGetPcieSpeed(nvmlDevice_t, unsigned int* pcieSpeed) {
  return refuse(pcieSpeed);
}

nvmlReturn_t nvmlDeviceGetPgpuMetadataString(nvmlDevice_t, char* pgpuMetadata,
                                             unsigned int* bufferSize) {
  return refuse(text_of(pgpuMetadata, bufferSize), bufferSize);
}

nvmlReturn_t nvmlDeviceGetPlatformInfo(nvmlDevice_t, nvmlPlatformInfo_t* platformInfo) {
  return refuse(platformInfo);
}

nvmlReturn_t nvmlDeviceGetTopologyNearestGpus(nvmlDevice_t, nvmlGpuTopologyLevel_t,
                                              unsigned int* count, nvmlDevice_t*) {
  return refuse(count);
}

nvmlReturn_t nvmlDeviceModifyDrainState(nvmlPciInfo_t*, nvmlEnableState_t) { return refuse(); }

nvmlReturn_t nvmlDeviceQueryDrainState(nvmlPciInfo_t*, nvmlEnableState_t* currentState) {
  return refuse(currentState);
}

nvmlReturn_t nvmlDeviceReadPRMCounters_v1(nvmlDevice_t, nvmlPRMCounterList_v1_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceReadWritePRM_v1(nvmlDevice_t, nvmlPRMTLV_v1_t* buffer) {
  return refuse(field(buffer, &nvmlPRMTLV_v1_t::status));
}

nvmlReturn_t nvmlDeviceRemoveGpu(nvmlPciInfo_v2_t*) { return refuse(); }

nvmlReturn_t nvmlDeviceRemoveGpu_v2(nvmlPciInfo_t*, nvmlDetachGpuState_t, nvmlPcieLinkState_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetAPIRestriction(nvmlDevice_t, nvmlRestrictedAPI_t, nvmlEnableState_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetCpuAffinity(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlDeviceSetDriverModel(nvmlDevice_t, nvmlDriverModel_t, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetGpuOperationMode(nvmlDevice_t, nvmlGpuOperationMode_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetHostname_v1(nvmlDevice_t, nvmlHostname_v1_t*) { return refuse(); }
