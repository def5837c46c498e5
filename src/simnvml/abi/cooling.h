// Temperatures, thermal limits and fans.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"

#define NVML_MAX_THERMAL_SENSORS_PER_GPU 3
#define NVML_RUSD_POLL_THERMAL 0x10
#define NVML_FAN_POLICY_TEMPERATURE_CONTINOUS_SW 0
#define NVML_FAN_POLICY_MANUAL 1

enum nvmlThermalTarget_t : int {
  NVML_THERMAL_TARGET_NONE = 0,
  NVML_THERMAL_TARGET_GPU = 1,
  NVML_THERMAL_TARGET_MEMORY = 2,
  NVML_THERMAL_TARGET_POWER_SUPPLY = 4,
  NVML_THERMAL_TARGET_BOARD = 8,
  NVML_THERMAL_TARGET_VCD_BOARD = 9,
  NVML_THERMAL_TARGET_VCD_INLET = 10,
  NVML_THERMAL_TARGET_VCD_OUTLET = 11,
  NVML_THERMAL_TARGET_ALL = 15,
  NVML_THERMAL_TARGET_UNKNOWN = -1,
};

enum nvmlThermalController_t : int {
  NVML_THERMAL_CONTROLLER_NONE = 0,
  NVML_THERMAL_CONTROLLER_GPU_INTERNAL,
  NVML_THERMAL_CONTROLLER_ADM1032,
  NVML_THERMAL_CONTROLLER_ADT7461,
  NVML_THERMAL_CONTROLLER_MAX6649,
  NVML_THERMAL_CONTROLLER_MAX1617,
  NVML_THERMAL_CONTROLLER_LM99,
  NVML_THERMAL_CONTROLLER_LM89,
  NVML_THERMAL_CONTROLLER_LM64,
  NVML_THERMAL_CONTROLLER_G781,
  NVML_THERMAL_CONTROLLER_ADT7473,
  NVML_THERMAL_CONTROLLER_SBMAX6649,
  NVML_THERMAL_CONTROLLER_VBIOSEVT,
  NVML_THERMAL_CONTROLLER_OS,
  NVML_THERMAL_CONTROLLER_NVSYSCON_CANOAS,
  NVML_THERMAL_CONTROLLER_NVSYSCON_E551,
  NVML_THERMAL_CONTROLLER_MAX6649R,
  NVML_THERMAL_CONTROLLER_ADT7473S,
  NVML_THERMAL_CONTROLLER_UNKNOWN = -1,
};

struct nvmlGpuThermalSettings_t {
  unsigned int count;
  struct {
    nvmlThermalController_t controller;
    int defaultMinTemp;
    int defaultMaxTemp;
    int currentTemp;
    nvmlThermalTarget_t target;
  } sensor[NVML_MAX_THERMAL_SENSORS_PER_GPU];
};

enum nvmlCoolerControl_enum : unsigned int {
  NVML_THERMAL_COOLER_SIGNAL_NONE = 0,
  NVML_THERMAL_COOLER_SIGNAL_TOGGLE = 1,
  NVML_THERMAL_COOLER_SIGNAL_VARIABLE = 2,
  NVML_THERMAL_COOLER_SIGNAL_COUNT,
};
using nvmlCoolerControl_t = nvmlCoolerControl_enum;

enum nvmlCoolerTarget_enum : unsigned int {
  NVML_THERMAL_COOLER_TARGET_NONE = 1 << 0,
  NVML_THERMAL_COOLER_TARGET_GPU = 1 << 1,
  NVML_THERMAL_COOLER_TARGET_MEMORY = 1 << 2,
  NVML_THERMAL_COOLER_TARGET_POWER_SUPPLY = 1 << 3,
  NVML_THERMAL_COOLER_TARGET_GPU_RELATED =
      (NVML_THERMAL_COOLER_TARGET_GPU | NVML_THERMAL_COOLER_TARGET_MEMORY |
       NVML_THERMAL_COOLER_TARGET_POWER_SUPPLY),
};
using nvmlCoolerTarget_t = nvmlCoolerTarget_enum;

struct nvmlCoolerInfo_v1_t {
  unsigned int version;
  unsigned int index;
  nvmlCoolerControl_t signalType;
  nvmlCoolerTarget_t target;
};

using nvmlCoolerInfo_t = nvmlCoolerInfo_v1_t;

enum nvmlTemperatureThresholds_enum : unsigned int {
  NVML_TEMPERATURE_THRESHOLD_SHUTDOWN = 0,
  NVML_TEMPERATURE_THRESHOLD_SLOWDOWN = 1,
  NVML_TEMPERATURE_THRESHOLD_MEM_MAX = 2,
  NVML_TEMPERATURE_THRESHOLD_GPU_MAX = 3,
  NVML_TEMPERATURE_THRESHOLD_ACOUSTIC_MIN = 4,
  NVML_TEMPERATURE_THRESHOLD_ACOUSTIC_CURR = 5,
  NVML_TEMPERATURE_THRESHOLD_ACOUSTIC_MAX = 6,
  NVML_TEMPERATURE_THRESHOLD_GPS_CURR = 7,
  NVML_TEMPERATURE_THRESHOLD_COUNT,
};
using nvmlTemperatureThresholds_t = nvmlTemperatureThresholds_enum;

enum nvmlTemperatureSensors_enum : unsigned int {
  NVML_TEMPERATURE_GPU = 0,
  NVML_TEMPERATURE_COUNT,
};
using nvmlTemperatureSensors_t = nvmlTemperatureSensors_enum;

struct nvmlMarginTemperature_v1_t {
  unsigned int version;
  int marginTemperature;
};

using nvmlMarginTemperature_t = nvmlMarginTemperature_v1_t;

struct nvmlFanSpeedInfo_v1_t {
  unsigned int version;
  unsigned int fan;
  unsigned int speed;
};

using nvmlFanSpeedInfo_t = nvmlFanSpeedInfo_v1_t;

using nvmlFanControlPolicy_t = unsigned int;

struct nvmlTemperature_v1_t {
  unsigned int version;
  nvmlTemperatureSensors_t sensorType;
  int temperature;
};

using nvmlTemperature_t = nvmlTemperature_v1_t;

#define nvmlCoolerInfo_v1 NVML_STRUCT_VERSION(CoolerInfo, 1)
#define nvmlMarginTemperature_v1 NVML_STRUCT_VERSION(MarginTemperature, 1)
#define nvmlFanSpeedInfo_v1 NVML_STRUCT_VERSION(FanSpeedInfo, 1)
#define nvmlTemperature_v1 NVML_STRUCT_VERSION(Temperature, 1)
