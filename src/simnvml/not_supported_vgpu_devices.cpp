// The calls about the virtual GPUs of a device or GPU instance that the node refuses.
#include "simnvml/abi/prototypes_vgpu.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceGetActiveVgpus(nvmlDevice_t, unsigned int* vgpuCount, nvmlVgpuInstance_t*) {
  return refuse(vgpuCount);
}

nvmlReturn_t nvmlDeviceGetCreatableVgpus(nvmlDevice_t, unsigned int* vgpuCount, nvmlVgpuTypeId_t*) {
  return refuse(vgpuCount);
}

nvmlReturn_t nvmlDeviceGetGridLicensableFeatures(
    nvmlDevice_t, nvmlGridLicensableFeatures_t* pGridLicensableFeatures) {
  return refuse(
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::isGridLicenseSupported),
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::licensableFeaturesCount));
}

nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v2(
    nvmlDevice_t, nvmlGridLicensableFeatures_t* pGridLicensableFeatures) {
  return refuse(
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::isGridLicenseSupported),
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::licensableFeaturesCount));
}

nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v3(
    nvmlDevice_t, nvmlGridLicensableFeatures_t* pGridLicensableFeatures) {
  return refuse(
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::isGridLicenseSupported),
      field(pGridLicensableFeatures, &nvmlGridLicensableFeatures_t::licensableFeaturesCount));
}

nvmlReturn_t nvmlDeviceGetSupportedVgpus(nvmlDevice_t, unsigned int* vgpuCount, nvmlVgpuTypeId_t*) {
  return refuse(vgpuCount);
}

nvmlReturn_t nvmlDeviceGetVgpuCapabilities(nvmlDevice_t, nvmlDeviceVgpuCapability_t,
                                           unsigned int* capResult) {
  return refuse(capResult);
}

nvmlReturn_t nvmlDeviceGetVgpuHeterogeneousMode(nvmlDevice_t,
                                                nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode) {
  return refuse(pHeterogeneousMode);
}

nvmlReturn_t nvmlDeviceGetVgpuInstancesUtilizationInfo(
    nvmlDevice_t, nvmlVgpuInstancesUtilizationInfo_t* vgpuUtilInfo) {
  return refuse(field(vgpuUtilInfo, &nvmlVgpuInstancesUtilizationInfo_t::sampleValType),
                field(vgpuUtilInfo, &nvmlVgpuInstancesUtilizationInfo_t::vgpuInstanceCount));
}

nvmlReturn_t nvmlDeviceGetVgpuMetadata(nvmlDevice_t, nvmlVgpuPgpuMetadata_t*,
                                       unsigned int* bufferSize) {
  return refuse(bufferSize);
}

nvmlReturn_t nvmlDeviceGetVgpuProcessUtilization(nvmlDevice_t, unsigned long long,
                                                 unsigned int* vgpuProcessSamplesCount,
                                                 nvmlVgpuProcessUtilizationSample_t*) {
  return refuse(vgpuProcessSamplesCount);
}

nvmlReturn_t nvmlDeviceGetVgpuProcessesUtilizationInfo(
    nvmlDevice_t, nvmlVgpuProcessesUtilizationInfo_t* vgpuProcUtilInfo) {
  return refuse(field(vgpuProcUtilInfo, &nvmlVgpuProcessesUtilizationInfo_t::vgpuProcessCount));
}

nvmlReturn_t nvmlDeviceGetVgpuSchedulerCapabilities(
    nvmlDevice_t, nvmlVgpuSchedulerCapabilities_t* pCapabilities) {
  return refuse(pCapabilities);
}

nvmlReturn_t nvmlDeviceGetVgpuSchedulerLog(nvmlDevice_t, nvmlVgpuSchedulerLog_t* pSchedulerLog) {
  return refuse(pSchedulerLog);
}

nvmlReturn_t nvmlDeviceGetVgpuSchedulerLog_v2(nvmlDevice_t,
                                              nvmlVgpuSchedulerLogInfo_v2_t* pSchedulerLogInfo) {
  return refuse(field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::schedulerPolicy),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::avgFactor),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::timeslice),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::entriesCount));
}

nvmlReturn_t nvmlDeviceGetVgpuSchedulerState(nvmlDevice_t,
                                             nvmlVgpuSchedulerGetState_t* pSchedulerState) {
  return refuse(pSchedulerState);
}

nvmlReturn_t nvmlDeviceGetVgpuSchedulerState_v2(
    nvmlDevice_t, nvmlVgpuSchedulerStateInfo_v2_t* pSchedulerStateInfo) {
  return refuse(field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::schedulerPolicy),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::avgFactor),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::timeslice));
}

nvmlReturn_t nvmlDeviceGetVgpuTypeCreatablePlacements(nvmlDevice_t, nvmlVgpuTypeId_t,
                                                      nvmlVgpuPlacementList_t* pPlacementList) {
  return refuse(field(pPlacementList, &nvmlVgpuPlacementList_t::count));
}

nvmlReturn_t nvmlDeviceGetVgpuTypeSupportedPlacements(nvmlDevice_t, nvmlVgpuTypeId_t,
                                                      nvmlVgpuPlacementList_t* pPlacementList) {
  return refuse(field(pPlacementList, &nvmlVgpuPlacementList_t::count));
}

nvmlReturn_t nvmlDeviceGetVgpuUtilization(nvmlDevice_t, unsigned long long,
                                          nvmlValueType_t* sampleValType,
                                          unsigned int* vgpuInstanceSamplesCount,
                                          nvmlVgpuInstanceUtilizationSample_t*) {
  return refuse(sampleValType, vgpuInstanceSamplesCount);
}

nvmlReturn_t nvmlDeviceSetVgpuCapabilities(nvmlDevice_t, nvmlDeviceVgpuCapability_t,
                                           nvmlEnableState_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetVgpuHeterogeneousMode(nvmlDevice_t, const nvmlVgpuHeterogeneousMode_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetVgpuSchedulerState(nvmlDevice_t, nvmlVgpuSchedulerSetState_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetVgpuSchedulerState_v2(nvmlDevice_t, nvmlVgpuSchedulerState_v2_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetVirtualizationMode(nvmlDevice_t, nvmlGpuVirtualizationMode_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceVgpuForceGspUnload(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlGetVgpuCompatibility(nvmlVgpuMetadata_t*, nvmlVgpuPgpuMetadata_t*,
                                      nvmlVgpuPgpuCompatibility_t* compatibilityInfo) {
  return refuse(compatibilityInfo);
}

nvmlReturn_t nvmlGetVgpuDriverCapabilities(nvmlVgpuDriverCapability_t, unsigned int* capResult) {
  return refuse(capResult);
}

nvmlReturn_t nvmlGetVgpuVersion(nvmlVgpuVersion_t* supported, nvmlVgpuVersion_t* current) {
  return refuse(supported, current);
}

nvmlReturn_t nvmlGpuInstanceGetActiveVgpus(nvmlGpuInstance_t,
                                           nvmlActiveVgpuInstanceInfo_t* pVgpuInstanceInfo) {
  return refuse(field(pVgpuInstanceInfo, &nvmlActiveVgpuInstanceInfo_t::vgpuCount));
}

nvmlReturn_t nvmlGpuInstanceGetCreatableVgpus(nvmlGpuInstance_t, nvmlVgpuTypeIdInfo_t* pVgpus) {
  return refuse(field(pVgpus, &nvmlVgpuTypeIdInfo_t::vgpuCount));
}

nvmlReturn_t nvmlGpuInstanceGetVgpuHeterogeneousMode(
    nvmlGpuInstance_t, nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode) {
  return refuse(pHeterogeneousMode);
}

nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerLog(nvmlGpuInstance_t,
                                                nvmlVgpuSchedulerLogInfo_t* pSchedulerLogInfo) {
  return refuse(field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_t::schedulerPolicy),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_t::arrMode),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_t::schedulerParams),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_t::entriesCount));
}

nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerLog_v2(
    nvmlGpuInstance_t, nvmlVgpuSchedulerLogInfo_v2_t* pSchedulerLogInfo) {
  return refuse(field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::schedulerPolicy),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::avgFactor),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::timeslice),
                field(pSchedulerLogInfo, &nvmlVgpuSchedulerLogInfo_v2_t::entriesCount));
}

nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerState(
    nvmlGpuInstance_t, nvmlVgpuSchedulerStateInfo_t* pSchedulerStateInfo) {
  return refuse(field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_t::schedulerPolicy),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_t::arrMode),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_t::schedulerParams));
}

nvmlReturn_t nvmlGpuInstanceGetVgpuSchedulerState_v2(
    nvmlGpuInstance_t, nvmlVgpuSchedulerStateInfo_v2_t* pSchedulerStateInfo) {
  return refuse(field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::schedulerPolicy),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::avgFactor),
                field(pSchedulerStateInfo, &nvmlVgpuSchedulerStateInfo_v2_t::timeslice));
}

nvmlReturn_t nvmlGpuInstanceGetVgpuTypeCreatablePlacements(
    nvmlGpuInstance_t, nvmlVgpuCreatablePlacementInfo_t* pCreatablePlacementInfo) {
  return refuse(field(pCreatablePlacementInfo, &nvmlVgpuCreatablePlacementInfo_t::count));
}

nvmlReturn_t nvmlGpuInstanceSetVgpuHeterogeneousMode(nvmlGpuInstance_t,
                                                     const nvmlVgpuHeterogeneousMode_t*) {
  return refuse();
}

nvmlReturn_t nvmlGpuInstanceSetVgpuSchedulerState(nvmlGpuInstance_t, nvmlVgpuSchedulerState_t*) {
  return refuse();
}

nvmlReturn_t nvmlGpuInstanceSetVgpuSchedulerState_v2(nvmlGpuInstance_t,
                                                     nvmlVgpuSchedulerState_v2_t*) {
  return refuse();
}

nvmlReturn_t nvmlSetVgpuVersion(nvmlVgpuVersion_t*) { return refuse(); }
