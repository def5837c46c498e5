// Which NVML API the ABI follows, and how a struct states its version.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#define NVML_MCDM_SUPPORT
#define NVML_API_VERSION 13
#define NVML_API_VERSION_STR "13"
#define NVML_STRUCT_VERSION(data, ver) \
  static_cast<unsigned int>(sizeof(nvml##data##_v##ver##_t) | ((ver) << 24U))
#define NVML_VALUE_NOT_AVAILABLE (-1)
#define NVML_INIT_FLAG_NO_GPUS (1 << 0)
#define NVML_INIT_FLAG_NO_ATTACH (1 << 1)
#define NVML_INIT_FLAG_FORCE_INIT (1 << 2)
