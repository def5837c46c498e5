// partition/measurement_file.h — tables of measured performance, in our own and in published
// layouts, told apart by their header.
//
//   ours      profile,batch,processes,per_second,latency_ms        any product
//   ParvaGPU  Mig instance,Batch size,Workload Number,Throughput,Latency
//             slices; items per second of ONE process; seconds. 0 means that it did not run.
//   MISO      workload,batch,gslices,mean_iter_s,median_iter_s,samples
//             several workloads in one file; training; a slice count without a row did not run.
//
// Slices become the plain profile of so many slices (of two the one that fits more often).
// Errors. kInvalidArgument with file, line and column: an unknown header (the known ones are
//         named), a number that is none, the same measurement twice, slices the product lacks.
//         kNotFound: no such file, or no such workload in it.
#pragma once

#include <string>
#include <vector>

#include "base/csv.h"
#include "mig/product.h"
#include "plan/workload.h"

namespace septet::partition {

// More is a mistake, in a table or written out.
inline constexpr unsigned kMostBatch = 1'000'000;
inline constexpr unsigned kMostProcesses = 1000;

// `workload` chooses from a file of several; empty: the file has one.
Result<plan::Measured> measured_from(const CsvTable& table, const mig::Product& product,
                                     const std::string& workload);

// ParvaGPU's scenarios: SLO_req_rate.csv and SLO_latency.csv, one row per scenario, one column per
// model in the order of `models` (of their file names); N/A where a model takes no part.
struct Scenario {
  std::vector<std::string> models;
  std::vector<plan::Objective> objectives;
};
Result<std::vector<Scenario>> parva_scenarios(const CsvTable& rates, const CsvTable& latencies,
                                              const std::vector<std::string>& models);

// The plain profile of so many compute slices. nullptr: there is none.
const mig::GpuInstanceProfile* profile_of_slices(const mig::Geometry& geometry, unsigned slices);

}  // namespace septet::partition
