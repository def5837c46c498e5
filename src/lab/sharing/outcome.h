// lab/sharing/outcome.h — what a scenario came to under each mode: the answer of `septet lab
// compare`, as values that text, JSON and pictures are made of.
//
// Definitions (reference/performance/claims.md, 1), all over [warm_up, seconds) and over the GPUs
// in use:
//   engine_active  DCGM 1001: share of time in which any kernel runs, under MIG weighted by slices
//   sm_active      DCGM 1002: SMs with work, over the PHYSICAL SMs: those MIG strands are idle
//   dram_active    DCGM 1005: share of the memory bandwidth used
//   allocation     slices (or GPUs) handed out: not utilisation
//   goodput        requests per second within the objective; not training steps; a request without
//                  an objective counts
//   throughput     requests and training steps per second
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "lab/scenario/scenario.h"

namespace septet::lab {

struct Percentiles {
  double p50 = 0, p95 = 0, p99 = 0, mean = 0;  // seconds
};

struct TenantOutcome {
  std::string name;     // with #2 for a second replica
  std::string runs_on;  // "GPU 0, 1g.10gb at 3"; "GPU 0, 14 % of the SMs"
  // Of the requests that came within the window: offered = completed + lost + unfinished.
  std::uint64_t offered = 0, completed = 0;
  std::uint64_t lost = 0;              // to faults: in flight, queued, or while it was down
  std::uint64_t unfinished = 0;        // still queued or in flight at the end
  double throughput = 0, goodput = 0;  // per second
  Percentiles latency;
  std::optional<bool> meets_objective;  // nullopt: none was asked for
  bool diverges = false;         // the queue grows without end: latencies are of this run only
  std::vector<float> latencies;  // seconds, at most kMostLatencies evenly taken, sorted
  double down_seconds = 0;       // to faults, over the whole run
  double availability = 1;       // share of the whole run in which it was not down
};
inline constexpr std::size_t kMostLatencies = 2000;

// What ran where and when, for the timeline picture: of a short window of the run.
struct TimelineSpan {
  unsigned gpu = 0;
  unsigned lane = 0;  // a row of its GPU: an instance, or a tenant
  double from = 0, to = 0;
  std::size_t tenant = 0;  // into ModeOutcome::tenants
};
struct TimelineLane {
  unsigned gpu = 0;
  std::string name;
};

struct UtilizationSample {
  double at = 0, engine_active = 0, sm_active = 0, dram_active = 0, watts = 0;  // all GPUs
};

struct Victim {
  std::string name;
  Percentiles alone, with_others;
};

struct ModeOutcome {
  Mode mode = Mode::kWholeGpu;
  std::string impossible;  // why this mode cannot run the scenario; then nothing below is set
  unsigned gpus = 0;
  std::vector<std::string> layouts;  // by GPU, of MIG modes: "1g.10gb@0 1g.10gb@1 ..."
  std::vector<TenantOutcome> tenants;
  double throughput = 0, goodput = 0;  // all tenants, per second
  double engine_active = 0, sm_active = 0, dram_active = 0, allocation = 0;  // [0, 1]
  double watts = 0, joules_per_request = 0;                                  // all GPUs in use
  double reconfiguring_seconds = 0;  // in which some tenant had no instance
  std::optional<Victim> victim;
  bool meets_objectives = false;
  std::vector<UtilizationSample> utilization;
  std::vector<TimelineLane> lanes;
  std::vector<TimelineSpan> timeline;
  double timeline_from = 0, timeline_to = 0;  // the same in every mode, unless spans ran out
  std::vector<std::string> notes;             // "modelled, not validated on this GPU", ...
};

inline constexpr std::size_t kMostSpans = 6000;
inline constexpr std::size_t kSamples = 600;  // of utilization, at most

// Who dies of what, and for how long, under one mode. Tenants as in ModeOutcome::tenants.
struct FaultRow {
  Mode mode = Mode::kWholeGpu;
  FaultKind kind = FaultKind::kProcessCrash;
  std::size_t culprit = 0;                  // tenant
  std::vector<std::optional<double>> down;  // by tenant: seconds; nullopt: goes on
  std::string why;                          // with its source
  std::vector<bool> away = {};              // by tenant: has no instance then; empty: nobody
};

struct Comparison {
  std::string scenario, gpu;  // names

  std::vector<ModeOutcome> modes;  // in the order of Scenario::modes
  std::vector<FaultRow> faults;
  std::string losing_case;  // where MIG was worse here, in numbers; empty: nowhere
};

}  // namespace septet::lab
