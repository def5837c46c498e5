// The calls about clocks, fans and power settings that the node refuses.
#include "simnvml/abi/prototypes_clocks_and_power.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceGetAdaptiveClockInfoStatus(nvmlDevice_t, unsigned int* adaptiveClockStatus) {
  return refuse(adaptiveClockStatus);
}

nvmlReturn_t nvmlDeviceGetClkMonStatus(nvmlDevice_t, nvmlClkMonStatus_t* status) {
  return refuse(status);
}

nvmlReturn_t nvmlDeviceGetClockOffsets(nvmlDevice_t, nvmlClockOffset_t* info) {
  return refuse(field(info, &nvmlClockOffset_t::clockOffsetMHz),
                field(info, &nvmlClockOffset_t::minClockOffsetMHz),
                field(info, &nvmlClockOffset_t::maxClockOffsetMHz));
}

nvmlReturn_t nvmlDeviceGetCoolerInfo(nvmlDevice_t, nvmlCoolerInfo_t* coolerInfo) {
  return refuse(field(coolerInfo, &nvmlCoolerInfo_t::signalType),
                field(coolerInfo, &nvmlCoolerInfo_t::target));
}

nvmlReturn_t nvmlDeviceGetCurrentClockFreqs(nvmlDevice_t,
                                            nvmlDeviceCurrentClockFreqs_t* currentClockFreqs) {
  return refuse(currentClockFreqs);
}

nvmlReturn_t nvmlDeviceGetDynamicPstatesInfo(nvmlDevice_t,
                                             nvmlGpuDynamicPstatesInfo_t* pDynamicPstatesInfo) {
  return refuse(pDynamicPstatesInfo);
}

nvmlReturn_t nvmlDeviceGetFanControlPolicy_v2(nvmlDevice_t, unsigned int,
                                              nvmlFanControlPolicy_t* policy) {
  return refuse(policy);
}

nvmlReturn_t nvmlDeviceGetFanSpeedRPM(nvmlDevice_t, nvmlFanSpeedInfo_t* fanSpeed) {
  return refuse(field(fanSpeed, &nvmlFanSpeedInfo_t::speed));
}

nvmlReturn_t nvmlDeviceGetFanSpeed_v2(nvmlDevice_t, unsigned int, unsigned int* speed) {
  return refuse(speed);
}

nvmlReturn_t nvmlDeviceGetGpcClkMinMaxVfOffset(nvmlDevice_t, int* minOffset, int* maxOffset) {
  return refuse(minOffset, maxOffset);
}

nvmlReturn_t nvmlDeviceGetGpcClkVfOffset(nvmlDevice_t, int* offset) { return refuse(offset); }

nvmlReturn_t nvmlDeviceGetMarginTemperature(nvmlDevice_t, nvmlMarginTemperature_t* marginTempInfo) {
  return refuse(marginTempInfo);
}

nvmlReturn_t nvmlDeviceGetMaxCustomerBoostClock(nvmlDevice_t, nvmlClockType_t,
                                                unsigned int* clockMHz) {
  return refuse(clockMHz);
}

nvmlReturn_t nvmlDeviceGetMemClkMinMaxVfOffset(nvmlDevice_t, int* minOffset, int* maxOffset) {
  return refuse(minOffset, maxOffset);
}

nvmlReturn_t nvmlDeviceGetMemClkVfOffset(nvmlDevice_t, int* offset) { return refuse(offset); }

nvmlReturn_t nvmlDeviceGetMinMaxClockOfPState(nvmlDevice_t, nvmlClockType_t, nvmlPstates_t,
                                              unsigned int* minClockMHz,
                                              unsigned int* maxClockMHz) {
  return refuse(minClockMHz, maxClockMHz);
}

nvmlReturn_t nvmlDeviceGetMinMaxFanSpeed(nvmlDevice_t, unsigned int* minSpeed,
                                         unsigned int* maxSpeed) {
  return refuse(minSpeed, maxSpeed);
}

nvmlReturn_t nvmlDeviceGetNumFans(nvmlDevice_t, unsigned int* numFans) { return refuse(numFans); }

nvmlReturn_t nvmlDeviceGetPerformanceModes(nvmlDevice_t, nvmlDevicePerfModes_t* perfModes) {
  return refuse(perfModes);
}

nvmlReturn_t nvmlDeviceGetPowerMizerMode_v1(nvmlDevice_t,
                                            nvmlDevicePowerMizerModes_v1_t* powerMizerMode) {
  return refuse(powerMizerMode);
}

nvmlReturn_t nvmlDeviceGetPowerSource(nvmlDevice_t, nvmlPowerSource_t* powerSource) {
  return refuse(powerSource);
}

nvmlReturn_t nvmlDeviceGetSupportedPerformanceStates(nvmlDevice_t, nvmlPstates_t* pstates,
                                                     unsigned int size) {
  return refuse(PstateList{pstates, size});
}

nvmlReturn_t nvmlDeviceGetTargetFanSpeed(nvmlDevice_t, unsigned int, unsigned int* targetSpeed) {
  return refuse(targetSpeed);
}

nvmlReturn_t nvmlDeviceGetThermalSettings(nvmlDevice_t, unsigned int,
                                          nvmlGpuThermalSettings_t* pThermalSettings) {
  return refuse(pThermalSettings);
}

nvmlReturn_t nvmlDeviceGetViolationStatus(nvmlDevice_t, nvmlPerfPolicyType_t,
                                          nvmlViolationTime_t* violTime) {
  return refuse(violTime);
}

nvmlReturn_t nvmlDevicePowerSmoothingActivatePresetProfile(nvmlDevice_t,
                                                           nvmlPowerSmoothingProfile_t*) {
  return refuse();
}

nvmlReturn_t nvmlDevicePowerSmoothingSetState(nvmlDevice_t, nvmlPowerSmoothingState_t*) {
  return refuse();
}

nvmlReturn_t nvmlDevicePowerSmoothingUpdatePresetProfileParam(nvmlDevice_t,
                                                              nvmlPowerSmoothingProfile_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceResetGpuLockedClocks(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlDeviceResetMemoryLockedClocks(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlDeviceSetAutoBoostedClocksEnabled(nvmlDevice_t, nvmlEnableState_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetClockOffsets(nvmlDevice_t, nvmlClockOffset_t*) { return refuse(); }

nvmlReturn_t nvmlDeviceSetDefaultAutoBoostedClocksEnabled(nvmlDevice_t, nvmlEnableState_t,
                                                          unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetDefaultFanSpeed_v2(nvmlDevice_t, unsigned int) { return refuse(); }

nvmlReturn_t nvmlDeviceSetFanControlPolicy(nvmlDevice_t, unsigned int, nvmlFanControlPolicy_t) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetFanSpeed_v2(nvmlDevice_t, unsigned int, unsigned int) { return refuse(); }

nvmlReturn_t nvmlDeviceSetGpcClkVfOffset(nvmlDevice_t, int) { return refuse(); }

nvmlReturn_t nvmlDeviceSetGpuLockedClocks(nvmlDevice_t, unsigned int, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetMemClkVfOffset(nvmlDevice_t, int) { return refuse(); }

nvmlReturn_t nvmlDeviceSetMemoryLockedClocks(nvmlDevice_t, unsigned int, unsigned int) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetPowerManagementLimit(nvmlDevice_t, unsigned int) { return refuse(); }

nvmlReturn_t nvmlDeviceSetPowerManagementLimit_v2(nvmlDevice_t, nvmlPowerValue_v2_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetPowerMizerMode_v1(nvmlDevice_t, nvmlDevicePowerMizerModes_v1_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceSetRusdSettings_v1(nvmlDevice_t, nvmlRusdSettings_v1_t*) { return refuse(); }

nvmlReturn_t nvmlDeviceSetTemperatureThreshold(nvmlDevice_t, nvmlTemperatureThresholds_t, int*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceWorkloadPowerProfileClearRequestedProfiles(
    nvmlDevice_t, nvmlWorkloadPowerProfileRequestedProfiles_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceWorkloadPowerProfileGetCurrentProfiles(
    nvmlDevice_t, nvmlWorkloadPowerProfileCurrentProfiles_t* currentProfiles) {
  return refuse(currentProfiles);
}

nvmlReturn_t nvmlDeviceWorkloadPowerProfileGetProfilesInfo(
    nvmlDevice_t, nvmlWorkloadPowerProfileProfilesInfo_t* profilesInfo) {
  return refuse(profilesInfo);
}

nvmlReturn_t nvmlDeviceWorkloadPowerProfileSetRequestedProfiles(
    nvmlDevice_t, nvmlWorkloadPowerProfileRequestedProfiles_t*) {
  return refuse();
}

nvmlReturn_t nvmlDeviceWorkloadPowerProfileUpdateProfiles_v1(
    nvmlDevice_t, nvmlWorkloadPowerProfileUpdateProfiles_v1_t*) {
  return refuse();
}
