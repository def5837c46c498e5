#include "metrics/node_metrics.h"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "metrics/gpu_metrics.h"

namespace septet::metrics {

namespace {

using prometheus::MetricType;

constexpr double kPerSecond_ns = 1e9;

void add_one(Families& families, const char* name, const char* help, MetricType type, double value,
             Labels labels = {}) {
  prometheus::MetricFamily family{name, help, type, {}};
  add_sample(family, std::move(labels), value);
  families.push_back(std::move(family));
}

void add_node(Families& families, const Snapshot& snapshot) {
  Labels build;
  add_label(build, "version", snapshot.version);
  add_one(families, "septet_build_info", "The septet that told this; always 1.", MetricType::Gauge,
          1, std::move(build));
  add_one(families, "septet_driver_up", "Whether the driver answers.", MetricType::Gauge,
          snapshot.node != nullptr ? 1 : 0);
  if (snapshot.observed_s)
    add_one(families, "septet_last_observation_timestamp_seconds",
            "When the node was last read, in seconds since 1970.", MetricType::Gauge,
            *snapshot.observed_s);
  if (snapshot.node == nullptr) return;
  const mig::Node& node = *snapshot.node;
  Labels driver;
  add_label(driver, "driver_version", node.driver_version);
  add_label(driver, "nvml_version", node.nvml_version);
  if (node.cuda_version != 0)
    add_label(driver, "cuda_version",
              fmt::format("{}.{}", node.cuda_version / 1000, node.cuda_version % 1000 / 10));
  add_one(families, "septet_driver_info", "The node's driver; always 1.", MetricType::Gauge, 1,
          std::move(driver));
  add_one(families, "septet_simulated",
          "1: nothing here is hardware, all of it is a simulated node.", MetricType::Gauge,
          node.simulated ? 1 : 0);
}

// Who is where: pods, jobs and containers; processes that are nobody's are counted elsewhere.
void add_tenants(Families& families, const Snapshot& snapshot) {
  if (snapshot.node == nullptr) return;
  prometheus::MetricFamily info{
      "septet_tenant_info", "Who has a GPU or an instance; always 1.", MetricType::Gauge, {}};
  const auto add = [&](const mig::Gpu& gpu, const Labels& place, const std::string& uuid) {
    for (const Tenant& tenant : tenants_at(snapshot, uuid)) {
      if (tenant.kind == TenantKind::kProcess) continue;
      Labels labels;
      add_label(labels, "gpu", std::to_string(gpu.index));
      add_label(labels, "gpu_uuid", gpu.uuid);
      labels.insert(labels.end(), place.begin(), place.end());
      add_label(labels, "kind", to_string(tenant.kind));
      add_label(labels, "tenant", tenant.name);
      add_label(labels, "namespace", tenant.name_space);
      add_label(labels, "pod", tenant.pod);
      add_label(labels, "container", tenant.container);
      add_label(labels, "slurm_job", tenant.job);
      add_sample(info, std::move(labels), 1);
    }
  };
  for (const mig::Gpu& gpu : snapshot.node->gpus) {
    add(gpu, {}, gpu.uuid);
    for (const mig::GpuInstance& instance : gpu.instances)
      for (const mig::ComputeInstance& compute : instance.compute) {
        Labels place;
        add_label(place, "gi", std::to_string(instance.id));
        add_label(place, "ci", std::to_string(compute.id));
        add_label(place, "mig_uuid", compute.uuid);
        add(gpu, place, compute.uuid);
      }
  }
  if (!info.metric.empty()) families.push_back(std::move(info));
}

void add_history(Families& families, const HistoryHealth& history) {
  if (history.written_s)
    add_one(families, "septet_history_last_write_timestamp_seconds",
            "When the history was last written, in seconds since 1970.", MetricType::Gauge,
            *history.written_s);
  add_one(families, "septet_history_size_bytes", "Size of the history's file.", MetricType::Gauge,
          static_cast<double>(history.bytes));
  add_one(families, "septet_history_lost_rows_total",
          "Rows of the history that could not be written.", MetricType::Counter,
          static_cast<double>(history.lost));
  add_one(families, "septet_history_failing", "Whether the history cannot be written now.",
          MetricType::Gauge, history.failing ? 1 : 0);
}

prometheus::ClientMetric histogram_of(const std::string& verb, const Durations& durations) {
  prometheus::ClientMetric metric;
  add_label(metric.label, "verb", verb);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    so_far += durations.at_most.at(i);
    metric.histogram.bucket.push_back({so_far, kDurationBounds.at(i)});
  }
  metric.histogram.sample_count = durations.count;
  metric.histogram.sample_sum = durations.sum_s;
  return metric;
}

}  // namespace

void add_change_metrics(Families& families, const ChangeTally& changes) {
  prometheus::MetricFamily ended{"septet_changes_total",
                                 "Changes of the node that have ended, as the journal holds them.",
                                 MetricType::Counter,
                                 {}};
  for (const auto& [key, count] : changes.ended) {
    Labels labels;
    add_label(labels, "verb", key.first);
    add_label(labels, "outcome", key.second);
    add_sample(ended, std::move(labels), static_cast<double>(count));
  }
  if (!ended.metric.empty()) families.push_back(std::move(ended));
  prometheus::MetricFamily took{"septet_change_duration_seconds",
                                "How long changes took that were carried out.",
                                MetricType::Histogram,
                                {}};
  for (const auto& [verb, durations] : changes.durations)
    took.metric.push_back(histogram_of(verb, durations));
  if (!took.metric.empty()) families.push_back(std::move(took));
  add_one(families, "septet_changes_unfinished", "Changes that are under way, or stuck.",
          MetricType::Gauge, static_cast<double>(changes.unfinished));
  if (changes.unfinished_since_ns)
    add_one(families, "septet_change_unfinished_since_timestamp_seconds",
            "When the oldest change that has not ended began, in seconds since 1970.",
            MetricType::Gauge, static_cast<double>(*changes.unfinished_since_ns) / kPerSecond_ns);
}

Families node_metrics(const Snapshot& snapshot) {
  Families families;
  add_node(families, snapshot);
  add_gpu_metrics(families, gpu_subjects(snapshot));
  add_instance_metrics(families, instance_subjects(snapshot));
  add_tenants(families, snapshot);
  if (snapshot.changes != nullptr) add_change_metrics(families, *snapshot.changes);
  if (snapshot.history) add_history(families, *snapshot.history);
  return families;
}

std::string metrics_text(const Snapshot& snapshot, bool dcgm_names) {
  std::ostringstream out;
  const prometheus::TextSerializer serializer;
  serializer.Serialize(out, node_metrics(snapshot));
  if (dcgm_names) serializer.Serialize(out, dcgm_metrics(snapshot));
  return std::move(out).str();
}

}  // namespace septet::metrics
