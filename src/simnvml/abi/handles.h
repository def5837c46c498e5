// The opaque handles of NVML: a handle is a pointer whose target only the library knows.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

using nvmlDevice_t = struct nvmlDevice_st*;

using nvmlGpuInstance_t = struct nvmlGpuInstance_st*;

using nvmlUnit_t = struct nvmlUnit_st*;

using nvmlEventSet_t = struct nvmlEventSet_st*;

using nvmlSystemEventSet_t = struct nvmlSystemEventSet_st*;

using nvmlComputeInstance_t = struct nvmlComputeInstance_st*;

using nvmlGpmSample_t = struct nvmlGpmSample_st*;
