// The calls about virtual GPU types and running virtual GPUs that the node refuses.
#include "simnvml/abi/prototypes_vgpu.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlVgpuInstanceClearAccountingPids(nvmlVgpuInstance_t) { return refuse(); }

nvmlReturn_t nvmlVgpuInstanceGetAccountingMode(nvmlVgpuInstance_t, nvmlEnableState_t* mode) {
  return refuse(mode);
}

nvmlReturn_t nvmlVgpuInstanceGetAccountingPids(nvmlVgpuInstance_t, unsigned int* count,
                                               unsigned int*) {
  return refuse(count);
}

nvmlReturn_t nvmlVgpuInstanceGetAccountingStats(nvmlVgpuInstance_t, unsigned int,
                                                nvmlAccountingStats_t* stats) {
  return refuse(stats);
}

nvmlReturn_t nvmlVgpuInstanceGetEccMode(nvmlVgpuInstance_t, nvmlEnableState_t* eccMode) {
  return refuse(eccMode);
}

nvmlReturn_t nvmlVgpuInstanceGetEncoderCapacity(nvmlVgpuInstance_t, unsigned int* encoderCapacity) {
  return refuse(encoderCapacity);
}

nvmlReturn_t nvmlVgpuInstanceGetEncoderSessions(nvmlVgpuInstance_t, unsigned int* sessionCount,
                                                nvmlEncoderSessionInfo_t*) {
  return refuse(sessionCount);
}

nvmlReturn_t nvmlVgpuInstanceGetEncoderStats(nvmlVgpuInstance_t, unsigned int* sessionCount,
                                             unsigned int* averageFps,
                                             unsigned int* averageLatency) {
  return refuse(sessionCount, averageFps, averageLatency);
}

nvmlReturn_t nvmlVgpuInstanceGetFBCSessions(nvmlVgpuInstance_t, unsigned int* sessionCount,
                                            nvmlFBCSessionInfo_t*) {
  return refuse(sessionCount);
}

nvmlReturn_t nvmlVgpuInstanceGetFBCStats(nvmlVgpuInstance_t, nvmlFBCStats_t* fbcStats) {
  return refuse(fbcStats);
}

nvmlReturn_t nvmlVgpuInstanceGetFbUsage(nvmlVgpuInstance_t, unsigned long long* fbUsage) {
  return refuse(fbUsage);
}

nvmlReturn_t nvmlVgpuInstanceGetFrameRateLimit(nvmlVgpuInstance_t, unsigned int* frameRateLimit) {
  return refuse(frameRateLimit);
}

nvmlReturn_t nvmlVgpuInstanceGetGpuInstanceId(nvmlVgpuInstance_t, unsigned int* gpuInstanceId) {
  return refuse(gpuInstanceId);
}

nvmlReturn_t nvmlVgpuInstanceGetGpuPciId(nvmlVgpuInstance_t, char* vgpuPciId,
                                         unsigned int* length) {
  return refuse(text_of(vgpuPciId, length), length);
}

nvmlReturn_t nvmlVgpuInstanceGetLicenseInfo(nvmlVgpuInstance_t,
                                            nvmlVgpuLicenseInfo_t* licenseInfo) {
  return refuse(field(licenseInfo, &nvmlVgpuLicenseInfo_t::isLicensed),
                field(licenseInfo, &nvmlVgpuLicenseInfo_t::licenseExpiry));
}

nvmlReturn_t nvmlVgpuInstanceGetLicenseInfo_v2(nvmlVgpuInstance_t,
                                               nvmlVgpuLicenseInfo_t* licenseInfo) {
  return refuse(licenseInfo);
}

nvmlReturn_t nvmlVgpuInstanceGetLicenseStatus(nvmlVgpuInstance_t, unsigned int* licensed) {
  return refuse(licensed);
}

nvmlReturn_t nvmlVgpuInstanceGetMdevUUID(nvmlVgpuInstance_t, char* mdevUuid, unsigned int size) {
  return refuse(Text{mdevUuid, size});
}

nvmlReturn_t nvmlVgpuInstanceGetMetadata(nvmlVgpuInstance_t, nvmlVgpuMetadata_t*,
                                         unsigned int* bufferSize) {
  return refuse(bufferSize);
}

nvmlReturn_t nvmlVgpuInstanceGetPlacementId(nvmlVgpuInstance_t, nvmlVgpuPlacementId_t* pPlacement) {
  return refuse(pPlacement);
}

nvmlReturn_t nvmlVgpuInstanceGetRuntimeStateSize(nvmlVgpuInstance_t,
                                                 nvmlVgpuRuntimeState_t* pState) {
  return refuse(pState);
}

nvmlReturn_t nvmlVgpuInstanceGetType(nvmlVgpuInstance_t, nvmlVgpuTypeId_t* vgpuTypeId) {
  return refuse(vgpuTypeId);
}

nvmlReturn_t nvmlVgpuInstanceGetUUID(nvmlVgpuInstance_t, char* uuid, unsigned int size) {
  return refuse(Text{uuid, size});
}

nvmlReturn_t nvmlVgpuInstanceGetVmDriverVersion(nvmlVgpuInstance_t, char* version,
                                                unsigned int length) {
  return refuse(Text{version, length});
}

nvmlReturn_t nvmlVgpuInstanceGetVmID(nvmlVgpuInstance_t, char* vmId, unsigned int size,
                                     nvmlVgpuVmIdType_t* vmIdType) {
  return refuse(Text{vmId, size}, vmIdType);
}

nvmlReturn_t nvmlVgpuInstanceSetEncoderCapacity(nvmlVgpuInstance_t, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlVgpuTypeGetBAR1Info(nvmlVgpuTypeId_t, nvmlVgpuTypeBar1Info_t* bar1Info) {
  return refuse(bar1Info);
}

nvmlReturn_t nvmlVgpuTypeGetCapabilities(nvmlVgpuTypeId_t, nvmlVgpuCapability_t,
                                         unsigned int* capResult) {
  return refuse(capResult);
}

nvmlReturn_t nvmlVgpuTypeGetClass(nvmlVgpuTypeId_t, char* vgpuTypeClass, unsigned int* size) {
  return refuse(text_of(vgpuTypeClass, size), size);
}

nvmlReturn_t nvmlVgpuTypeGetDeviceID(nvmlVgpuTypeId_t, unsigned long long* deviceID,
                                     unsigned long long* subsystemID) {
  return refuse(deviceID, subsystemID);
}

nvmlReturn_t nvmlVgpuTypeGetFbReservation(nvmlVgpuTypeId_t, unsigned long long* fbReservation) {
  return refuse(fbReservation);
}

nvmlReturn_t nvmlVgpuTypeGetFrameRateLimit(nvmlVgpuTypeId_t, unsigned int* frameRateLimit) {
  return refuse(frameRateLimit);
}

nvmlReturn_t nvmlVgpuTypeGetFramebufferSize(nvmlVgpuTypeId_t, unsigned long long* fbSize) {
  return refuse(fbSize);
}

nvmlReturn_t nvmlVgpuTypeGetGpuInstanceProfileId(nvmlVgpuTypeId_t,
                                                 unsigned int* gpuInstanceProfileId) {
  return refuse(gpuInstanceProfileId);
}

nvmlReturn_t nvmlVgpuTypeGetGspHeapSize(nvmlVgpuTypeId_t, unsigned long long* gspHeapSize) {
  return refuse(gspHeapSize);
}

nvmlReturn_t nvmlVgpuTypeGetLicense(nvmlVgpuTypeId_t, char* vgpuTypeLicenseString,
                                    unsigned int size) {
  return refuse(Text{vgpuTypeLicenseString, size});
}

nvmlReturn_t nvmlVgpuTypeGetMaxInstances(nvmlDevice_t, nvmlVgpuTypeId_t,
                                         unsigned int* vgpuInstanceCount) {
  return refuse(vgpuInstanceCount);
}

nvmlReturn_t nvmlVgpuTypeGetMaxInstancesPerGpuInstance(nvmlVgpuTypeMaxInstance_t* pMaxInstance) {
  return refuse(field(pMaxInstance, &nvmlVgpuTypeMaxInstance_t::maxInstancePerGI));
}

nvmlReturn_t nvmlVgpuTypeGetMaxInstancesPerVm(nvmlVgpuTypeId_t,
                                              unsigned int* vgpuInstanceCountPerVm) {
  return refuse(vgpuInstanceCountPerVm);
}

nvmlReturn_t nvmlVgpuTypeGetName(nvmlVgpuTypeId_t, char* vgpuTypeName, unsigned int* size) {
  return refuse(text_of(vgpuTypeName, size), size);
}

nvmlReturn_t nvmlVgpuTypeGetNumDisplayHeads(nvmlVgpuTypeId_t, unsigned int* numDisplayHeads) {
  return refuse(numDisplayHeads);
}

nvmlReturn_t nvmlVgpuTypeGetResolution(nvmlVgpuTypeId_t, unsigned int, unsigned int* xdim,
                                       unsigned int* ydim) {
  return refuse(xdim, ydim);
}
