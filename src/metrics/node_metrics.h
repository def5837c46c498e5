// metrics/node_metrics.h — a node as Prometheus metrics, under septet's names and dcgm-exporter's.
//
// Units.  Base units: bytes, watts, hertz, degrees Celsius, seconds, ratios 0..1. Under dcgm's
// names
//         its own: MiB, MHz, percent.
// Errors. None: what is not known has no sample (docs/metrics.md lists every name).
// Source. Naming: prometheus.io/docs/practices/naming. dcgm's names, units and labels:
//         dcgm-exporter's default-counters.csv.
// Budget. 5 ms for the text of 8 GPUs x 7 instances (node_metrics_bench).
#pragma once

#include <string>

#include "metrics/family.h"
#include "metrics/snapshot.h"

namespace septet::metrics {

Families node_metrics(const Snapshot& snapshot);
Families dcgm_metrics(const Snapshot& snapshot);

// The Prometheus text format, version 0.0.4.
inline constexpr const char* kTextType = "text/plain; version=0.0.4; charset=utf-8";
std::string metrics_text(const Snapshot& snapshot, bool dcgm_names);

}  // namespace septet::metrics
