// Virtual GPU types, instances, capabilities and placements.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"

#define NVML_VGPU_NAME_BUFFER_SIZE 64
#define NVML_INVALID_VGPU_PLACEMENT_ID 0xFFFF
#define NVML_VGPU_VIRTUALIZATION_CAP_MIGRATION 0 : 0
#define NVML_VGPU_VIRTUALIZATION_CAP_MIGRATION_NO 0x0
#define NVML_VGPU_VIRTUALIZATION_CAP_MIGRATION_YES 0x1
#define NVML_VGPU_PGPU_VIRTUALIZATION_CAP_MIGRATION 0 : 0
#define NVML_VGPU_PGPU_VIRTUALIZATION_CAP_MIGRATION_NO 0x0
#define NVML_VGPU_PGPU_VIRTUALIZATION_CAP_MIGRATION_YES 0x1
#define NVML_VGPU_PGPU_HETEROGENEOUS_MODE 0
#define NVML_VGPU_PGPU_HOMOGENEOUS_MODE 1

enum nvmlGpuVirtualizationMode : unsigned int {
  NVML_GPU_VIRTUALIZATION_MODE_NONE = 0,
  NVML_GPU_VIRTUALIZATION_MODE_PASSTHROUGH = 1,
  NVML_GPU_VIRTUALIZATION_MODE_VGPU = 2,
  NVML_GPU_VIRTUALIZATION_MODE_HOST_VGPU = 3,
  NVML_GPU_VIRTUALIZATION_MODE_HOST_VSGA = 4,
};
using nvmlGpuVirtualizationMode_t = nvmlGpuVirtualizationMode;

enum nvmlHostVgpuMode_enum : unsigned int {
  NVML_HOST_VGPU_MODE_NON_SRIOV = 0,
  NVML_HOST_VGPU_MODE_SRIOV = 1,
};
using nvmlHostVgpuMode_t = nvmlHostVgpuMode_enum;

enum nvmlVgpuVmIdType : unsigned int {
  NVML_VGPU_VM_ID_DOMAIN_ID = 0,
  NVML_VGPU_VM_ID_UUID = 1,
};
using nvmlVgpuVmIdType_t = nvmlVgpuVmIdType;

enum nvmlVgpuGuestInfoState_enum : unsigned int {
  NVML_VGPU_INSTANCE_GUEST_INFO_STATE_UNINITIALIZED = 0,
  NVML_VGPU_INSTANCE_GUEST_INFO_STATE_INITIALIZED = 1,
};
using nvmlVgpuGuestInfoState_t = nvmlVgpuGuestInfoState_enum;

enum nvmlVgpuCapability_enum : unsigned int {
  NVML_VGPU_CAP_NVLINK_P2P = 0,
  NVML_VGPU_CAP_GPUDIRECT = 1,
  NVML_VGPU_CAP_MULTI_VGPU_EXCLUSIVE = 2,
  NVML_VGPU_CAP_EXCLUSIVE_TYPE = 3,
  NVML_VGPU_CAP_EXCLUSIVE_SIZE = 4,
  NVML_VGPU_CAP_COUNT,
};
using nvmlVgpuCapability_t = nvmlVgpuCapability_enum;

enum nvmlVgpuDriverCapability_enum : unsigned int {
  NVML_VGPU_DRIVER_CAP_HETEROGENEOUS_MULTI_VGPU = 0,
  NVML_VGPU_DRIVER_CAP_WARM_UPDATE = 1,
  NVML_VGPU_DRIVER_CAP_COUNT,
};
using nvmlVgpuDriverCapability_t = nvmlVgpuDriverCapability_enum;

enum nvmlDeviceVgpuCapability_enum : unsigned int {
  NVML_DEVICE_VGPU_CAP_FRACTIONAL_MULTI_VGPU = 0,
  NVML_DEVICE_VGPU_CAP_HETEROGENEOUS_TIMESLICE_PROFILES = 1,
  NVML_DEVICE_VGPU_CAP_HETEROGENEOUS_TIMESLICE_SIZES = 2,
  NVML_DEVICE_VGPU_CAP_READ_DEVICE_BUFFER_BW = 3,
  NVML_DEVICE_VGPU_CAP_WRITE_DEVICE_BUFFER_BW = 4,
  NVML_DEVICE_VGPU_CAP_DEVICE_STREAMING = 5,
  NVML_DEVICE_VGPU_CAP_MINI_QUARTER_GPU = 6,
  NVML_DEVICE_VGPU_CAP_COMPUTE_MEDIA_ENGINE_GPU = 7,
  NVML_DEVICE_VGPU_CAP_WARM_UPDATE = 8,
  NVML_DEVICE_VGPU_CAP_HOMOGENEOUS_PLACEMENTS = 9,
  NVML_DEVICE_VGPU_CAP_MIG_TIMESLICING_SUPPORTED = 10,
  NVML_DEVICE_VGPU_CAP_MIG_TIMESLICING_ENABLED = 11,
  NVML_DEVICE_VGPU_CAP_COUNT,
};
using nvmlDeviceVgpuCapability_t = nvmlDeviceVgpuCapability_enum;

using nvmlVgpuTypeId_t = unsigned int;

using nvmlVgpuInstance_t = unsigned int;

struct nvmlVgpuHeterogeneousMode_v1_t {
  unsigned int version;
  unsigned int mode;
};

using nvmlVgpuHeterogeneousMode_t = nvmlVgpuHeterogeneousMode_v1_t;

struct nvmlVgpuPlacementId_v1_t {
  unsigned int version;
  unsigned int placementId;
};

using nvmlVgpuPlacementId_t = nvmlVgpuPlacementId_v1_t;

struct nvmlVgpuPlacementList_v1_t {
  unsigned int version;
  unsigned int placementSize;
  unsigned int count;
  unsigned int* placementIds;
};

struct nvmlVgpuPlacementList_v2_t {
  unsigned int version;
  unsigned int placementSize;
  unsigned int count;
  unsigned int* placementIds;
  unsigned int mode;
};

using nvmlVgpuPlacementList_t = nvmlVgpuPlacementList_v2_t;

struct nvmlVgpuTypeBar1Info_v1_t {
  unsigned int version;
  unsigned long long bar1Size;
};

using nvmlVgpuTypeBar1Info_t = nvmlVgpuTypeBar1Info_v1_t;

struct nvmlVgpuRuntimeState_v1_t {
  unsigned int version;
  unsigned long long size;
};

using nvmlVgpuRuntimeState_t = nvmlVgpuRuntimeState_v1_t;

struct nvmlVgpuTypeIdInfo_v1_t {
  unsigned int version;
  unsigned int vgpuCount;
  nvmlVgpuTypeId_t* vgpuTypeIds;
};

using nvmlVgpuTypeIdInfo_t = nvmlVgpuTypeIdInfo_v1_t;

struct nvmlVgpuTypeMaxInstance_v1_t {
  unsigned int version;
  nvmlVgpuTypeId_t vgpuTypeId;
  unsigned int maxInstancePerGI;
};

using nvmlVgpuTypeMaxInstance_t = nvmlVgpuTypeMaxInstance_v1_t;

struct nvmlActiveVgpuInstanceInfo_v1_t {
  unsigned int version;
  unsigned int vgpuCount;
  nvmlVgpuInstance_t* vgpuInstances;
};

using nvmlActiveVgpuInstanceInfo_t = nvmlActiveVgpuInstanceInfo_v1_t;

struct nvmlVgpuCreatablePlacementInfo_v1_t {
  unsigned int version;
  nvmlVgpuTypeId_t vgpuTypeId;
  unsigned int count;
  unsigned int* placementIds;
  unsigned int placementSize;
};

using nvmlVgpuCreatablePlacementInfo_t = nvmlVgpuCreatablePlacementInfo_v1_t;

#define nvmlVgpuHeterogeneousMode_v1 NVML_STRUCT_VERSION(VgpuHeterogeneousMode, 1)
#define nvmlVgpuPlacementId_v1 NVML_STRUCT_VERSION(VgpuPlacementId, 1)
#define nvmlVgpuPlacementList_v1 NVML_STRUCT_VERSION(VgpuPlacementList, 1)
#define nvmlVgpuPlacementList_v2 NVML_STRUCT_VERSION(VgpuPlacementList, 2)
#define nvmlVgpuTypeBar1Info_v1 NVML_STRUCT_VERSION(VgpuTypeBar1Info, 1)
#define nvmlVgpuRuntimeState_v1 NVML_STRUCT_VERSION(VgpuRuntimeState, 1)
#define nvmlVgpuTypeIdInfo_v1 NVML_STRUCT_VERSION(VgpuTypeIdInfo, 1)
#define nvmlVgpuTypeMaxInstance_v1 NVML_STRUCT_VERSION(VgpuTypeMaxInstance, 1)
#define nvmlActiveVgpuInstanceInfo_v1 NVML_STRUCT_VERSION(ActiveVgpuInstanceInfo, 1)
#define nvmlVgpuCreatablePlacementInfo_v1 NVML_STRUCT_VERSION(VgpuCreatablePlacementInfo, 1)
