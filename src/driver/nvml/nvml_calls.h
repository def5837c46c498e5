// driver/nvml/nvml_calls.h — the part of NVML that NvmlDriver uses, as data and as callables.
//
// Shapes. Structs have exactly the layout of the published API; a callable resolves its symbol at
// its
//         first use and tries older names when the newest is missing, so one binary serves R450 and
//         later drivers. Calls that changed their struct with the version are separate members.
// Errors. A callable answers the driver's nvmlReturn_t as int; kMissing when no name resolved.
// Source. The published NVML API, version 13: names, types, field order and numbers.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/result.h"

namespace septet::driver::nvml {

struct DeviceTag;
struct GpuInstanceTag;
struct ComputeInstanceTag;
struct SampleTag;
struct EventSetTag;
using Device = DeviceTag*;
using GpuInstanceHandle = GpuInstanceTag*;
using ComputeInstanceHandle = ComputeInstanceTag*;
using Sample = SampleTag*;
using EventSet = EventSetTag*;
using Uint = unsigned int;
using Ull = unsigned long long;

// nvmlReturn_t values that this module branches on.
inline constexpr int kSuccess = 0;
inline constexpr int kInvalidArgument = 2;
inline constexpr int kNotSupported = 3;
inline constexpr int kNoPermission = 4;
inline constexpr int kNotFound = 6;
inline constexpr int kInsufficientSize = 7;
inline constexpr int kTimeout = 10;
inline constexpr int kMissing = 13;  // NVML_ERROR_FUNCTION_NOT_FOUND
inline constexpr int kGpuIsLost = 15;

inline constexpr Uint kNameBuffer = 96;
inline constexpr Uint kNoInstance = 0xffffffffu;
inline constexpr Ull kNoValue = ~0ull;
inline constexpr Uint kGpuProfiles = 18;     // enum values 0..17 of GPU instance profiles
inline constexpr Uint kComputeProfiles = 9;  // enum values 0..8 of compute instance profiles

struct PciInfo {
  char bus_id_legacy[16];
  Uint domain, bus, device, pci_device_id, pci_subsystem_id;
  char bus_id[32];
};
struct PciInfoExt {
  Uint version, domain, bus, device, pci_device_id, pci_subsystem_id, base_class, sub_class;
  char bus_id[32];
};
struct FabricInfo {
  unsigned char cluster_uuid[16];
  int status;
  Uint clique;
  unsigned char state;  // 3 = in the fabric
};
struct Memory {
  Ull total, free, used;
};
struct Utilization {
  Uint gpu, memory;
};
struct PlacementInfo {
  Uint start, size;
};
struct GpuProfileInfo {
  Uint id, p2p, slices, max, sm, ce, dec, enc, jpg, ofa;
  Ull memory_mib;
};
struct GpuProfileInfoV2 {
  Uint version, id, p2p, slices, max, sm, ce, dec, enc, jpg, ofa;
  Ull memory_mib;
  char name[kNameBuffer];
};
struct ComputeProfileInfo {
  Uint id, slices, max, sm, ce, dec, enc, jpg, ofa;
};
struct ComputeProfileInfoV2 {
  Uint version, id, slices, max, sm, ce, dec, enc, jpg, ofa;
  char name[kNameBuffer];
};
struct GpuInstanceInfo {
  Device device;
  Uint id, profile_id;
  PlacementInfo placement;
};
struct ComputeInstanceInfo {
  Device device;
  GpuInstanceHandle gpu_instance;
  Uint id, profile_id;
  PlacementInfo placement;  // absent from the first version of the call
};
struct Attributes {
  Uint sm, ce, dec, enc, jpg, ofa, gpu_slices, compute_slices;
  Ull memory_mib;
};
struct ProcessInfo {
  Uint pid;
  Ull used_bytes;
  Uint gpu_instance, compute_instance;
};
struct ProcessInfoV1 {
  Uint pid;
  Ull used_bytes;
};
struct GpmMetric {
  Uint id;
  int status;
  double value;
  const char *short_name, *long_name, *unit;
};
struct EventData {
  Device device;
  Ull type, data;
  Uint gpu_instance, compute_instance;  // absent from the first version of the call
};
inline constexpr std::size_t kGpmMetrics = 512;  // room; the published struct ends at 333
struct GpmMetricsGet {
  Uint version, count;
  Sample first, second;
  std::array<GpmMetric, kGpmMetrics> metrics;
};
static_assert(sizeof(PciInfo) == 68 && sizeof(GpuProfileInfoV2) == 152 &&
              sizeof(ComputeProfileInfoV2) == 136 && sizeof(ProcessInfo) == 24 &&
              sizeof(Attributes) == 40 && sizeof(GpuInstanceInfo) == 24 &&
              sizeof(ComputeInstanceInfo) == 32 && sizeof(GpmMetric) == 40 &&
              sizeof(EventData) == 32);

template <typename Struct>
constexpr Uint struct_version(Uint version) {
  return static_cast<Uint>(sizeof(Struct)) | (version << 24);
}

// A dlopen'ed library. Symbols stay valid as long as it lives.
class Library {
 public:
  static Result<Library> open(const std::string& path);
  Library(Library&& other) noexcept;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  Library& operator=(Library&&) = delete;
  ~Library();
  void* symbol(const char* name) const;  // nullptr when missing
  const std::string& path() const { return path_; }

 private:
  Library(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  void* handle_;
  std::string path_;
};

template <typename... Args>
class Call {
 public:
  constexpr Call(const Library& library, const char* newest, const char* older = nullptr)
      : library_(&library), newest_(newest), older_(older) {}

  int operator()(Args... args) const {
    using Function = int (*)(Args...);
    if (!looked_) {
      void* found = library_->symbol(newest_);
      if (found == nullptr && older_ != nullptr) found = library_->symbol(older_);
      function_ = reinterpret_cast<Function>(found);
      looked_ = true;
    }
    return function_ == nullptr ? kMissing : function_(args...);
  }
  const char* name() const { return newest_; }

 private:
  const Library* library_;
  const char *newest_, *older_;
  mutable int (*function_)(Args...) = nullptr;
  mutable bool looked_ = false;
};

struct Calls {
  explicit Calls(const Library& l) : library(l) {}
  const Library& library;

  Call<> init{library, "nvmlInit_v2", "nvmlInit"};
  Call<> shutdown{library, "nvmlShutdown"};
  Call<char*, Uint> driver_version{library, "nvmlSystemGetDriverVersion"};
  Call<char*, Uint> nvml_version{library, "nvmlSystemGetNVMLVersion"};
  Call<int*> cuda_version{library, "nvmlSystemGetCudaDriverVersion_v2",
                          "nvmlSystemGetCudaDriverVersion"};
  Call<Uint, char*, Uint> process_name{library, "nvmlSystemGetProcessName"};

  Call<Uint*> device_count{library, "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"};
  Call<Uint, Device*> device{library, "nvmlDeviceGetHandleByIndex_v2",
                             "nvmlDeviceGetHandleByIndex"};
  Call<Device, char*, Uint> name{library, "nvmlDeviceGetName"};
  Call<Device, char*, Uint> uuid{library, "nvmlDeviceGetUUID"};
  Call<Device, char*, Uint> serial{library, "nvmlDeviceGetSerial"};
  Call<Device, char*, Uint> vbios{library, "nvmlDeviceGetVbiosVersion"};
  Call<Device, char*, Uint> part_number{library, "nvmlDeviceGetBoardPartNumber"};
  Call<Device, PciInfo*> pci{library, "nvmlDeviceGetPciInfo_v3"};
  Call<Device, PciInfoExt*> pci_ext{library, "nvmlDeviceGetPciInfoExt"};
  Call<Device, int*, int*> compute_capability{library, "nvmlDeviceGetCudaComputeCapability"};
  Call<Device, FabricInfo*> fabric{library, "nvmlDeviceGetGpuFabricInfo"};
  Call<Device, Uint*> minor{library, "nvmlDeviceGetMinorNumber"};
  Call<Device, Uint*> numa_node{library, "nvmlDeviceGetNumaNodeId"};
  Call<Device, Uint, unsigned long*, Uint> memory_affinity{library, "nvmlDeviceGetMemoryAffinity"};
  Call<Device, Device, Uint*> common_ancestor{library, "nvmlDeviceGetTopologyCommonAncestor"};
  Call<Device, Uint, Uint*> nvlink_state{library, "nvmlDeviceGetNvLinkState"};
  Call<Device, Uint, PciInfo*> nvlink_remote{library, "nvmlDeviceGetNvLinkRemotePciInfo_v2"};
  Call<Device, Memory*> memory{library, "nvmlDeviceGetMemoryInfo"};
  Call<Device, Memory*> bar1{library, "nvmlDeviceGetBAR1MemoryInfo"};  // total, free, used as well
  Call<Device, Utilization*> utilization{library, "nvmlDeviceGetUtilizationRates"};
  Call<Device, Uint*> power{library, "nvmlDeviceGetPowerUsage"};
  Call<Device, Uint*> power_limit{library, "nvmlDeviceGetEnforcedPowerLimit"};
  Call<Device, Uint, Uint*> temperature{library, "nvmlDeviceGetTemperature"};
  Call<Device, Uint, Uint*> clock{library, "nvmlDeviceGetClockInfo"};
  Call<Device, Uint*> persistence{library, "nvmlDeviceGetPersistenceMode"};
  Call<Device, Uint*> virtualization{library, "nvmlDeviceGetVirtualizationMode"};
  Call<Device, Uint*> performance_state{library, "nvmlDeviceGetPerformanceState"};
  Call<Device, Uint*, Uint*> ecc_mode{library, "nvmlDeviceGetEccMode"};  // current, pending
  Call<Device, Uint, Uint, Ull*> ecc_errors{library, "nvmlDeviceGetTotalEccErrors"};

  Call<Device, Uint*, Uint*> mig_mode{library, "nvmlDeviceGetMigMode"};
  Call<Device, Uint, int*> set_mig_mode{library, "nvmlDeviceSetMigMode"};
  Call<Device, Uint*> max_mig_devices{library, "nvmlDeviceGetMaxMigDeviceCount"};
  Call<Device, Uint, Device*> mig_device{library, "nvmlDeviceGetMigDeviceHandleByIndex"};
  Call<Device, Uint*> gpu_instance_id{library, "nvmlDeviceGetGpuInstanceId"};
  Call<Device, Uint*> compute_instance_id{library, "nvmlDeviceGetComputeInstanceId"};
  Call<Device, Attributes*> attributes{library, "nvmlDeviceGetAttributes_v2"};

  Call<Device, Uint, GpuProfileInfo*> gpu_profile{library, "nvmlDeviceGetGpuInstanceProfileInfo"};
  Call<Device, Uint, GpuProfileInfoV2*> gpu_profile_v2{library,
                                                       "nvmlDeviceGetGpuInstanceProfileInfoV"};
  Call<Device, Uint, PlacementInfo*, Uint*> gpu_placements{
      library, "nvmlDeviceGetGpuInstancePossiblePlacements_v2",
      "nvmlDeviceGetGpuInstancePossiblePlacements"};
  Call<Device, Uint, Uint*> gpu_capacity{library, "nvmlDeviceGetGpuInstanceRemainingCapacity"};
  Call<Device, Uint, GpuInstanceHandle*, Uint*> gpu_instances{library, "nvmlDeviceGetGpuInstances"};
  Call<Device, Uint, GpuInstanceHandle*> gpu_instance{library, "nvmlDeviceGetGpuInstanceById"};
  Call<GpuInstanceHandle, GpuInstanceInfo*> gpu_instance_info{library, "nvmlGpuInstanceGetInfo"};
  Call<Device, Uint, GpuInstanceHandle*> create_gpu_instance{library,
                                                             "nvmlDeviceCreateGpuInstance"};
  Call<Device, Uint, const PlacementInfo*, GpuInstanceHandle*> create_gpu_instance_at{
      library, "nvmlDeviceCreateGpuInstanceWithPlacement"};
  Call<GpuInstanceHandle> destroy_gpu_instance{library, "nvmlGpuInstanceDestroy"};

  Call<GpuInstanceHandle, Uint, Uint, ComputeProfileInfo*> compute_profile{
      library, "nvmlGpuInstanceGetComputeInstanceProfileInfo"};
  Call<GpuInstanceHandle, Uint, Uint, ComputeProfileInfoV2*> compute_profile_v2{
      library, "nvmlGpuInstanceGetComputeInstanceProfileInfoV"};
  Call<GpuInstanceHandle, Uint, PlacementInfo*, Uint*> compute_placements{
      library, "nvmlGpuInstanceGetComputeInstancePossiblePlacements"};
  Call<GpuInstanceHandle, Uint, Uint*> compute_capacity{
      library, "nvmlGpuInstanceGetComputeInstanceRemainingCapacity"};
  Call<GpuInstanceHandle, Uint, ComputeInstanceHandle*> compute_instance{
      library, "nvmlGpuInstanceGetComputeInstanceById"};
  Call<ComputeInstanceHandle, ComputeInstanceInfo*> compute_instance_info{
      library, "nvmlComputeInstanceGetInfo_v2"};
  // Fills all but the placement.
  Call<ComputeInstanceHandle, ComputeInstanceInfo*> compute_instance_info_v1{
      library, "nvmlComputeInstanceGetInfo"};
  Call<GpuInstanceHandle, Uint, ComputeInstanceHandle*> create_compute_instance{
      library, "nvmlGpuInstanceCreateComputeInstance"};
  Call<GpuInstanceHandle, Uint, const PlacementInfo*, ComputeInstanceHandle*>
      create_compute_instance_at{library, "nvmlGpuInstanceCreateComputeInstanceWithPlacement"};
  Call<ComputeInstanceHandle> destroy_compute_instance{library, "nvmlComputeInstanceDestroy"};

  using Processes = Call<Device, Uint*, ProcessInfo*>;
  using ProcessesV1 = Call<Device, Uint*, ProcessInfoV1*>;
  Processes compute_processes{library, "nvmlDeviceGetComputeRunningProcesses_v3",
                              "nvmlDeviceGetComputeRunningProcesses_v2"};
  Processes graphics_processes{library, "nvmlDeviceGetGraphicsRunningProcesses_v3",
                               "nvmlDeviceGetGraphicsRunningProcesses_v2"};
  Processes mps_processes{library, "nvmlDeviceGetMPSComputeRunningProcesses_v3",
                          "nvmlDeviceGetMPSComputeRunningProcesses_v2"};
  ProcessesV1 compute_processes_v1{library, "nvmlDeviceGetComputeRunningProcesses"};
  ProcessesV1 graphics_processes_v1{library, "nvmlDeviceGetGraphicsRunningProcesses"};

  Call<EventSet*> create_event_set{library, "nvmlEventSetCreate"};
  Call<EventSet> free_event_set{library, "nvmlEventSetFree"};
  Call<Device, Ull*> event_types{library, "nvmlDeviceGetSupportedEventTypes"};
  Call<Device, Ull, EventSet> register_events{library, "nvmlDeviceRegisterEvents"};
  Call<EventSet, EventData*, Uint> wait_event{library, "nvmlEventSetWait_v2", "nvmlEventSetWait"};

  Call<Sample*> gpm_alloc{library, "nvmlGpmSampleAlloc"};
  Call<Sample> gpm_free{library, "nvmlGpmSampleFree"};
  Call<Device, Sample> gpm_sample{library, "nvmlGpmSampleGet"};
  Call<Device, Uint, Sample> gpm_mig_sample{library, "nvmlGpmMigSampleGet"};
  Call<GpmMetricsGet*> gpm_metrics{library, "nvmlGpmMetricsGet"};
};

}  // namespace septet::driver::nvml
