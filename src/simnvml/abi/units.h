// S-class units: chassis that carry GPUs, fans and power supplies.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

struct nvmlHwbcEntry_st {
  unsigned int hwbcId;
  char firmwareVersion[32];
};
using nvmlHwbcEntry_t = nvmlHwbcEntry_st;

enum nvmlFanState_enum : unsigned int {
  NVML_FAN_NORMAL = 0,
  NVML_FAN_FAILED = 1,
};
using nvmlFanState_t = nvmlFanState_enum;

enum nvmlLedColor_enum : unsigned int {
  NVML_LED_COLOR_GREEN = 0,
  NVML_LED_COLOR_AMBER = 1,
};
using nvmlLedColor_t = nvmlLedColor_enum;

struct nvmlLedState_st {
  char cause[256];
  nvmlLedColor_t color;
};
using nvmlLedState_t = nvmlLedState_st;

struct nvmlUnitInfo_st {
  char name[96];
  char id[96];
  char serial[96];
  char firmwareVersion[96];
};
using nvmlUnitInfo_t = nvmlUnitInfo_st;

struct nvmlPSUInfo_st {
  char state[256];
  unsigned int current;
  unsigned int voltage;
  unsigned int power;
};
using nvmlPSUInfo_t = nvmlPSUInfo_st;

struct nvmlUnitFanInfo_st {
  unsigned int speed;
  nvmlFanState_t state;
};
using nvmlUnitFanInfo_t = nvmlUnitFanInfo_st;

struct nvmlUnitFanSpeeds_st {
  nvmlUnitFanInfo_t fans[24];
  unsigned int count;
};
using nvmlUnitFanSpeeds_t = nvmlUnitFanSpeeds_st;
