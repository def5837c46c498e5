// The calls about accounting, encoder and capture sessions that the node refuses.
#include "simnvml/abi/prototypes_usage.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceClearAccountingPids(nvmlDevice_t) { return refuse(); }

nvmlReturn_t nvmlDeviceGetAccountingStats(nvmlDevice_t, unsigned int,
                                          nvmlAccountingStats_t* stats) {
  return refuse(stats);
}

nvmlReturn_t nvmlDeviceGetAccountingStats_v2(nvmlDevice_t, nvmlAccountingStats_v2_t* stats) {
  return refuse(field(stats, &nvmlAccountingStats_v2_t::isRunning),
                field(stats, &nvmlAccountingStats_v2_t::gpuUtilization),
                field(stats, &nvmlAccountingStats_v2_t::memoryUtilization),
                field(stats, &nvmlAccountingStats_v2_t::maxMemoryUsage),
                field(stats, &nvmlAccountingStats_v2_t::sampleCount),
                field(stats, &nvmlAccountingStats_v2_t::sumGpuUtil),
                field(stats, &nvmlAccountingStats_v2_t::sumFbUtil),
                field(stats, &nvmlAccountingStats_v2_t::time),
                field(stats, &nvmlAccountingStats_v2_t::startTime));
}

nvmlReturn_t nvmlDeviceGetEncoderCapacity(nvmlDevice_t, nvmlEncoderType_t,
                                          unsigned int* encoderCapacity) {
  return refuse(encoderCapacity);
}

nvmlReturn_t nvmlDeviceGetEncoderSessions(nvmlDevice_t, unsigned int* sessionCount,
                                          nvmlEncoderSessionInfo_t*) {
  return refuse(sessionCount);
}

nvmlReturn_t nvmlDeviceGetFBCSessions(nvmlDevice_t, unsigned int* sessionCount,
                                      nvmlFBCSessionInfo_t*) {
  return refuse(sessionCount);
}

nvmlReturn_t nvmlDeviceGetProcessesUtilizationInfo(
    nvmlDevice_t, nvmlProcessesUtilizationInfo_t* procesesUtilInfo) {
  return refuse(field(procesesUtilInfo, &nvmlProcessesUtilizationInfo_t::processSamplesCount));
}

nvmlReturn_t nvmlDeviceGetRunningProcessDetailList(nvmlDevice_t, nvmlProcessDetailList_t* plist) {
  return refuse(field(plist, &nvmlProcessDetailList_t::numProcArrayEntries));
}

nvmlReturn_t nvmlDeviceSetAccountingMode(nvmlDevice_t, nvmlEnableState_t) { return refuse(); }
