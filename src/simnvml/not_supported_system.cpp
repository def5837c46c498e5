// The calls about units, system events and excluded devices that the node refuses.
#include "simnvml/abi/prototypes_events.h"
#include "simnvml/abi/prototypes_library.h"
#include "simnvml/abi/prototypes_units.h"
#include "simnvml/not_supported.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlGetBlacklistDeviceInfoByIndex(unsigned int, nvmlBlacklistDeviceInfo_t* info) {
  return refuse(info);
}

nvmlReturn_t nvmlGetExcludedDeviceInfoByIndex(unsigned int, nvmlExcludedDeviceInfo_t* info) {
  return refuse(info);
}

nvmlReturn_t nvmlSystemEventSetCreate(nvmlSystemEventSetCreateRequest_t* request) {
  return refuse(field(request, &nvmlSystemEventSetCreateRequest_t::set));
}

nvmlReturn_t nvmlSystemEventSetFree(nvmlSystemEventSetFreeRequest_t*) { return refuse(); }

nvmlReturn_t nvmlSystemEventSetWait(nvmlSystemEventSetWaitRequest_t* request) {
  return refuse(field(request, &nvmlSystemEventSetWaitRequest_t::numEvent));
}

nvmlReturn_t nvmlSystemGetCPER_v1(nvmlGetCPER_v1_t* cper) {
  return refuse(field(cper, &nvmlGetCPER_v1_t::bufferSize));
}

nvmlReturn_t nvmlSystemGetHicVersion(unsigned int* hwbcCount, nvmlHwbcEntry_t*) {
  return refuse(hwbcCount);
}

nvmlReturn_t nvmlSystemGetTopologyGpuSet(unsigned int, unsigned int* count, nvmlDevice_t*) {
  return refuse(count);
}

nvmlReturn_t nvmlSystemRegisterEvents(nvmlSystemRegisterEventRequest_t*) { return refuse(); }

nvmlReturn_t nvmlUnitGetDevices(nvmlUnit_t, unsigned int* deviceCount, nvmlDevice_t*) {
  return refuse(deviceCount);
}

nvmlReturn_t nvmlUnitGetFanSpeedInfo(nvmlUnit_t, nvmlUnitFanSpeeds_t* fanSpeeds) {
  return refuse(fanSpeeds);
}

nvmlReturn_t nvmlUnitGetHandleByIndex(unsigned int, nvmlUnit_t* unit) { return refuse(unit); }

nvmlReturn_t nvmlUnitGetLedState(nvmlUnit_t, nvmlLedState_t* state) { return refuse(state); }

nvmlReturn_t nvmlUnitGetPsuInfo(nvmlUnit_t, nvmlPSUInfo_t* psu) { return refuse(psu); }

nvmlReturn_t nvmlUnitGetTemperature(nvmlUnit_t, unsigned int, unsigned int* temp) {
  return refuse(temp);
}

nvmlReturn_t nvmlUnitGetUnitInfo(nvmlUnit_t, nvmlUnitInfo_t* info) { return refuse(info); }

nvmlReturn_t nvmlUnitSetLedState(nvmlUnit_t, nvmlLedColor_t) { return refuse(); }
