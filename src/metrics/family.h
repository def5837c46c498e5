// metrics/family.h — families of samples, as the tables of metrics fill them.
//
// A label whose value is empty is left out, which to Prometheus is the same. Text of a driver,
// kubelet or /proc that is not UTF-8 has its bad bytes replaced by '?': one of them would make a
// scraper refuse the whole page.
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace septet::metrics {

using Labels = std::vector<prometheus::ClientMetric::Label>;
using Families = std::vector<prometheus::MetricFamily>;

void add_label(Labels& labels, const char* name, std::string_view value);
std::string utf8_text(std::string_view text);

// `type` is a gauge or a counter.
void add_sample(prometheus::MetricFamily& family, Labels labels, double value);

// One metric over many subjects. A Subject has `labels`.
template <typename Subject>
struct Metric {
  const char* name;
  const char* help;
  prometheus::MetricType type;
  std::optional<double> (*value)(const Subject& subject);  // nullopt: no sample
};

// Families without a sample are left out.
template <typename Subject>
void add_families(Families& families, std::span<const Metric<Subject>> metrics,
                  const std::vector<Subject>& subjects) {
  for (const Metric<Subject>& metric : metrics) {
    prometheus::MetricFamily family{metric.name, metric.help, metric.type, {}};
    family.metric.reserve(subjects.size());
    for (const Subject& subject : subjects)
      if (const auto value = metric.value(subject)) add_sample(family, subject.labels, *value);
    if (!family.metric.empty()) families.push_back(std::move(family));
  }
}

}  // namespace septet::metrics
