// bench/parva_data.h — ParvaGPU's published profiles and scenarios as workloads.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "partition/measurement_file.h"

namespace septet::bench {

inline constexpr const char* kParvaProduct = "a100-80gb";
// Measured latency over the objective. Their rule is strict: less than 0.45, never equal.
inline constexpr double kParvaShare = 0.45 - 1e-9;

// $SEPTET_DATA, or ../shared/data beside the checkout.
std::filesystem::path data_folder();

struct ParvaData {
  std::vector<std::string> models;       // by file name
  std::vector<plan::Measured> measured;  // by model
  std::vector<partition::Scenario> scenarios;
};
Result<ParvaData> read_parva();

// Scenario `number` (from 0) with all rates times `factor`.
std::vector<plan::Workload> parva_workloads(const ParvaData& data, std::size_t number,
                                            double factor);

// Different services made from the measured models: throughputs up to a fifth off, latencies of
// the scenarios' range, rates such that about `gpus` GPUs carry them. Fixed by `seed`.
std::vector<plan::Workload> synthetic_workloads(const ParvaData& data, std::size_t count,
                                                double gpus, std::uint64_t seed);

}  // namespace septet::bench
