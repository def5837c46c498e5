// The calls about confidential computing that the node refuses.
#include "simnvml/abi/prototypes_confidential.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceGetConfComputeGpuAttestationReport(
    nvmlDevice_t, nvmlConfComputeGpuAttestationReport_t* gpuAtstReport) {
  return refuse(
      field(gpuAtstReport, &nvmlConfComputeGpuAttestationReport_t::isCecAttestationReportPresent),
      field(gpuAtstReport, &nvmlConfComputeGpuAttestationReport_t::attestationReportSize),
      field(gpuAtstReport, &nvmlConfComputeGpuAttestationReport_t::cecAttestationReportSize));
}

nvmlReturn_t nvmlDeviceGetConfComputeGpuCertificate(nvmlDevice_t,
                                                    nvmlConfComputeGpuCertificate_t* gpuCert) {
  return refuse(gpuCert);
}

nvmlReturn_t nvmlDeviceGetConfComputeMemSizeInfo(nvmlDevice_t,
                                                 nvmlConfComputeMemSizeInfo_t* memInfo) {
  return refuse(memInfo);
}

nvmlReturn_t nvmlDeviceSetConfComputeUnprotectedMemSize(nvmlDevice_t, unsigned long long) {
  return refuse();
}

nvmlReturn_t nvmlSystemGetConfComputeCapabilities(nvmlConfComputeSystemCaps_t* capabilities) {
  return refuse(capabilities);
}

nvmlReturn_t nvmlSystemGetConfComputeGpusReadyState(unsigned int* isAcceptingWork) {
  return refuse(isAcceptingWork);
}

nvmlReturn_t nvmlSystemGetConfComputeKeyRotationThresholdInfo(
    nvmlConfComputeGetKeyRotationThresholdInfo_t* pKeyRotationThrInfo) {
  return refuse(pKeyRotationThrInfo);
}

nvmlReturn_t nvmlSystemGetConfComputeSettings(nvmlSystemConfComputeSettings_t* settings) {
  return refuse(settings);
}

nvmlReturn_t nvmlSystemGetConfComputeState(nvmlConfComputeSystemState_t* state) {
  return refuse(state);
}

nvmlReturn_t nvmlSystemSetConfComputeGpusReadyState(unsigned int) { return refuse(); }

nvmlReturn_t nvmlSystemSetConfComputeKeyRotationThresholdInfo(
    nvmlConfComputeSetKeyRotationThresholdInfo_t*) {
  return refuse();
}
