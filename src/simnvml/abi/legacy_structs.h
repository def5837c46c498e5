// The structs of the entry points without a version suffix, where the current struct has grown.
//
// Shapes. Each is a prefix of (or, for PCI, a sibling of) the current struct. A library that writes
//         the current struct through these pointers overruns the buffers of old clients.
//
// Source. The public Python binding of the driver generations before each struct grew: 10.418 for
//         nvmlEventData_v1_t and nvmlPciInfo_v2_t (there said to serve _v1 and _v2), 11.450 for
//         nvmlComputeInstanceInfo_v1_t. nvmlDeviceAttributes_v1_t is an estimate: no published
//         source shows its first form. It stops before the slice counts, because writing less than
//         a client's buffer holds is harmless and writing more is not.
#pragma once

#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/handles.h"

struct nvmlPciInfo_v2_t {
  char busId[NVML_DEVICE_PCI_BUS_ID_BUFFER_V2_SIZE];
  unsigned int domain;
  unsigned int bus;
  unsigned int device;
  unsigned int pciDeviceId;
  unsigned int pciSubSystemId;
  unsigned int reserved0;
  unsigned int reserved1;
  unsigned int reserved2;
  unsigned int reserved3;
};

struct nvmlEventData_v1_t {
  nvmlDevice_t device;
  unsigned long long eventType;
  unsigned long long eventData;
};

struct nvmlDeviceAttributes_v1_t {
  unsigned int multiprocessorCount;
  unsigned int sharedCopyEngineCount;
  unsigned int sharedDecoderCount;
  unsigned int sharedEncoderCount;
  unsigned int sharedJpegCount;
  unsigned int sharedOfaCount;
};

struct nvmlComputeInstanceInfo_v1_t {
  nvmlDevice_t device;
  nvmlGpuInstance_t gpuInstance;
  unsigned int id;
  unsigned int profileId;
};
