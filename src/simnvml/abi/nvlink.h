// NVLink: links, counters, bandwidth modes, firmware.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"

#define NVML_NVLINK_MAX_LINKS 36
#define NVML_NVLINK_LOW_POWER_THRESHOLD_UNIT_100US 0x0
#define NVML_NVLINK_LOW_POWER_THRESHOLD_UNIT_50US 0x1
#define NVML_NVLINK_POWER_STATE_HIGH_SPEED 0x0
#define NVML_NVLINK_POWER_STATE_LOW 0x1
#define NVML_NVLINK_LOW_POWER_THRESHOLD_MIN 0x1
#define NVML_NVLINK_LOW_POWER_THRESHOLD_MAX 0x1FFF
#define NVML_NVLINK_LOW_POWER_THRESHOLD_RESET 0xFFFFFFFF
#define NVML_NVLINK_LOW_POWER_THRESHOLD_DEFAULT NVML_NVLINK_LOW_POWER_THRESHOLD_RESET
#define NVML_C2C_POWER_STATE_FULL_POWER 0
#define NVML_C2C_POWER_STATE_LOW_POWER 1
#define NVML_NVLINK_BER_MANTISSA_SHIFT 8
#define NVML_NVLINK_BER_MANTISSA_WIDTH 0xf
#define NVML_NVLINK_BER_EXP_SHIFT 0
#define NVML_NVLINK_BER_EXP_WIDTH 0xff
#define NVML_NVLINK_ERROR_COUNTER_BER_GET(var, type) \
  (((var) >> NVML_NVLINK_##type##_SHIFT) & (NVML_NVLINK_##type##_WIDTH))
#define NVML_NVLINK_STATE_INACTIVE 0x0
#define NVML_NVLINK_STATE_ACTIVE 0x1
#define NVML_NVLINK_STATE_SLEEP 0x2
#define NVML_NVLINK_TOTAL_SUPPORTED_BW_MODES 23
#define NVML_NVLINK_FIRMWARE_UCODE_TYPE_MSE 0x1
#define NVML_NVLINK_FIRMWARE_UCODE_TYPE_NETIR 0x2
#define NVML_NVLINK_FIRMWARE_UCODE_TYPE_NETIR_UPHY 0x3
#define NVML_NVLINK_FIRMWARE_UCODE_TYPE_NETIR_CLN 0x4
#define NVML_NVLINK_FIRMWARE_UCODE_TYPE_NETIR_DLN 0x5
#define NVML_NVLINK_FIRMWARE_VERSION_LENGTH 100

struct nvmlC2cModeInfo_v1_t {
  unsigned int isC2cEnabled;
};

enum nvmlNvLinkUtilizationCountUnits_enum : unsigned int {
  NVML_NVLINK_COUNTER_UNIT_CYCLES = 0,
  NVML_NVLINK_COUNTER_UNIT_PACKETS = 1,
  NVML_NVLINK_COUNTER_UNIT_BYTES = 2,
  NVML_NVLINK_COUNTER_UNIT_RESERVED = 3,
  NVML_NVLINK_COUNTER_UNIT_COUNT,
};
using nvmlNvLinkUtilizationCountUnits_t = nvmlNvLinkUtilizationCountUnits_enum;

enum nvmlNvLinkUtilizationCountPktTypes_enum : unsigned int {
  NVML_NVLINK_COUNTER_PKTFILTER_NOP = 0x1,
  NVML_NVLINK_COUNTER_PKTFILTER_READ = 0x2,
  NVML_NVLINK_COUNTER_PKTFILTER_WRITE = 0x4,
  NVML_NVLINK_COUNTER_PKTFILTER_RATOM = 0x8,
  NVML_NVLINK_COUNTER_PKTFILTER_NRATOM = 0x10,
  NVML_NVLINK_COUNTER_PKTFILTER_FLUSH = 0x20,
  NVML_NVLINK_COUNTER_PKTFILTER_RESPDATA = 0x40,
  NVML_NVLINK_COUNTER_PKTFILTER_RESPNODATA = 0x80,
  NVML_NVLINK_COUNTER_PKTFILTER_ALL = 0xFF,
};
using nvmlNvLinkUtilizationCountPktTypes_t = nvmlNvLinkUtilizationCountPktTypes_enum;

struct nvmlNvLinkUtilizationControl_st {
  nvmlNvLinkUtilizationCountUnits_t units;
  nvmlNvLinkUtilizationCountPktTypes_t pktfilter;
};
using nvmlNvLinkUtilizationControl_t = nvmlNvLinkUtilizationControl_st;

enum nvmlNvLinkCapability_enum : unsigned int {
  NVML_NVLINK_CAP_P2P_SUPPORTED = 0,
  NVML_NVLINK_CAP_SYSMEM_ACCESS = 1,
  NVML_NVLINK_CAP_P2P_ATOMICS = 2,
  NVML_NVLINK_CAP_SYSMEM_ATOMICS = 3,
  NVML_NVLINK_CAP_SLI_BRIDGE = 4,
  NVML_NVLINK_CAP_VALID = 5,
  NVML_NVLINK_CAP_COUNT,
};
using nvmlNvLinkCapability_t = nvmlNvLinkCapability_enum;

enum nvmlNvLinkErrorCounter_enum : unsigned int {
  NVML_NVLINK_ERROR_DL_REPLAY = 0,
  NVML_NVLINK_ERROR_DL_RECOVERY = 1,
  NVML_NVLINK_ERROR_DL_CRC_FLIT = 2,
  NVML_NVLINK_ERROR_DL_CRC_DATA = 3,
  NVML_NVLINK_ERROR_DL_ECC_DATA = 4,
  NVML_NVLINK_ERROR_COUNT,
};
using nvmlNvLinkErrorCounter_t = nvmlNvLinkErrorCounter_enum;

enum nvmlIntNvLinkDeviceType_enum : unsigned int {
  NVML_NVLINK_DEVICE_TYPE_GPU = 0x00,
  NVML_NVLINK_DEVICE_TYPE_IBMNPU = 0x01,
  NVML_NVLINK_DEVICE_TYPE_SWITCH = 0x02,
  NVML_NVLINK_DEVICE_TYPE_UNKNOWN = 0xFF,
};
using nvmlIntNvLinkDeviceType_t = nvmlIntNvLinkDeviceType_enum;

struct nvmlNvLinkPowerThres_st {
  unsigned int lowPwrThreshold;
};
using nvmlNvLinkPowerThres_t = nvmlNvLinkPowerThres_st;

enum nvmlNvlinkVersion_enum : unsigned int {
  NVML_NVLINK_VERSION_INVALID = 0,
  NVML_NVLINK_VERSION_1_0 = 1,
  NVML_NVLINK_VERSION_2_0 = 2,
  NVML_NVLINK_VERSION_2_2 = 3,
  NVML_NVLINK_VERSION_3_0 = 4,
  NVML_NVLINK_VERSION_3_1 = 5,
  NVML_NVLINK_VERSION_4_0 = 6,
  NVML_NVLINK_VERSION_5_0 = 7,
  NVML_NVLINK_VERSION_6_0 = 8,
};
using nvmlNvlinkVersion_t = nvmlNvlinkVersion_enum;

struct nvmlNvlinkSupportedBwModes_v1_t {
  unsigned int version;
  unsigned char bwModes[NVML_NVLINK_TOTAL_SUPPORTED_BW_MODES];
  unsigned char totalBwModes;
};

using nvmlNvlinkSupportedBwModes_t = nvmlNvlinkSupportedBwModes_v1_t;

struct nvmlNvlinkGetBwMode_v1_t {
  unsigned int version;
  unsigned int bIsBest;
  unsigned char bwMode;
};

using nvmlNvlinkGetBwMode_t = nvmlNvlinkGetBwMode_v1_t;

struct nvmlNvlinkSetBwMode_v1_t {
  unsigned int version;
  unsigned int bSetBest;
  unsigned char bwMode;
};

using nvmlNvlinkSetBwMode_t = nvmlNvlinkSetBwMode_v1_t;

struct nvmlNvLinkInfo_v1_t {
  unsigned int version;
  unsigned int isNvleEnabled;
};

struct nvmlNvlinkFirmwareVersion_t {
  unsigned char ucodeType;
  unsigned int major;
  unsigned int minor;
  unsigned int subMinor;
};

struct nvmlNvlinkFirmwareInfo_t {
  nvmlNvlinkFirmwareVersion_t firmwareVersion[NVML_NVLINK_FIRMWARE_VERSION_LENGTH];
  unsigned int numValidEntries;
};

struct nvmlNvLinkInfo_v2_t {
  unsigned int version;
  unsigned int isNvleEnabled;
  nvmlNvlinkFirmwareInfo_t firmwareInfo;
};

using nvmlNvLinkInfo_t = nvmlNvLinkInfo_v2_t;

#define nvmlC2cModeInfo_v1 NVML_STRUCT_VERSION(C2cModeInfo, 1)
#define nvmlNvlinkSupportedBwModes_v1 NVML_STRUCT_VERSION(NvlinkSupportedBwModes, 1)
#define nvmlNvlinkGetBwMode_v1 NVML_STRUCT_VERSION(NvlinkGetBwMode, 1)
#define nvmlNvlinkSetBwMode_v1 NVML_STRUCT_VERSION(NvlinkSetBwMode, 1)
#define nvmlNvLinkInfo_v1 NVML_STRUCT_VERSION(NvLinkInfo, 1)
#define nvmlNvLinkInfo_v2 NVML_STRUCT_VERSION(NvLinkInfo, 2)
