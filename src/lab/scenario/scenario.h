// lab/scenario/scenario.h — who wants what of which GPUs: the question that `septet lab compare`
// answers.
//
// A value; scenario_file.h reads it from YAML, sharing/ simulates it.
// Units. Seconds, MiB, requests (or training steps) per second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/model/gpu.h"
#include "lab/model/work.h"
#include "mig/layout.h"

namespace septet::lab {

enum class Mode : std::uint8_t {
  kWholeGpu,        // one tenant per GPU
  kTimeSlicing,     // all tenants on one GPU, in turns
  kMps,             // all at once, no thread percentages
  kMpsPercentages,  // all at once, each within its percentage of the SMs
  kMig,             // an instance each
  kMigMps           // instances, several tenants in one under MPS
};
inline constexpr Mode kModes[] = {Mode::kWholeGpu,       Mode::kTimeSlicing, Mode::kMps,
                                  Mode::kMpsPercentages, Mode::kMig,         Mode::kMigMps};
std::string_view to_string(Mode mode);  // "time-slicing": what --mode takes
std::string_view name_of(Mode mode);    // "one per whole GPU": what people read
std::optional<Mode> mode_named(std::string_view word);

// One arrival of a replayed trace. `size` scales C and M of the tenant's work (tokens, relative to
// the trace's mean); 1 when the trace has no sizes.
struct TracedArrival {
  double at = 0;
  double size = 1;
};

struct Arrivals {
  enum class Kind : std::uint8_t { kPoisson, kDiurnal, kBursts, kClosed, kTrace };
  Kind kind = Kind::kPoisson;
  double per_second = 0;             // mean over the run; not of kClosed and kTrace
  double swing = 0.5;                // kDiurnal: rate = mean * (1 + swing * sin), [0, 1]
  double period = 86400;             // kDiurnal: seconds of one day
  double peak_at = 14 * 3600.0;      // kDiurnal: when the rate is highest
  double burst_factor = 4;           // kBursts: rate in a burst over the mean rate, > 1
  double burst_seconds = 10;         // kBursts: mean length of a burst; gaps follow from the factor
  unsigned clients = 1;              // kClosed: at most so many at once
  double think = 0;                  // kClosed: mean seconds between an answer and the next request
  std::vector<TracedArrival> trace;  // kTrace, by time
  // Only within these parts of the run, [from, to) in seconds; empty: always. A notebook that is
  // idle 70 % of the time has 30 % of the run here.
  std::vector<std::pair<double, double>> active;
};

struct Tenant {
  std::string name;
  unsigned replicas = 1;  // as many independent ones: name#1, name#2, ...
  bool training = false;  // steps, not requests: throughput counts, latency does not
  Work work;
  Arrivals arrivals;                        // of each replica
  std::optional<double> objective_seconds;  // p99 within it; what is within it counts as goodput
  std::string profile;  // under MIG: "1g.10gb"; empty: the smallest that meets the objective
  double thread_percentage = 0;  // under kMpsPercentages: of the SMs; 0: 100 / tenants on the GPU
};

enum class FaultKind : std::uint8_t {
  kProcessCrash,  // one process ends
  kOutOfMemory,   // one tenant asks for more than there is
  kKernelFault,   // Xid 13, 31: an illegal access by one tenant's kernel
  kMpsServerDeath,
  kContainedEcc,  // Xid 94: an uncorrectable error that was contained
  kGpuLost,       // Xid 48, 79, 95, 119 or a reset: the whole GPU
};
inline constexpr FaultKind kFaultKinds[] = {FaultKind::kProcessCrash, FaultKind::kOutOfMemory,
                                            FaultKind::kKernelFault,  FaultKind::kMpsServerDeath,
                                            FaultKind::kContainedEcc, FaultKind::kGpuLost};
std::string_view to_string(FaultKind kind);  // "out-of-memory": what a scenario file says
std::optional<FaultKind> fault_named(std::string_view word);

struct PlannedFault {
  double at = 0;
  FaultKind kind = FaultKind::kProcessCrash;
  std::string tenant;  // whose process it is; for kGpuLost whose GPU
};

// From `at` on the GPUs are cut as `layouts` say (by profile names, one list per GPU).
struct LayoutChange {
  double at = 0;
  std::vector<std::vector<std::string>> layouts;
  // On top of the driver's calls: 180 with the GPU operator's mig-manager (60 to 300), 0 when the
  // calls are made directly. Source: reference/performance/facts.md, 5.
  double overhead_seconds = 180;
};

struct Scenario {
  std::string name, about;
  GpuModel gpu;
  unsigned most_gpus = 8;
  double seconds = 600, warm_up = 60;  // answers are of [warm_up, seconds)
  std::uint64_t seed = 1;
  std::vector<Tenant> tenants;
  std::vector<Mode> modes;                        // in the order of the report; never empty
  std::vector<std::vector<std::string>> layouts;  // under MIG; empty: chosen
  std::vector<LayoutChange> changes;              // under MIG, by time
  std::string victim;                             // whose p99 with and without the others is told
  std::vector<PlannedFault> faults;
  // A case where MIG loses, and why that is expected: shown beside the result that bears it out.
  std::string losing_case;
};

}  // namespace septet::lab
