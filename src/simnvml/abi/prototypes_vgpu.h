// The entry points for virtual GPUs.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/grid_licenses.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/sessions.h"
#include "simnvml/abi/values.h"
#include "simnvml/abi/vgpu_scheduler.h"
#include "simnvml/abi/vgpu_types.h"
#include "simnvml/abi/vgpu_usage.h"

extern "C" {
NVML_API nvmlReturn_t nvmlDeviceGetActiveVgpus(nvmlDevice_t device, unsigned int* vgpuCount,
                                               nvmlVgpuInstance_t* vgpuInstances);
NVML_API nvmlReturn_t nvmlDeviceGetCreatableVgpus(nvmlDevice_t device, unsigned int* vgpuCount,
                                                  nvmlVgpuTypeId_t* vgpuTypeIds);
NVML_API nvmlReturn_t nvmlDeviceGetGridLicensableFeatures(
    nvmlDevice_t device, nvmlGridLicensableFeatures_t* pGridLicensableFeatures);
NVML_API nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v2(
    nvmlDevice_t device, nvmlGridLicensableFeatures_t* pGridLicensableFeatures);
NVML_API nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v3(
    nvmlDevice_t device, nvmlGridLicensableFeatures_t* pGridLicensableFeatures);
NVML_API nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v4(
    nvmlDevice_t device, nvmlGridLicensableFeatures_t* pGridLicensableFeatures);
NVML_API nvmlReturn_t nvmlDeviceGetHostVgpuMode(nvmlDevice_t device,
                                                nvmlHostVgpuMode_t* pHostVgpuMode);
NVML_API nvmlReturn_t nvmlDeviceGetSupportedVgpus(nvmlDevice_t device, unsigned int* vgpuCount,
                                                  nvmlVgpuTypeId_t* vgpuTypeIds);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuCapabilities(nvmlDevice_t device,
                                                    nvmlDeviceVgpuCapability_t capability,
                                                    unsigned int* capResult);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuHeterogeneousMode(
    nvmlDevice_t device, nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuInstancesUtilizationInfo(
    nvmlDevice_t device, nvmlVgpuInstancesUtilizationInfo_t* vgpuUtilInfo);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuMetadata(nvmlDevice_t device,
                                                nvmlVgpuPgpuMetadata_t* pgpuMetadata,
                                                unsigned int* bufferSize);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuProcessUtilization(
    nvmlDevice_t device, unsigned long long lastSeenTimeStamp,
    unsigned int* vgpuProcessSamplesCount, nvmlVgpuProcessUtilizationSample_t* utilizationSamples);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuProcessesUtilizationInfo(
    nvmlDevice_t device, nvmlVgpuProcessesUtilizationInfo_t* vgpuProcUtilInfo);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuSchedulerCapabilities(
    nvmlDevice_t device, nvmlVgpuSchedulerCapabilities_t* pCapabilities);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuSchedulerLog(nvmlDevice_t device,
                                                    nvmlVgpuSchedulerLog_t* pSchedulerLog);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuSchedulerLog_v2(
    nvmlDevice_t device, nvmlVgpuSchedulerLogInfo_v2_t* pSchedulerLogInfo);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuSchedulerState(nvmlDevice_t device,
                                                      nvmlVgpuSchedulerGetState_t* pSchedulerState);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuSchedulerState_v2(
    nvmlDevice_t device, nvmlVgpuSchedulerStateInfo_v2_t* pSchedulerStateInfo);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuTypeCreatablePlacements(
    nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId, nvmlVgpuPlacementList_t* pPlacementList);
NVML_API nvmlReturn_t nvmlDeviceGetVgpuTypeSupportedPlacements(
    nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId, nvmlVgpuPlacementList_t* pPlacementList);
NVML_API nvmlReturn_t
nvmlDeviceGetVgpuUtilization(nvmlDevice_t device, unsigned long long lastSeenTimeStamp,
                             nvmlValueType_t* sampleValType, unsigned int* vgpuInstanceSamplesCount,
                             nvmlVgpuInstanceUtilizationSample_t* utilizationSamples);
NVML_API nvmlReturn_t nvmlDeviceGetVirtualizationMode(nvmlDevice_t device,
                                                      nvmlGpuVirtualizationMode_t* pVirtualMode);
NVML_API nvmlReturn_t nvmlDeviceSetVgpuCapabilities(nvmlDevice_t device,
                                                    nvmlDeviceVgpuCapability_t capability,
                                                    nvmlEnableState_t state);
NVML_API nvmlReturn_t nvmlDeviceSetVgpuHeterogeneousMode(
    nvmlDevice_t device, const nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode);
NVML_API nvmlReturn_t nvmlDeviceSetVgpuSchedulerState(nvmlDevice_t device,
                                                      nvmlVgpuSchedulerSetState_t* pSchedulerState);
NVML_API nvmlReturn_t nvmlDeviceSetVgpuSchedulerState_v2(
    nvmlDevice_t device, nvmlVgpuSchedulerState_v2_t* pSchedulerState);
NVML_API nvmlReturn_t nvmlDeviceSetVirtualizationMode(nvmlDevice_t device,
                                                      nvmlGpuVirtualizationMode_t virtualMode);
NVML_API nvmlReturn_t nvmlDeviceVgpuForceGspUnload(nvmlDevice_t device);
NVML_API nvmlReturn_t nvmlGetVgpuCompatibility(nvmlVgpuMetadata_t* vgpuMetadata,
                                               nvmlVgpuPgpuMetadata_t* pgpuMetadata,
                                               nvmlVgpuPgpuCompatibility_t* compatibilityInfo);
NVML_API nvmlReturn_t nvmlGetVgpuDriverCapabilities(nvmlVgpuDriverCapability_t capability,
                                                    unsigned int* capResult);
NVML_API nvmlReturn_t nvmlGetVgpuVersion(nvmlVgpuVersion_t* supported, nvmlVgpuVersion_t* current);
NVML_API nvmlReturn_t nvmlGpuInstanceGetActiveVgpus(
    nvmlGpuInstance_t gpuInstance, nvmlActiveVgpuInstanceInfo_t* pVgpuInstanceInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceGetCreatableVgpus(nvmlGpuInstance_t gpuInstance,
                                                       nvmlVgpuTypeIdInfo_t* pVgpus);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuHeterogeneousMode(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerLog(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuSchedulerLogInfo_t* pSchedulerLogInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerLog_v2(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuSchedulerLogInfo_v2_t* pSchedulerLogInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerState(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuSchedulerStateInfo_t* pSchedulerStateInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerState_v2(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuSchedulerStateInfo_v2_t* pSchedulerStateInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceGetVgpuTypeCreatablePlacements(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuCreatablePlacementInfo_t* pCreatablePlacementInfo);
NVML_API nvmlReturn_t nvmlGpuInstanceSetVgpuHeterogeneousMode(
    nvmlGpuInstance_t gpuInstance, const nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode);
NVML_API nvmlReturn_t nvmlGpuInstanceSetVgpuSchedulerState(nvmlGpuInstance_t gpuInstance,
                                                           nvmlVgpuSchedulerState_t* pScheduler);
NVML_API nvmlReturn_t nvmlGpuInstanceSetVgpuSchedulerState_v2(
    nvmlGpuInstance_t gpuInstance, nvmlVgpuSchedulerState_v2_t* pSchedulerState);
NVML_API nvmlReturn_t nvmlSetVgpuVersion(nvmlVgpuVersion_t* vgpuVersion);
NVML_API nvmlReturn_t nvmlVgpuInstanceClearAccountingPids(nvmlVgpuInstance_t vgpuInstance);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetAccountingMode(nvmlVgpuInstance_t vgpuInstance,
                                                        nvmlEnableState_t* mode);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetAccountingPids(nvmlVgpuInstance_t vgpuInstance,
                                                        unsigned int* count, unsigned int* pids);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetAccountingStats(nvmlVgpuInstance_t vgpuInstance,
                                                         unsigned int pid,
                                                         nvmlAccountingStats_t* stats);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetEccMode(nvmlVgpuInstance_t vgpuInstance,
                                                 nvmlEnableState_t* eccMode);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetEncoderCapacity(nvmlVgpuInstance_t vgpuInstance,
                                                         unsigned int* encoderCapacity);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetEncoderSessions(nvmlVgpuInstance_t vgpuInstance,
                                                         unsigned int* sessionCount,
                                                         nvmlEncoderSessionInfo_t* sessionInfo);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetEncoderStats(nvmlVgpuInstance_t vgpuInstance,
                                                      unsigned int* sessionCount,
                                                      unsigned int* averageFps,
                                                      unsigned int* averageLatency);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetFBCSessions(nvmlVgpuInstance_t vgpuInstance,
                                                     unsigned int* sessionCount,
                                                     nvmlFBCSessionInfo_t* sessionInfo);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetFBCStats(nvmlVgpuInstance_t vgpuInstance,
                                                  nvmlFBCStats_t* fbcStats);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetFbUsage(nvmlVgpuInstance_t vgpuInstance,
                                                 unsigned long long* fbUsage);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetFrameRateLimit(nvmlVgpuInstance_t vgpuInstance,
                                                        unsigned int* frameRateLimit);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetGpuInstanceId(nvmlVgpuInstance_t vgpuInstance,
                                                       unsigned int* gpuInstanceId);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetGpuPciId(nvmlVgpuInstance_t vgpuInstance, char* vgpuPciId,
                                                  unsigned int* length);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetLicenseInfo(nvmlVgpuInstance_t vgpuInstance,
                                                     nvmlVgpuLicenseInfo_t* licenseInfo);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetLicenseInfo_v2(nvmlVgpuInstance_t vgpuInstance,
                                                        nvmlVgpuLicenseInfo_t* licenseInfo);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetLicenseStatus(nvmlVgpuInstance_t vgpuInstance,
                                                       unsigned int* licensed);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetMdevUUID(nvmlVgpuInstance_t vgpuInstance, char* mdevUuid,
                                                  unsigned int size);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetMetadata(nvmlVgpuInstance_t vgpuInstance,
                                                  nvmlVgpuMetadata_t* vgpuMetadata,
                                                  unsigned int* bufferSize);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetPlacementId(nvmlVgpuInstance_t vgpuInstance,
                                                     nvmlVgpuPlacementId_t* pPlacement);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetRuntimeStateSize(nvmlVgpuInstance_t vgpuInstance,
                                                          nvmlVgpuRuntimeState_t* pState);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetType(nvmlVgpuInstance_t vgpuInstance,
                                              nvmlVgpuTypeId_t* vgpuTypeId);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetUUID(nvmlVgpuInstance_t vgpuInstance, char* uuid,
                                              unsigned int size);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetVmDriverVersion(nvmlVgpuInstance_t vgpuInstance,
                                                         char* version, unsigned int length);
NVML_API nvmlReturn_t nvmlVgpuInstanceGetVmID(nvmlVgpuInstance_t vgpuInstance, char* vmId,
                                              unsigned int size, nvmlVgpuVmIdType_t* vmIdType);
NVML_API nvmlReturn_t nvmlVgpuInstanceSetEncoderCapacity(nvmlVgpuInstance_t vgpuInstance,
                                                         unsigned int encoderCapacity);
NVML_API nvmlReturn_t nvmlVgpuTypeGetBAR1Info(nvmlVgpuTypeId_t vgpuTypeId,
                                              nvmlVgpuTypeBar1Info_t* bar1Info);
NVML_API nvmlReturn_t nvmlVgpuTypeGetCapabilities(nvmlVgpuTypeId_t vgpuTypeId,
                                                  nvmlVgpuCapability_t capability,
                                                  unsigned int* capResult);
NVML_API nvmlReturn_t nvmlVgpuTypeGetClass(nvmlVgpuTypeId_t vgpuTypeId, char* vgpuTypeClass,
                                           unsigned int* size);
NVML_API nvmlReturn_t nvmlVgpuTypeGetDeviceID(nvmlVgpuTypeId_t vgpuTypeId,
                                              unsigned long long* deviceID,
                                              unsigned long long* subsystemID);
NVML_API nvmlReturn_t nvmlVgpuTypeGetFbReservation(nvmlVgpuTypeId_t vgpuTypeId,
                                                   unsigned long long* fbReservation);
NVML_API nvmlReturn_t nvmlVgpuTypeGetFrameRateLimit(nvmlVgpuTypeId_t vgpuTypeId,
                                                    unsigned int* frameRateLimit);
NVML_API nvmlReturn_t nvmlVgpuTypeGetFramebufferSize(nvmlVgpuTypeId_t vgpuTypeId,
                                                     unsigned long long* fbSize);
NVML_API nvmlReturn_t nvmlVgpuTypeGetGpuInstanceProfileId(nvmlVgpuTypeId_t vgpuTypeId,
                                                          unsigned int* gpuInstanceProfileId);
NVML_API nvmlReturn_t nvmlVgpuTypeGetGspHeapSize(nvmlVgpuTypeId_t vgpuTypeId,
                                                 unsigned long long* gspHeapSize);
NVML_API nvmlReturn_t nvmlVgpuTypeGetLicense(nvmlVgpuTypeId_t vgpuTypeId,
                                             char* vgpuTypeLicenseString, unsigned int size);
NVML_API nvmlReturn_t nvmlVgpuTypeGetMaxInstances(nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId,
                                                  unsigned int* vgpuInstanceCount);
NVML_API nvmlReturn_t
nvmlVgpuTypeGetMaxInstancesPerGpuInstance(nvmlVgpuTypeMaxInstance_t* pMaxInstance);
NVML_API nvmlReturn_t nvmlVgpuTypeGetMaxInstancesPerVm(nvmlVgpuTypeId_t vgpuTypeId,
                                                       unsigned int* vgpuInstanceCountPerVm);
NVML_API nvmlReturn_t nvmlVgpuTypeGetName(nvmlVgpuTypeId_t vgpuTypeId, char* vgpuTypeName,
                                          unsigned int* size);
NVML_API nvmlReturn_t nvmlVgpuTypeGetNumDisplayHeads(nvmlVgpuTypeId_t vgpuTypeId,
                                                     unsigned int* numDisplayHeads);
NVML_API nvmlReturn_t nvmlVgpuTypeGetResolution(nvmlVgpuTypeId_t vgpuTypeId,
                                                unsigned int displayIndex, unsigned int* xdim,
                                                unsigned int* ydim);
}  // extern "C"
