// Clocks, performance states and power limits.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"

#define MAX_CLK_DOMAINS 32
#define NVML_MAX_GPU_PERF_PSTATES 16
#define NVML_PERF_MODES_BUFFER_SIZE 2048
#define NVML_POWER_MIZER_MODE_ADAPTIVE 0
#define NVML_POWER_MIZER_MODE_PREFER_MAXIMUM_PERFORMANCE 1
#define NVML_POWER_MIZER_MODE_AUTO 2
#define NVML_POWER_MIZER_MODE_PREFER_CONSISTENT_PERFORMANCE 3
#define NVML_RUSD_POLL_NONE 0x0
#define NVML_RUSD_POLL_CLOCK 0x1
#define NVML_RUSD_POLL_PERF 0x2
#define NVML_RUSD_POLL_MEMORY 0x4
#define NVML_RUSD_POLL_POWER 0x8
#define NVML_RUSD_POLL_PCI 0x20
#define NVML_RUSD_POLL_FAN 0x40
#define NVML_RUSD_POLL_PROC_UTIL 0x80
#define NVML_RUSD_POLL_ALL 0xFFFFFFFFFFFFFFFF
#define NVML_POWER_SOURCE_AC 0x00000000
#define NVML_POWER_SOURCE_BATTERY 0x00000001
#define NVML_POWER_SOURCE_UNDERSIZED 0x00000002
#define NVML_ADAPTIVE_CLOCKING_INFO_STATUS_DISABLED 0x00000000
#define NVML_ADAPTIVE_CLOCKING_INFO_STATUS_ENABLED 0x00000001
#define NVML_MAX_GPU_UTILIZATIONS 8
#define NVML_POWER_SCOPE_GPU 0U
#define NVML_POWER_SCOPE_MODULE 1U
#define NVML_POWER_SCOPE_MEMORY 2U
#define NVML_POWER_SCOPE_GPU_BASE 3U
#define NVML_POWER_SCOPE_COUNT 4U
#define NVML_MCLK_SWITCH_TYPE_NOT_SUPPORTED 0x0
#define NVML_MCLK_SWITCH_TYPE_DEFERRED 0x1
#define NVML_MCLK_SWITCH_TYPE_RUNTIME 0x2

enum nvmlPerfPolicyType_enum : unsigned int {
  NVML_PERF_POLICY_POWER = 0,
  NVML_PERF_POLICY_THERMAL = 1,
  NVML_PERF_POLICY_SYNC_BOOST = 2,
  NVML_PERF_POLICY_BOARD_LIMIT = 3,
  NVML_PERF_POLICY_LOW_UTILIZATION = 4,
  NVML_PERF_POLICY_RELIABILITY = 5,
  NVML_PERF_POLICY_TOTAL_APP_CLOCKS = 10,
  NVML_PERF_POLICY_TOTAL_BASE_CLOCKS = 11,
  NVML_PERF_POLICY_COUNT,
};
using nvmlPerfPolicyType_t = nvmlPerfPolicyType_enum;

struct nvmlViolationTime_st {
  unsigned long long referenceTime;
  unsigned long long violationTime;
};
using nvmlViolationTime_t = nvmlViolationTime_st;

struct nvmlClkMonFaultInfo_struct {
  unsigned int clkApiDomain;
  unsigned int clkDomainFaultMask;
};
using nvmlClkMonFaultInfo_t = nvmlClkMonFaultInfo_struct;

struct nvmlClkMonStatus_status {
  unsigned int bGlobalStatus;
  unsigned int clkMonListSize;
  nvmlClkMonFaultInfo_t clkMonList[MAX_CLK_DOMAINS];
};
using nvmlClkMonStatus_t = nvmlClkMonStatus_status;

enum nvmlClockType_enum : unsigned int {
  NVML_CLOCK_GRAPHICS = 0,
  NVML_CLOCK_SM = 1,
  NVML_CLOCK_MEM = 2,
  NVML_CLOCK_VIDEO = 3,
  NVML_CLOCK_COUNT,
};
using nvmlClockType_t = nvmlClockType_enum;

enum nvmlClockId_enum : unsigned int {
  NVML_CLOCK_ID_CURRENT = 0,
  NVML_CLOCK_ID_APP_CLOCK_TARGET = 1,
  NVML_CLOCK_ID_APP_CLOCK_DEFAULT = 2,
  NVML_CLOCK_ID_CUSTOMER_BOOST_MAX = 3,
  NVML_CLOCK_ID_COUNT,
};
using nvmlClockId_t = nvmlClockId_enum;

enum nvmlPStates_enum : unsigned int {
  NVML_PSTATE_0 = 0,
  NVML_PSTATE_1 = 1,
  NVML_PSTATE_2 = 2,
  NVML_PSTATE_3 = 3,
  NVML_PSTATE_4 = 4,
  NVML_PSTATE_5 = 5,
  NVML_PSTATE_6 = 6,
  NVML_PSTATE_7 = 7,
  NVML_PSTATE_8 = 8,
  NVML_PSTATE_9 = 9,
  NVML_PSTATE_10 = 10,
  NVML_PSTATE_11 = 11,
  NVML_PSTATE_12 = 12,
  NVML_PSTATE_13 = 13,
  NVML_PSTATE_14 = 14,
  NVML_PSTATE_15 = 15,
  NVML_PSTATE_UNKNOWN = 32,
};
using nvmlPstates_t = nvmlPStates_enum;

struct nvmlClockOffset_v1_t {
  unsigned int version;
  nvmlClockType_t type;
  nvmlPstates_t pstate;
  int clockOffsetMHz;
  int minClockOffsetMHz;
  int maxClockOffsetMHz;
};

using nvmlClockOffset_t = nvmlClockOffset_v1_t;

struct nvmlDevicePerfModes_v1_t {
  unsigned int version;
  char str[NVML_PERF_MODES_BUFFER_SIZE];
};

using nvmlDevicePerfModes_t = nvmlDevicePerfModes_v1_t;

struct nvmlDeviceCurrentClockFreqs_v1_t {
  unsigned int version;
  char str[NVML_PERF_MODES_BUFFER_SIZE];
};

using nvmlDeviceCurrentClockFreqs_t = nvmlDeviceCurrentClockFreqs_v1_t;

struct nvmlDevicePowerMizerModes_v1_t {
  unsigned int currentMode;
  unsigned int mode;
  unsigned int supportedPowerMizerModes;
};

struct nvmlRusdSettings_v1_t {
  unsigned int version;
  unsigned long long pollMask;
};

using nvmlPowerSource_t = unsigned int;

enum nvmlGpuUtilizationDomainId_t : unsigned int {
  NVML_GPU_UTILIZATION_DOMAIN_GPU = 0,
  NVML_GPU_UTILIZATION_DOMAIN_FB = 1,
  NVML_GPU_UTILIZATION_DOMAIN_VID = 2,
  NVML_GPU_UTILIZATION_DOMAIN_BUS = 3,
};

struct nvmlGpuDynamicPstatesInfo_st {
  unsigned int flags;
  struct {
    unsigned int bIsPresent;
    unsigned int percentage;
    unsigned int incThreshold;
    unsigned int decThreshold;
  } utilization[NVML_MAX_GPU_UTILIZATIONS];
};
using nvmlGpuDynamicPstatesInfo_t = nvmlGpuDynamicPstatesInfo_st;

using nvmlPowerScopeType_t = unsigned char;

struct nvmlPowerValue_v2_t {
  unsigned int version;
  nvmlPowerScopeType_t powerScope;
  unsigned int powerValueMw;
};

enum nvmlClockLimitId_enum : unsigned int {
  NVML_CLOCK_LIMIT_ID_RANGE_START = 0xffffff00,
  NVML_CLOCK_LIMIT_ID_TDP,
  NVML_CLOCK_LIMIT_ID_UNLIMITED,
};
using nvmlClockLimitId_t = nvmlClockLimitId_enum;

#define nvmlClockOffset_v1 NVML_STRUCT_VERSION(ClockOffset, 1)
#define nvmlDevicePerfModes_v1 NVML_STRUCT_VERSION(DevicePerfModes, 1)
#define nvmlDeviceCurrentClockFreqs_v1 NVML_STRUCT_VERSION(DeviceCurrentClockFreqs, 1)
#define nvmlRusdSettings_v1 NVML_STRUCT_VERSION(RusdSettings, 1)
#define nvmlPowerValue_v2 NVML_STRUCT_VERSION(PowerValue, 2)
