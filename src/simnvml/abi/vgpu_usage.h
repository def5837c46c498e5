// What virtual GPUs report while they run: utilization, placement, sessions, migration metadata.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"
#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/values.h"
#include "simnvml/abi/vgpu_types.h"

struct nvmlVgpuInstanceUtilizationSample_st {
  nvmlVgpuInstance_t vgpuInstance;
  unsigned long long timeStamp;
  nvmlValue_t smUtil;
  nvmlValue_t memUtil;
  nvmlValue_t encUtil;
  nvmlValue_t decUtil;
};
using nvmlVgpuInstanceUtilizationSample_t = nvmlVgpuInstanceUtilizationSample_st;

struct nvmlVgpuInstanceUtilizationInfo_v1_t {
  unsigned long long timeStamp;
  nvmlVgpuInstance_t vgpuInstance;
  nvmlValue_t smUtil;
  nvmlValue_t memUtil;
  nvmlValue_t encUtil;
  nvmlValue_t decUtil;
  nvmlValue_t jpgUtil;
  nvmlValue_t ofaUtil;
};

struct nvmlVgpuInstancesUtilizationInfo_v1_t {
  unsigned int version;
  nvmlValueType_t sampleValType;
  unsigned int vgpuInstanceCount;
  unsigned long long lastSeenTimeStamp;
  nvmlVgpuInstanceUtilizationInfo_v1_t* vgpuUtilArray;
};

using nvmlVgpuInstancesUtilizationInfo_t = nvmlVgpuInstancesUtilizationInfo_v1_t;

struct nvmlVgpuProcessUtilizationSample_st {
  nvmlVgpuInstance_t vgpuInstance;
  unsigned int pid;
  char processName[NVML_VGPU_NAME_BUFFER_SIZE];
  unsigned long long timeStamp;
  unsigned int smUtil;
  unsigned int memUtil;
  unsigned int encUtil;
  unsigned int decUtil;
};
using nvmlVgpuProcessUtilizationSample_t = nvmlVgpuProcessUtilizationSample_st;

struct nvmlVgpuProcessUtilizationInfo_v1_t {
  char processName[NVML_VGPU_NAME_BUFFER_SIZE];
  unsigned long long timeStamp;
  nvmlVgpuInstance_t vgpuInstance;
  unsigned int pid;
  unsigned int smUtil;
  unsigned int memUtil;
  unsigned int encUtil;
  unsigned int decUtil;
  unsigned int jpgUtil;
  unsigned int ofaUtil;
};

struct nvmlVgpuProcessesUtilizationInfo_v1_t {
  unsigned int version;
  unsigned int vgpuProcessCount;
  unsigned long long lastSeenTimeStamp;
  nvmlVgpuProcessUtilizationInfo_v1_t* vgpuProcUtilArray;
};

using nvmlVgpuProcessesUtilizationInfo_t = nvmlVgpuProcessesUtilizationInfo_v1_t;

struct nvmlVgpuVersion_st {
  unsigned int minVersion;
  unsigned int maxVersion;
};
using nvmlVgpuVersion_t = nvmlVgpuVersion_st;

struct nvmlVgpuMetadata_st {
  unsigned int version;
  unsigned int revision;
  nvmlVgpuGuestInfoState_t guestInfoState;
  char guestDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE];
  char hostDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE];
  unsigned int reserved[6];
  unsigned int vgpuVirtualizationCaps;
  unsigned int guestVgpuVersion;
  unsigned int opaqueDataSize;
  char opaqueData[4];
};
using nvmlVgpuMetadata_t = nvmlVgpuMetadata_st;

struct nvmlVgpuPgpuMetadata_st {
  unsigned int version;
  unsigned int revision;
  char hostDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE];
  unsigned int pgpuVirtualizationCaps;
  unsigned int reserved[5];
  nvmlVgpuVersion_t hostSupportedVgpuRange;
  unsigned int opaqueDataSize;
  char opaqueData[4];
};
using nvmlVgpuPgpuMetadata_t = nvmlVgpuPgpuMetadata_st;

enum nvmlVgpuVmCompatibility_enum : unsigned int {
  NVML_VGPU_VM_COMPATIBILITY_NONE = 0x0,
  NVML_VGPU_VM_COMPATIBILITY_COLD = 0x1,
  NVML_VGPU_VM_COMPATIBILITY_HIBERNATE = 0x2,
  NVML_VGPU_VM_COMPATIBILITY_SLEEP = 0x4,
  NVML_VGPU_VM_COMPATIBILITY_LIVE = 0x8,
};
using nvmlVgpuVmCompatibility_t = nvmlVgpuVmCompatibility_enum;

enum nvmlVgpuPgpuCompatibilityLimitCode_enum : unsigned int {
  NVML_VGPU_COMPATIBILITY_LIMIT_NONE = 0x0,
  NVML_VGPU_COMPATIBILITY_LIMIT_HOST_DRIVER = 0x1,
  NVML_VGPU_COMPATIBILITY_LIMIT_GUEST_DRIVER = 0x2,
  NVML_VGPU_COMPATIBILITY_LIMIT_GPU = 0x4,
  NVML_VGPU_COMPATIBILITY_LIMIT_OTHER = 0x80000000,
};
using nvmlVgpuPgpuCompatibilityLimitCode_t = nvmlVgpuPgpuCompatibilityLimitCode_enum;

struct nvmlVgpuPgpuCompatibility_st {
  nvmlVgpuVmCompatibility_t vgpuVmCompatibility;
  nvmlVgpuPgpuCompatibilityLimitCode_t compatibilityLimitCode;
};
using nvmlVgpuPgpuCompatibility_t = nvmlVgpuPgpuCompatibility_st;

#define nvmlVgpuInstancesUtilizationInfo_v1 NVML_STRUCT_VERSION(VgpuInstancesUtilizationInfo, 1)
#define nvmlVgpuProcessesUtilizationInfo_v1 NVML_STRUCT_VERSION(VgpuProcessesUtilizationInfo, 1)
