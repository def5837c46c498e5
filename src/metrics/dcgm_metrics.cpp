// metrics/dcgm_metrics.cpp — which of dcgm-exporter's default counters septet can tell, in its
// words.
//
// Labels as dcgm-exporter's: GPU_I_PROFILE and GPU_I_ID on instances only, UUID is the GPU's,
// `Hostname` was renamed to `hostname` in 2026 and boards use either: both are there. mig_uuid and
// slurm_job are septet's own, and stand after theirs.
#include <fmt/format.h>

#include <array>

#include "metrics/node_metrics.h"
#include "metrics/subjects.h"

namespace septet::metrics {

namespace {

using prometheus::MetricType;

// What a line of dcgm-exporter is about: an instance, or a GPU that is not partitioned, or (clocks,
// power, temperature) any GPU.
struct DcgmSubject {
  const Snapshot* snapshot = nullptr;
  const mig::Gpu* gpu = nullptr;
  const mig::GpuInstance* instance = nullptr;  // nullptr: a whole GPU
  Labels labels;
  const mig::Usage& usage() const { return instance != nullptr ? instance->usage : gpu->usage; }
  bool whole() const { return instance == nullptr; }
};
using DcgmValue = std::optional<double>;

template <typename Number>
DcgmValue in_units(const std::optional<Number>& value, double per_unit = 1.0) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) / per_unit;
}

DcgmValue last_xid(const DcgmSubject& of) {
  if (of.snapshot->xids == nullptr) return std::nullopt;
  if (of.whole()) return static_cast<double>(of.snapshot->xids->last_of(of.gpu->uuid).value_or(0));
  for (const mig::ComputeInstance& compute : of.instance->compute)
    if (const auto last = of.snapshot->xids->last_of(compute.uuid))
      return static_cast<double>(*last);
  return 0.0;
}

DcgmValue free_mib(const DcgmSubject& of) {
  const mig::Usage& usage = of.usage();
  if (!usage.memory_total_mib || !usage.memory_used_mib ||
      *usage.memory_used_mib > *usage.memory_total_mib)
    return std::nullopt;
  return static_cast<double>(*usage.memory_total_mib - *usage.memory_used_mib);
}

using Dcgm = Metric<DcgmSubject>;
// What one GPU has, whatever is in it: one line per GPU, so that sums are right.
constexpr std::array kDcgmOfGpus = {
    Dcgm{"DCGM_FI_DEV_SM_CLOCK", "Clock of the multiprocessors in MHz.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.gpu->sm_clock_mhz); }},
    Dcgm{"DCGM_FI_DEV_MEM_CLOCK", "Clock of the memory in MHz.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.gpu->memory_clock_mhz); }},
    Dcgm{"DCGM_FI_DEV_GPU_TEMP", "Temperature of the GPU in degrees Celsius.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.gpu->temperature_c); }},
    Dcgm{"DCGM_FI_DEV_POWER_USAGE", "Power the GPU draws in watts.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.gpu->power_mw, 1000.0); }},
};
// What each device has that somebody can be given: an instance, or a GPU that is not partitioned.
constexpr std::array kDcgmOfDevices = {
    Dcgm{"DCGM_FI_DEV_GPU_UTIL", "Percent of time in which a kernel ran.", MetricType::Gauge,
         [](const DcgmSubject& of) -> DcgmValue {
           if (!of.whole()) return std::nullopt;  // NVML has none for instances
           return in_units(of.usage().sm_percent);
         }},
    Dcgm{"DCGM_FI_DEV_MEM_COPY_UTIL", "Percent of time in which memory was read or written.",
         MetricType::Gauge,
         [](const DcgmSubject& of) -> DcgmValue {
           if (!of.whole()) return std::nullopt;
           return in_units(of.usage().memory_percent);
         }},
    Dcgm{"DCGM_FI_DEV_XID_ERRORS", "The last Xid, 0 when none was seen.", MetricType::Gauge,
         last_xid},
    Dcgm{"DCGM_FI_DEV_FB_FREE", "Memory free in MiB.", MetricType::Gauge, free_mib},
    Dcgm{"DCGM_FI_DEV_FB_USED", "Memory in use in MiB.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.usage().memory_used_mib); }},
    Dcgm{"DCGM_FI_PROF_GR_ENGINE_ACTIVE", "Share of time in which any work ran.", MetricType::Gauge,
         [](const DcgmSubject& of) { return in_units(of.usage().engine_percent, 100.0); }},
    Dcgm{"DCGM_FI_PROF_SM_ACTIVE",
         "Share of the multiprocessors' time in which a warp was assigned.", MetricType::Gauge,
         [](const DcgmSubject& of) -> DcgmValue {
           if (of.whole()) return std::nullopt;  // what is told of a whole GPU is its utilization
           return in_units(of.usage().sm_percent, 100.0);
         }},
    Dcgm{"DCGM_FI_PROF_DRAM_ACTIVE", "Share of the memory bandwidth in use.", MetricType::Gauge,
         [](const DcgmSubject& of) -> DcgmValue {
           if (of.whole()) return std::nullopt;
           return in_units(of.usage().memory_percent, 100.0);
         }},
};

DcgmSubject subject_of(const Snapshot& snapshot, const mig::Gpu& gpu,
                       const mig::GpuInstance* instance, const std::vector<Tenant>& tenants) {
  DcgmSubject subject{&snapshot, &gpu, instance, {}};
  Labels& labels = subject.labels;
  add_label(labels, "gpu", std::to_string(gpu.index));
  add_label(labels, "UUID", gpu.uuid);
  add_label(labels, "pci_bus_id", gpu.pci_bus_id);
  add_label(labels, "device", fmt::format("nvidia{}", gpu.minor));
  add_label(labels, "modelName", gpu.name);
  if (instance != nullptr) {
    add_label(labels, "GPU_I_PROFILE", instance->name);
    add_label(labels, "GPU_I_ID", std::to_string(instance->id));
  }
  add_label(labels, "Hostname", snapshot.host);
  add_label(labels, "hostname", snapshot.host);
  add_label(labels, "DCGM_FI_DRIVER_VERSION", snapshot.node->driver_version);
  if (instance != nullptr && instance->compute.size() == 1)
    add_label(labels, "mig_uuid", instance->compute[0].uuid);
  add_tenant_labels(labels, tenants);
  return subject;
}

}  // namespace

Families dcgm_metrics(const Snapshot& snapshot) {
  Families families;
  if (snapshot.node == nullptr) return families;
  std::vector<DcgmSubject> gpus, devices;
  for (const mig::Gpu& gpu : snapshot.node->gpus) {
    if (gpu.problem) continue;
    gpus.push_back(subject_of(snapshot, gpu, nullptr, {}));
    if (gpu.mode != mig::MigMode::kOn)
      devices.push_back(subject_of(snapshot, gpu, nullptr, tenants_at(snapshot, gpu.uuid)));
  }
  for (const InstanceSubject& of : instance_subjects(snapshot))
    devices.push_back(subject_of(snapshot, *of.gpu, of.instance, of.tenants));
  add_families<DcgmSubject>(families, kDcgmOfGpus, gpus);
  add_families<DcgmSubject>(families, kDcgmOfDevices, devices);
  return families;
}

}  // namespace septet::metrics
