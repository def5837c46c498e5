// metrics/history_series.h — what the history tells of the last minutes, and as JSON.
//
// Shapes. Every list of numbers has one entry per point, oldest first; point i begins at from_ms +
// i
//         * step_s seconds. nullopt: not sampled then, or not told by the driver.
// Units.  Percent, MiB, mW; times in ms since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "metrics/history_rows.h"
#include "mig/node.h"

namespace septet::metrics {

struct InstanceSeries {
  std::string uuid;  // of its first compute instance; empty: it had none
  std::string profile;
  mig::Placement at;
  std::vector<Amount> sm, memory, memory_used_mib;
};
struct GpuSeries {
  std::string uuid;
  std::vector<Amount> sm, memory, memory_used_mib, power_mw;
  std::vector<InstanceSeries> instances;  // that were there at some point, as first seen; the last
                                          // kMostInstances of them
};
struct LayoutThen {
  std::int64_t time_ms = 0;
  std::string gpu;  // UUID
  std::string cut;  // layout_text()
};
struct Series {
  std::int64_t from_ms = 0, step_s = 0;
  std::size_t points = 0;
  std::vector<GpuSeries> gpus;
  std::vector<LayoutThen> layouts;  // as they began, oldest first; of each GPU also the one before
};

inline constexpr std::size_t kMostPoints = 1440, kMostInstances = 64;

// {"mig":true,"instances":[{"profile":"3g.40gb","start":0,"size":4}]}, by start.
std::string layout_text(const mig::Gpu& gpu);

// `now`: which index a GPU has; a GPU that is not there any more has null. nullptr: nobody knows.
Json to_json(const Series& series, const mig::Node* now);

}  // namespace septet::metrics
