// cli/top/rows.h — a sample as the rows of a table, one per compute instance.
//
// Pure. Memory and activity are those of the GPU instance: NVML has none for a compute instance
// alone, and the compute instances of a GPU instance share them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/top/sample.h"

namespace septet::cli::top {

enum class RowKind : std::uint8_t {
  kGpu,         // the GPU as a heading of its instances
  kWholeGpu,    // a GPU without MIG
  kUnreadable,  // a GPU that does not answer
  kInstance,    // a compute instance
  kNoCompute,   // a GPU instance without compute instances: nothing can run in it
  kFree,        // memory units in which something fits
  kStranded,    // memory units in which nothing fits
};

enum class HealthLevel : std::uint8_t { kUnknown, kGood, kSuspect, kBad };
struct Health {
  HealthLevel level = HealthLevel::kUnknown;
  std::string text;  // "ok", "Xid 94", "ECC 2", "away"; "n/a": neither ECC nor Xids can be read
};

struct Row {
  RowKind kind = RowKind::kInstance;
  std::string key;  // the same row in the next sample: a UUID, or where it is
  std::uint32_t gpu = 0;
  std::optional<std::uint32_t> gpu_instance, compute_instance;
  std::string profile;
  std::optional<mig::Placement> place;
  std::optional<std::uint64_t> memory_used_mib, memory_total_mib;
  bool memory_estimated = false;  // the total stands on an estimate (simulated node)
  std::optional<std::uint32_t> sm_percent, memory_percent;
  std::optional<double> power_mw;
  bool power_estimated = false;  // a share of the GPU's
  Health health;
  std::string tenant;  // who, or what fits there
  std::string words;   // what a filter looks at, lower case
  std::string uuids;   // and this, for longer words only: any digit is in there somewhere

  bool measured() const { return kind != RowKind::kFree && kind != RowKind::kStranded; }
};

// In the order of the node. GPU headings and free places are included: what is shown of them is
// the view's.
std::vector<Row> rows_of(const Sample& sample);

// Of the GPU itself, and of one of its instances.
Health health_of(const Sample& sample, const mig::Gpu& gpu);
Health health_of(const Sample& sample, const mig::Gpu& gpu, const mig::GpuInstance& instance);

// The simulated node's memory sizes that stand on an estimate in the product tables.
bool memory_estimated(const mig::Node& node, const mig::Gpu& gpu);
bool memory_estimated(const mig::Node& node, const mig::Gpu& gpu, std::uint32_t profile_id);

}  // namespace septet::cli::top
