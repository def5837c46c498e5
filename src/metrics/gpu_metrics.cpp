#include "metrics/gpu_metrics.h"

#include <array>
#include <bit>

namespace septet::metrics {

namespace {

using prometheus::MetricType;
using MaybeValue = std::optional<double>;

constexpr double kMebibyte = 1048576.0, kPercent = 100.0, kMilli = 1000.0, kMega = 1e6;

// Divided, not multiplied by 0.01: 70 % is to read 0.7.
template <typename Number>
MaybeValue part(const std::optional<Number>& value, double of) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) / of;
}
template <typename Number>
MaybeValue scaled(const std::optional<Number>& value, double factor) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) * factor;
}
MaybeValue flag(bool value) { return value ? 1.0 : 0.0; }

bool cut(const GpuSubject& of) { return of.gpu->mode == mig::MigMode::kOn; }

MaybeValue gpu_healthy(const GpuSubject& of) {
  if (of.gpu->problem) return 0.0;
  if (!of.snapshot->ill) return std::nullopt;
  return flag(!of.snapshot->ill->contains(of.gpu->uuid));
}

constexpr std::array kGpuMetrics = {
    Metric<GpuSubject>{"septet_gpu_up", "Whether the GPU can be read (0: lost, or closed to us).",
                       MetricType::Gauge,
                       [](const GpuSubject& of) { return flag(!of.gpu->problem); }},
    Metric<GpuSubject>{"septet_gpu_healthy",
                       "Whether no fault that reaches the whole GPU is known.", MetricType::Gauge,
                       gpu_healthy},
    Metric<GpuSubject>{"septet_gpu_mig_enabled", "Whether MIG mode is in force.", MetricType::Gauge,
                       [](const GpuSubject& of) -> MaybeValue {
                         if (of.gpu->problem || of.gpu->mode == mig::MigMode::kUnsupported)
                           return std::nullopt;
                         return flag(cut(of));
                       }},
    Metric<GpuSubject>{"septet_gpu_mig_mode_pending",
                       "Whether a change of MIG mode waits for a reset.", MetricType::Gauge,
                       [](const GpuSubject& of) -> MaybeValue {
                         if (of.gpu->problem || of.gpu->mode == mig::MigMode::kUnsupported)
                           return std::nullopt;
                         return flag(of.gpu->mode != of.gpu->pending);
                       }},
    Metric<GpuSubject>{
        "septet_gpu_memory_used_bytes", "Memory in use on the GPU.", MetricType::Gauge,
        [](const GpuSubject& of) { return scaled(of.gpu->usage.memory_used_mib, kMebibyte); }},
    Metric<GpuSubject>{
        "septet_gpu_memory_total_bytes", "Memory of the GPU.", MetricType::Gauge,
        [](const GpuSubject& of) { return scaled(of.gpu->usage.memory_total_mib, kMebibyte); }},
    Metric<GpuSubject>{"septet_gpu_utilization_ratio",
                       "Share of time in which a kernel ran; of GPUs that are not partitioned.",
                       MetricType::Gauge,
                       [](const GpuSubject& of) -> MaybeValue {
                         if (cut(of)) return std::nullopt;
                         return part(of.gpu->usage.sm_percent, kPercent);
                       }},
    Metric<GpuSubject>{"septet_gpu_sm_activity_ratio",
                       "Share of the multiprocessors' time in which a warp was assigned (GPM); of "
                       "partitioned GPUs.",
                       MetricType::Gauge,
                       [](const GpuSubject& of) -> MaybeValue {
                         if (!cut(of)) return std::nullopt;
                         return part(of.gpu->usage.sm_percent, kPercent);
                       }},
    Metric<GpuSubject>{
        "septet_gpu_memory_activity_ratio",
        "Share of the memory bandwidth in use (GPM), or of time in which memory was "
        "read or written where the GPU is not partitioned.",
        MetricType::Gauge,
        [](const GpuSubject& of) { return part(of.gpu->usage.memory_percent, kPercent); }},
    Metric<GpuSubject>{"septet_gpu_power_watts", "Power the GPU draws.", MetricType::Gauge,
                       [](const GpuSubject& of) { return part(of.gpu->power_mw, kMilli); }},
    Metric<GpuSubject>{"septet_gpu_power_limit_watts", "Power the GPU may draw.", MetricType::Gauge,
                       [](const GpuSubject& of) { return part(of.gpu->power_limit_mw, kMilli); }},
    Metric<GpuSubject>{"septet_gpu_temperature_celsius", "Temperature of the GPU.",
                       MetricType::Gauge,
                       [](const GpuSubject& of) { return scaled(of.gpu->temperature_c, 1.0); }},
    Metric<GpuSubject>{"septet_gpu_sm_clock_hertz", "Clock of the multiprocessors.",
                       MetricType::Gauge,
                       [](const GpuSubject& of) { return scaled(of.gpu->sm_clock_mhz, kMega); }},
    Metric<GpuSubject>{
        "septet_gpu_memory_clock_hertz", "Clock of the memory.", MetricType::Gauge,
        [](const GpuSubject& of) { return scaled(of.gpu->memory_clock_mhz, kMega); }},
    Metric<GpuSubject>{
        "septet_gpu_ecc_uncorrected_errors_total",
        "Uncorrected ECC errors since the driver was loaded.", MetricType::Counter,
        [](const GpuSubject& of) { return scaled(of.gpu->usage.ecc_uncorrected, 1.0); }},
    Metric<GpuSubject>{"septet_gpu_processes", "Processes on the GPU.", MetricType::Gauge,
                       [](const GpuSubject& of) -> MaybeValue {
                         if (of.gpu->problem) return std::nullopt;
                         return static_cast<double>(of.gpu->processes.size());
                       }},
};

// What the room of a partitioned GPU is like: a number of its FreeSpace.
struct SpaceMetric {
  const char* name;
  const char* help;
  double (*value)(const FreeSpace& space);
};
constexpr std::array kSpaceMetrics = {
    SpaceMetric{"septet_gpu_compute_slices", "Compute slices of a partitioned GPU.",
                [](const FreeSpace& of) { return 1.0 * of.compute_slices; }},
    SpaceMetric{"septet_gpu_compute_slices_used", "Compute slices in instances.",
                [](const FreeSpace& of) { return 1.0 * (of.compute_slices - of.free_slices); }},
    SpaceMetric{"septet_gpu_compute_slices_free", "Compute slices in no instance.",
                [](const FreeSpace& of) { return 1.0 * of.free_slices; }},
    SpaceMetric{"septet_gpu_compute_slices_stranded",
                "Free compute slices that no further instance can have now.",
                [](const FreeSpace& of) { return 1.0 * of.stranded_slices; }},
    SpaceMetric{"septet_gpu_memory_units", "Memory units of a partitioned GPU.",
                [](const FreeSpace& of) { return 1.0 * of.memory_units; }},
    SpaceMetric{"septet_gpu_memory_units_used", "Memory units in instances.",
                [](const FreeSpace& of) { return 1.0 * (of.memory_units - of.free_units); }},
    SpaceMetric{"septet_gpu_memory_units_free", "Memory units in no instance.",
                [](const FreeSpace& of) { return 1.0 * of.free_units; }},
    SpaceMetric{"septet_gpu_memory_units_stranded",
                "Free memory units that no further instance can have now.",
                [](const FreeSpace& of) { return 1.0 * std::popcount(of.stranded_units); }},
    SpaceMetric{"septet_gpu_fragmentation_ratio",
                "0: the free room is worth as much as its size; 1: nothing fits that has the size "
                "to.",
                [](const FreeSpace& of) { return of.fragmentation; }},
};

void add_if_any(Families& families, prometheus::MetricFamily family) {
  if (!family.metric.empty()) families.push_back(std::move(family));
}

void add_space(Families& families, const std::vector<GpuSubject>& gpus) {
  for (const SpaceMetric& metric : kSpaceMetrics) {
    prometheus::MetricFamily family{metric.name, metric.help, MetricType::Gauge, {}};
    for (const GpuSubject& of : gpus)
      if (of.space) add_sample(family, of.labels, metric.value(*of.space));
    add_if_any(families, std::move(family));
  }
  prometheus::MetricFamily fits{"septet_gpu_profile_fits",
                                "How many more instances of the profile could be created now.",
                                MetricType::Gauge,
                                {}};
  for (const GpuSubject& of : gpus) {
    if (!of.space) continue;
    for (const ProfileFit& fit : of.space->fits) {
      Labels labels = of.labels;
      add_label(labels, "profile", fit.profile->name);
      add_label(labels, "profile_id", std::to_string(fit.profile->id));
      add_sample(fits, std::move(labels), fit.more);
    }
  }
  add_if_any(families, std::move(fits));
}

void add_gpu_info(Families& families, const std::vector<GpuSubject>& gpus) {
  prometheus::MetricFamily info{
      "septet_gpu_info", "What the GPU is; always 1.", MetricType::Gauge, {}};
  for (const GpuSubject& of : gpus) {
    Labels labels;
    add_label(labels, "gpu", std::to_string(of.gpu->index));
    add_label(labels, "gpu_uuid", of.gpu->uuid);
    add_label(labels, "model", of.gpu->name);
    if (of.gpu->product != nullptr) {
      add_label(labels, "product", of.gpu->product->id);
      add_label(labels, "architecture", of.gpu->product->architecture_name);
    }
    add_label(labels, "pci_bus_id", of.gpu->pci_bus_id);
    add_sample(info, std::move(labels), 1);
  }
  add_if_any(families, std::move(info));
}

void add_gpu_xids(Families& families, const std::vector<GpuSubject>& gpus) {
  prometheus::MetricFamily xids{"septet_gpu_xid_errors_total",
                                "Xids of the GPU, its instances' included, since the agent began.",
                                MetricType::Counter,
                                {}};
  for (const GpuSubject& of : gpus) {
    if (of.snapshot->xids == nullptr) continue;
    for (const auto& [xid, count] : of.snapshot->xids->of(of.gpu->uuid)) {
      Labels labels = of.labels;
      add_label(labels, "xid", std::to_string(xid));
      add_sample(xids, std::move(labels), static_cast<double>(count));
    }
  }
  add_if_any(families, std::move(xids));
}

}  // namespace

void add_gpu_metrics(Families& families, const std::vector<GpuSubject>& gpus) {
  add_gpu_info(families, gpus);
  add_families<GpuSubject>(families, kGpuMetrics, gpus);
  add_gpu_xids(families, gpus);
  add_space(families, gpus);
}

}  // namespace septet::metrics
