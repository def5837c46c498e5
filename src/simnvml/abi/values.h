// How a measured number of any type is carried: samples, fields, enable switches.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/return_codes.h"

#define nvmlFlagDefault 0x00
#define nvmlFlagForce 0x01

enum nvmlSamplingType_enum : unsigned int {
  NVML_TOTAL_POWER_SAMPLES = 0,
  NVML_GPU_UTILIZATION_SAMPLES = 1,
  NVML_MEMORY_UTILIZATION_SAMPLES = 2,
  NVML_ENC_UTILIZATION_SAMPLES = 3,
  NVML_DEC_UTILIZATION_SAMPLES = 4,
  NVML_PROCESSOR_CLK_SAMPLES = 5,
  NVML_MEMORY_CLK_SAMPLES = 6,
  NVML_MODULE_POWER_SAMPLES = 7,
  NVML_JPG_UTILIZATION_SAMPLES = 8,
  NVML_OFA_UTILIZATION_SAMPLES = 9,
  NVML_SAMPLINGTYPE_COUNT,
};
using nvmlSamplingType_t = nvmlSamplingType_enum;

enum nvmlValueType_enum : unsigned int {
  NVML_VALUE_TYPE_DOUBLE = 0,
  NVML_VALUE_TYPE_UNSIGNED_INT = 1,
  NVML_VALUE_TYPE_UNSIGNED_LONG = 2,
  NVML_VALUE_TYPE_UNSIGNED_LONG_LONG = 3,
  NVML_VALUE_TYPE_SIGNED_LONG_LONG = 4,
  NVML_VALUE_TYPE_SIGNED_INT = 5,
  NVML_VALUE_TYPE_UNSIGNED_SHORT = 6,
  NVML_VALUE_TYPE_COUNT,
};
using nvmlValueType_t = nvmlValueType_enum;

union nvmlValue_st {
  double dVal;
  int siVal;
  unsigned int uiVal;
  unsigned long ulVal;
  unsigned long long ullVal;
  signed long long sllVal;
  unsigned short usVal;
};
using nvmlValue_t = nvmlValue_st;

struct nvmlSample_st {
  unsigned long long timeStamp;
  nvmlValue_t sampleValue;
};
using nvmlSample_t = nvmlSample_st;

enum nvmlEnableState_enum : unsigned int {
  NVML_FEATURE_DISABLED = 0,
  NVML_FEATURE_ENABLED = 1,
};
using nvmlEnableState_t = nvmlEnableState_enum;

struct nvmlFieldValue_st {
  unsigned int fieldId;
  unsigned int scopeId;
  long long timestamp;
  long long latencyUsec;
  nvmlValueType_t valueType;
  nvmlReturn_t nvmlReturn;
  nvmlValue_t value;
};
using nvmlFieldValue_t = nvmlFieldValue_st;
