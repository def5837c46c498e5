// Records of the platform: PRM registers, common platform error records.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/values.h"

#define NVML_CPER_CURSOR_HANDLE_INIT (static_cast<nvmlCPERCursorHandle_t>(0))
#define NVML_PRM_DATA_MAX_SIZE 496

using nvmlCPERCursorHandle_t = unsigned long long;

enum nvmlCPERType_t : unsigned int {
  NVML_CPER_ACCESS_TYPE_GPU = (1 << 0),
};

struct nvmlCPERCursor_v1_t {
  unsigned int cperTypeMask;
  char uuid[NVML_DEVICE_UUID_BUFFER_SIZE];
  nvmlCPERCursorHandle_t handle;
};

struct nvmlGetCPER_v1_t {
  nvmlCPERCursor_v1_t cursor;
  unsigned char* buffer;
  unsigned int bufferSize;
};

struct nvmlPRMTLV_v1_t {
  unsigned int dataSize;
  unsigned int status;
  union {
    unsigned char inData[NVML_PRM_DATA_MAX_SIZE];
    unsigned char outData[NVML_PRM_DATA_MAX_SIZE];
  };
};

enum nvmlPRMCounterId_t : unsigned int {
  NVML_PRM_COUNTER_ID_NONE = 0,
  NVML_PRM_COUNTER_ID_PPCNT_PHYSICAL_LAYER_CTRS_LINK_DOWN_EVENTS = 1,
  NVML_PRM_COUNTER_ID_PPCNT_PHYSICAL_LAYER_CTRS_SUCCESSFUL_RECOVERY_EVENTS = 2,
  NVML_PRM_COUNTER_ID_PPCNT_RECOVERY_CTRS_TOTAL_SUCCESSFUL_RECOVERY_EVENTS = 101,
  NVML_PRM_COUNTER_ID_PPCNT_RECOVERY_CTRS_TIME_SINCE_LAST_RECOVERY = 102,
  NVML_PRM_COUNTER_ID_PPCNT_RECOVERY_CTRS_TIME_BETWEEN_LAST_TWO_RECOVERIES = 103,
  NVML_PRM_COUNTER_ID_PPCNT_PORTCOUNTERS_PORT_XMIT_WAIT = 201,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_RCV_CODES = 301,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_RCV_CODE_ERR = 302,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_RCV_UNCORRECTABLE_CODE = 303,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_XMIT_CODES = 304,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_XMIT_RETRY_CODES = 305,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_XMIT_RETRY_EVENTS = 306,
  NVML_PRM_COUNTER_ID_PPCNT_PLR_SYNC_EVENTS = 307,
  NVML_PRM_COUNTER_ID_PPRM_OPER_RECOVERY = 1001,
};

struct nvmlPRMCounterInput_v1_t {
  unsigned int localPort;
};

struct nvmlPRMCounterValue_v1_t {
  nvmlReturn_t status;
  nvmlValueType_t outputType;
  nvmlValue_t outputValue;
};

struct nvmlPRMCounter_v1_t {
  unsigned int counterId;
  nvmlPRMCounterInput_v1_t inData;
  nvmlPRMCounterValue_v1_t counterValue;
};

struct nvmlPRMCounterList_v1_t {
  unsigned int numCounters;
  nvmlPRMCounter_v1_t* counters;
};
