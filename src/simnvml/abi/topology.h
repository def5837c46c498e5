// How boards, bridges and buses connect.
//
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#define NVML_TOPOLOGY_CPU NVML_TOPOLOGY_NODE
#define NVML_MAX_PHYSICAL_BRIDGE (128)
#define NVML_BUS_TYPE_UNKNOWN 0
#define NVML_BUS_TYPE_PCI 1
#define NVML_BUS_TYPE_PCIE 2
#define NVML_BUS_TYPE_FPCI 3
#define NVML_BUS_TYPE_AGP 4
#define NVML_PCIE_LINK_MAX_SPEED_INVALID 0x00000000
#define NVML_PCIE_LINK_MAX_SPEED_2500MBPS 0x00000001
#define NVML_PCIE_LINK_MAX_SPEED_5000MBPS 0x00000002
#define NVML_PCIE_LINK_MAX_SPEED_8000MBPS 0x00000003
#define NVML_PCIE_LINK_MAX_SPEED_16000MBPS 0x00000004
#define NVML_PCIE_LINK_MAX_SPEED_32000MBPS 0x00000005
#define NVML_PCIE_LINK_MAX_SPEED_64000MBPS 0x00000006
#define NVML_PCIE_ATOMICS_CAP_FETCHADD32 0x01
#define NVML_PCIE_ATOMICS_CAP_FETCHADD64 0x02
#define NVML_PCIE_ATOMICS_CAP_SWAP32 0x04
#define NVML_PCIE_ATOMICS_CAP_SWAP64 0x08
#define NVML_PCIE_ATOMICS_CAP_CAS32 0x10
#define NVML_PCIE_ATOMICS_CAP_CAS64 0x20
#define NVML_PCIE_ATOMICS_CAP_CAS128 0x40
#define NVML_PCIE_ATOMICS_OPS_MAX 7
#define NVML_AFFINITY_SCOPE_NODE 0
#define NVML_AFFINITY_SCOPE_SOCKET 1

enum nvmlBridgeChipType_enum : unsigned int {
  NVML_BRIDGE_CHIP_PLX = 0,
  NVML_BRIDGE_CHIP_BRO4 = 1,
};
using nvmlBridgeChipType_t = nvmlBridgeChipType_enum;

enum nvmlGpuLevel_enum : unsigned int {
  NVML_TOPOLOGY_INTERNAL = 0,
  NVML_TOPOLOGY_SINGLE = 10,
  NVML_TOPOLOGY_MULTIPLE = 20,
  NVML_TOPOLOGY_HOSTBRIDGE = 30,
  NVML_TOPOLOGY_NODE = 40,
  NVML_TOPOLOGY_SYSTEM = 50,
};
using nvmlGpuTopologyLevel_t = nvmlGpuLevel_enum;

enum nvmlGpuP2PStatus_enum : unsigned int {
  NVML_P2P_STATUS_OK = 0,
  NVML_P2P_STATUS_CHIPSET_NOT_SUPPORED,
  NVML_P2P_STATUS_CHIPSET_NOT_SUPPORTED = NVML_P2P_STATUS_CHIPSET_NOT_SUPPORED,
  NVML_P2P_STATUS_GPU_NOT_SUPPORTED,
  NVML_P2P_STATUS_IOH_TOPOLOGY_NOT_SUPPORTED,
  NVML_P2P_STATUS_DISABLED_BY_REGKEY,
  NVML_P2P_STATUS_NOT_SUPPORTED,
  NVML_P2P_STATUS_UNKNOWN,
};
using nvmlGpuP2PStatus_t = nvmlGpuP2PStatus_enum;

enum nvmlGpuP2PCapsIndex_enum : unsigned int {
  NVML_P2P_CAPS_INDEX_READ = 0,
  NVML_P2P_CAPS_INDEX_WRITE = 1,
  NVML_P2P_CAPS_INDEX_NVLINK = 2,
  NVML_P2P_CAPS_INDEX_ATOMICS = 3,
  NVML_P2P_CAPS_INDEX_PCI = 4,
  NVML_P2P_CAPS_INDEX_PROP = NVML_P2P_CAPS_INDEX_PCI,
  NVML_P2P_CAPS_INDEX_UNKNOWN = 5,
};
using nvmlGpuP2PCapsIndex_t = nvmlGpuP2PCapsIndex_enum;

struct nvmlBridgeChipInfo_st {
  nvmlBridgeChipType_t type;
  unsigned int fwVersion;
};
using nvmlBridgeChipInfo_t = nvmlBridgeChipInfo_st;

struct nvmlBridgeChipHierarchy_st {
  unsigned char bridgeCount;
  nvmlBridgeChipInfo_t bridgeChipInfo[NVML_MAX_PHYSICAL_BRIDGE];
};
using nvmlBridgeChipHierarchy_t = nvmlBridgeChipHierarchy_st;

enum nvmlPcieUtilCounter_enum : unsigned int {
  NVML_PCIE_UTIL_TX_BYTES = 0,
  NVML_PCIE_UTIL_RX_BYTES = 1,
  NVML_PCIE_UTIL_COUNT,
};
using nvmlPcieUtilCounter_t = nvmlPcieUtilCounter_enum;

using nvmlBusType_t = unsigned int;

enum nvmlDetachGpuState_enum : unsigned int {
  NVML_DETACH_GPU_KEEP = 0,
  NVML_DETACH_GPU_REMOVE,
};
using nvmlDetachGpuState_t = nvmlDetachGpuState_enum;

enum nvmlPcieLinkState_enum : unsigned int {
  NVML_PCIE_LINK_KEEP = 0,
  NVML_PCIE_LINK_SHUT_DOWN,
};
using nvmlPcieLinkState_t = nvmlPcieLinkState_enum;

using nvmlAffinityScope_t = unsigned int;
