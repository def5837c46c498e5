// metrics/instance_metrics.cpp — which metrics an instance has.
#include <algorithm>
#include <array>

#include "metrics/gpu_metrics.h"

namespace septet::metrics {

namespace {

using prometheus::MetricType;
using MaybeNumber = std::optional<double>;

constexpr double kBytesPerMebibyte = 1048576.0;

template <typename Number>
MaybeNumber divided(const std::optional<Number>& value, double by) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) / by;
}
template <typename Number>
MaybeNumber times(const std::optional<Number>& value, double factor) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) * factor;
}

MaybeNumber instance_healthy(const InstanceSubject& of) {
  const auto& ill = of.snapshot->ill;
  if (!ill) return std::nullopt;
  const bool sick = ill->contains(of.gpu->uuid) ||
                    std::ranges::any_of(of.instance->compute, [&](const mig::ComputeInstance& one) {
                      return ill->contains(one.uuid);
                    });
  return sick ? 0.0 : 1.0;
}

MaybeNumber multiprocessors(const InstanceSubject& of) {
  const auto* const profile =
      of.gpu->geometry ? of.gpu->geometry->geometry.find_id(of.instance->profile_id) : nullptr;
  if (profile == nullptr || !profile->sm.known()) return std::nullopt;
  return profile->sm.value;
}

constexpr std::array kInstanceMetrics = {
    Metric<InstanceSubject>{"septet_instance_healthy", "Whether no fault of the instance is known.",
                            MetricType::Gauge, instance_healthy},
    Metric<InstanceSubject>{"septet_instance_memory_used_bytes", "Memory in use in the instance.",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) {
                              return times(of.instance->usage.memory_used_mib, kBytesPerMebibyte);
                            }},
    Metric<InstanceSubject>{"septet_instance_memory_total_bytes", "Memory of the instance.",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) {
                              return times(of.instance->usage.memory_total_mib, kBytesPerMebibyte);
                            }},
    Metric<InstanceSubject>{"septet_instance_activity_available",
                            "Whether the driver told the instance's activity (0: not on this GPU; "
                            "its samples are absent).",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) -> MaybeNumber {
                              return of.instance->usage.sm_percent ? 1.0 : 0.0;
                            }},
    Metric<InstanceSubject>{
        "septet_instance_sm_activity_ratio",
        "Share of the instance's multiprocessor time in which a warp was "
        "assigned (GPM).",
        MetricType::Gauge,
        [](const InstanceSubject& of) { return divided(of.instance->usage.sm_percent, 100.0); }},
    Metric<InstanceSubject>{"septet_instance_engine_activity_ratio",
                            "Share of time in which the instance ran any work (GPM).",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) {
                              return divided(of.instance->usage.engine_percent, 100.0);
                            }},
    Metric<InstanceSubject>{"septet_instance_memory_activity_ratio",
                            "Share of the instance's memory bandwidth in use (GPM).",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) {
                              return divided(of.instance->usage.memory_percent, 100.0);
                            }},
    Metric<InstanceSubject>{"septet_instance_power_estimate_watts",
                            "About the instance's share of the GPU's power: an estimate by slices "
                            "and activity, no measurement.",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) { return divided(of.power_mw, 1000.0); }},
    Metric<InstanceSubject>{
        "septet_instance_ecc_uncorrected_errors_total",
        "Uncorrected ECC errors in the instance since the driver was loaded.", MetricType::Counter,
        [](const InstanceSubject& of) { return times(of.instance->usage.ecc_uncorrected, 1.0); }},
    Metric<InstanceSubject>{"septet_instance_processes", "Processes in the instance.",
                            MetricType::Gauge,
                            [](const InstanceSubject& of) -> MaybeNumber {
                              return static_cast<double>(of.instance->processes.size());
                            }},
    Metric<InstanceSubject>{
        "septet_instance_memory_units", "Memory units of the instance.", MetricType::Gauge,
        [](const InstanceSubject& of) -> MaybeNumber { return of.instance->at.size; }},
    Metric<InstanceSubject>{"septet_instance_multiprocessors", "Multiprocessors of the instance.",
                            MetricType::Gauge, multiprocessors},
};

void add_instance_xids(Families& families, const std::vector<InstanceSubject>& instances) {
  prometheus::MetricFamily xids{"septet_instance_xid_errors_total",
                                "Xids of the instance since the agent began.",
                                MetricType::Counter,
                                {}};
  for (const InstanceSubject& of : instances) {
    if (of.snapshot->xids == nullptr) continue;
    XidTally::Counts counts;
    for (const mig::ComputeInstance& compute : of.instance->compute)
      for (const auto& [xid, count] : of.snapshot->xids->of(compute.uuid)) counts[xid] += count;
    for (const auto& [xid, count] : counts) {
      Labels labels = of.labels;
      add_label(labels, "xid", std::to_string(xid));
      add_sample(xids, std::move(labels), static_cast<double>(count));
    }
  }
  if (!xids.metric.empty()) families.push_back(std::move(xids));
}

// Each compute instance, so that what is said per GPU instance can be told of its parts.
void add_compute_info(Families& families, const std::vector<InstanceSubject>& instances) {
  prometheus::MetricFamily info{"septet_compute_instance_info",
                                "A compute instance (MIG device) of an instance; always 1.",
                                MetricType::Gauge,
                                {}};
  for (const InstanceSubject& of : instances)
    for (const mig::ComputeInstance& compute : of.instance->compute) {
      Labels labels;
      add_label(labels, "gpu", std::to_string(of.gpu->index));
      add_label(labels, "gpu_uuid", of.gpu->uuid);
      add_label(labels, "gi", std::to_string(of.instance->id));
      add_label(labels, "ci", std::to_string(compute.id));
      add_label(labels, "mig_uuid", compute.uuid);
      add_label(labels, "profile", compute.name);
      add_label(labels, "placement", placement_text(compute.at));
      add_sample(info, std::move(labels), 1);
    }
  if (!info.metric.empty()) families.push_back(std::move(info));
}

}  // namespace

void add_instance_metrics(Families& families, const std::vector<InstanceSubject>& instances) {
  add_compute_info(families, instances);
  add_families<InstanceSubject>(families, kInstanceMetrics, instances);
  add_instance_xids(families, instances);
}

}  // namespace septet::metrics
