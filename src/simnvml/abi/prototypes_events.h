// The entry points for events and waiting for them.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/events.h"
#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/legacy_structs.h"
#include "simnvml/abi/return_codes.h"

extern "C" {
NVML_API nvmlReturn_t nvmlDeviceGetSupportedEventTypes(nvmlDevice_t device,
                                                       unsigned long long* eventTypes);
NVML_API nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long eventTypes,
                                               nvmlEventSet_t set);
NVML_API nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t* set);
NVML_API nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set);
NVML_API nvmlReturn_t nvmlEventSetWait(nvmlEventSet_t set, nvmlEventData_v1_t* data,
                                       unsigned int timeoutms);
NVML_API nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t* data,
                                          unsigned int timeoutms);
NVML_API nvmlReturn_t nvmlSystemEventSetCreate(nvmlSystemEventSetCreateRequest_t* request);
NVML_API nvmlReturn_t nvmlSystemEventSetFree(nvmlSystemEventSetFreeRequest_t* request);
NVML_API nvmlReturn_t nvmlSystemEventSetWait(nvmlSystemEventSetWaitRequest_t* request);
NVML_API nvmlReturn_t nvmlSystemRegisterEvents(nvmlSystemRegisterEventRequest_t* request);
}  // extern "C"
