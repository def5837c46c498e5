// Workload power profiles and power smoothing.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"
#include "simnvml/abi/field_ids_174_and_up.h"
#include "simnvml/abi/values.h"

#define NVML_255_MASK_BITS_PER_ELEM 32
#define NVML_255_MASK_NUM_ELEMS 8
#define NVML_255_MASK_BIT_SET(index, nvmlMask)               \
  ((nvmlMask).mask[(index) / NVML_255_MASK_BITS_PER_ELEM] |= \
   (1U << ((index) % NVML_255_MASK_BITS_PER_ELEM)))
#define NVML_255_MASK_BIT_GET(index, nvmlMask)              \
  ((nvmlMask).mask[(index) / NVML_255_MASK_BITS_PER_ELEM] & \
   (1U << ((index) % NVML_255_MASK_BITS_PER_ELEM)))
#define NVML_255_MASK_BIT_SET_PTR(index, nvmlMask)            \
  ((nvmlMask)->mask[(index) / NVML_255_MASK_BITS_PER_ELEM] |= \
   (1U << ((index) % NVML_255_MASK_BITS_PER_ELEM)))
#define NVML_255_MASK_BIT_GET_PTR(index, nvmlMask)           \
  ((nvmlMask)->mask[(index) / NVML_255_MASK_BITS_PER_ELEM] & \
   (1U << ((index) % NVML_255_MASK_BITS_PER_ELEM)))
#define NVML_WORKLOAD_POWER_MAX_PROFILES (255)
// The smoothing field ids come in three runs; each later run closes up to the one before it.
#define NVML_POWER_SMOOTHING_IDX_FROM_FIELD_VAL(id)                          \
  ((id) - (NVML_FI_PWR_SMOOTHING_ENABLED) -                                  \
   ((id) <= NVML_FI_PWR_SMOOTHING_ADMIN_OVERRIDE_RAMP_DOWN_HYST_VAL          \
        ? 0                                                                  \
        : NVML_FI_PWR_SMOOTHING_PRIMARY_POWER_FLOOR -                        \
              NVML_FI_PWR_SMOOTHING_ADMIN_OVERRIDE_RAMP_DOWN_HYST_VAL - 1) - \
   ((id) < NVML_FI_PWR_SMOOTHING_SOC_POWER_SMOOTHING_ENABLED                 \
        ? 0                                                                  \
        : NVML_FI_PWR_SMOOTHING_SOC_POWER_SMOOTHING_ENABLED -                \
              NVML_FI_PWR_SMOOTHING_ADMIN_OVERRIDE_PRIMARY_FLOOR_ACT_OFFSET - 1))
#define NVML_POWER_SMOOTHING_MAX_NUM_PROFILES 5
#define NVML_POWER_SMOOTHING_NUM_PROFILE_PARAMS 8
#define NVML_POWER_SMOOTHING_ADMIN_OVERRIDE_NOT_SET 0xFFFFFFFFU
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_PERCENT_TMP_FLOOR 0
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_RAMP_UP_RATE 1
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_RAMP_DOWN_RATE 2
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_RAMP_DOWN_HYSTERESIS 3
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_SECONDARY_POWER_FLOOR 4
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_PRIMARY_FLOOR_ACT_WIN_MULT 5
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_PRIMARY_FLOOR_TAR_WIN_MULT 6
#define NVML_POWER_SMOOTHING_PROFILE_PARAM_PRIMARY_FLOOR_ACT_OFFSET 7

struct nvmlMask255_t {
  unsigned int mask[NVML_255_MASK_NUM_ELEMS];
};

enum nvmlPowerProfileType_t : unsigned int {
  NVML_POWER_PROFILE_MAX_P = 0,
  NVML_POWER_PROFILE_MAX_Q = 1,
  NVML_POWER_PROFILE_COMPUTE = 2,
  NVML_POWER_PROFILE_MEMORY_BOUND = 3,
  NVML_POWER_PROFILE_NETWORK = 4,
  NVML_POWER_PROFILE_BALANCED = 5,
  NVML_POWER_PROFILE_LLM_INFERENCE = 6,
  NVML_POWER_PROFILE_LLM_TRAINING = 7,
  NVML_POWER_PROFILE_RBM = 8,
  NVML_POWER_PROFILE_DCPCIE = 9,
  NVML_POWER_PROFILE_HMMA_SPARSE = 10,
  NVML_POWER_PROFILE_HMMA_DENSE = 11,
  NVML_POWER_PROFILE_SYNC_BALANCED = 12,
  NVML_POWER_PROFILE_HPC = 13,
  NVML_POWER_PROFILE_MIG = 14,
  NVML_POWER_PROFILE_MAX = 15,
};

enum nvmlPowerProfileOperation_t : unsigned int {
  NVML_POWER_PROFILE_OPERATION_CLEAR = 0,
  NVML_POWER_PROFILE_OPERATION_SET = 1,
  NVML_POWER_PROFILE_OPERATION_SET_AND_OVERWRITE = 2,
  NVML_POWER_PROFILE_OPERATION_MAX = 3,
};

struct nvmlWorkloadPowerProfileInfo_v1_t {
  unsigned int version;
  unsigned int profileId;
  unsigned int priority;
  nvmlMask255_t conflictingMask;
};

using nvmlWorkloadPowerProfileInfo_t = nvmlWorkloadPowerProfileInfo_v1_t;

struct nvmlWorkloadPowerProfileProfilesInfo_v1_t {
  unsigned int version;
  nvmlMask255_t perfProfilesMask;
  nvmlWorkloadPowerProfileInfo_t perfProfile[NVML_WORKLOAD_POWER_MAX_PROFILES];
};

using nvmlWorkloadPowerProfileProfilesInfo_t = nvmlWorkloadPowerProfileProfilesInfo_v1_t;

struct nvmlWorkloadPowerProfileCurrentProfiles_v1_t {
  unsigned int version;
  nvmlMask255_t perfProfilesMask;
  nvmlMask255_t requestedProfilesMask;
  nvmlMask255_t enforcedProfilesMask;
};

using nvmlWorkloadPowerProfileCurrentProfiles_t = nvmlWorkloadPowerProfileCurrentProfiles_v1_t;

struct nvmlWorkloadPowerProfileRequestedProfiles_v1_t {
  unsigned int version;
  nvmlMask255_t requestedProfilesMask;
};

using nvmlWorkloadPowerProfileRequestedProfiles_t = nvmlWorkloadPowerProfileRequestedProfiles_v1_t;

struct nvmlWorkloadPowerProfileUpdateProfiles_v1_t {
  nvmlPowerProfileOperation_t operation;
  nvmlMask255_t updateProfilesMask;
};

struct nvmlPowerSmoothingProfile_v1_t {
  unsigned int version;
  unsigned int profileId;
  unsigned int paramId;
  double value;
};

using nvmlPowerSmoothingProfile_t = nvmlPowerSmoothingProfile_v1_t;

struct nvmlPowerSmoothingState_v1_t {
  unsigned int version;
  nvmlEnableState_t state;
};

using nvmlPowerSmoothingState_t = nvmlPowerSmoothingState_v1_t;

#define nvmlWorkloadPowerProfileInfo_v1 NVML_STRUCT_VERSION(WorkloadPowerProfileInfo, 1)
#define nvmlWorkloadPowerProfileProfilesInfo_v1 \
  NVML_STRUCT_VERSION(WorkloadPowerProfileProfilesInfo, 1)
#define nvmlWorkloadPowerProfileCurrentProfiles_v1 \
  NVML_STRUCT_VERSION(WorkloadPowerProfileCurrentProfiles, 1)
#define nvmlWorkloadPowerProfileRequestedProfiles_v1 \
  NVML_STRUCT_VERSION(WorkloadPowerProfileRequestedProfiles, 1)
#define nvmlWorkloadPowerProfileUpdateProfiles_v1 \
  NVML_STRUCT_VERSION(WorkloadPowerProfileUpdateProfiles, 1)
#define nvmlPowerSmoothingProfile_v1 NVML_STRUCT_VERSION(PowerSmoothingProfile, 1)
#define nvmlPowerSmoothingState_v1 NVML_STRUCT_VERSION(PowerSmoothingState, 1)
