// lab/scenario/arrivals_file.h — when a tenant's requests come, as a scenario says it.
//
// Form.   one of
//           {poisson: 2.1/s}
//           {diurnal: {mean: 2/s, swing: 80%, peak: 14h, period: 24h}}
//           {bursts: {mean: 2/s, factor: 4, length: 10s}}
//           {closed: {clients: 4, think: 2s}}
//           {trace: FILE.csv, speed: 10x, repeat: true}     # trace_file.h
//         `speed` 10x makes ten seconds of the trace one of the run; `repeat` begins it again when
//         it ends before the run does.
// Sizes.  A trace with tokens scales each request of a language model by what its tokens would
//         take; of any other work by its tokens over the mean. A size of a plain trace is the
//         factor itself.
// Errors. kInvalidArgument with FILE:LINE:COLUMN of the scenario, or of the trace.
#pragma once

#include <functional>

#include "base/csv.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/work_file.h"

namespace septet::lab {

// Opens a trace that the scenario names; the lab itself opens no file.
using OpenTable = std::function<Result<CsvTable>(const std::string& path)>;

// `read` is made larger or smaller when its language model takes its tokens from the trace.
Result<Arrivals> read_arrivals(const YamlDocument& document, const YAML::Node& node,
                               const GpuModel& gpu, double seconds, const OpenTable& open,
                               ReadWork& read);
// "active: [[0, 3h], [8h, 10h]]"
Result<std::vector<std::pair<double, double>>> read_active(const YamlDocument& document,
                                                           const YAML::Node& node);

}  // namespace septet::lab
