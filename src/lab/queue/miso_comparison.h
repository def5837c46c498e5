// lab/queue/miso_comparison.h — MISO's jobs under every policy: the table, as values.
#pragma once

#include "lab/queue/best_static.h"
#include "lab/queue/miso_world.h"

namespace septet::lab::queue {

struct MisoOptions {
  unsigned gpus = kMisoGpus;
  unsigned seeds = 20;            // arrivals drawn with seeds 1 to this; 0: upstream's own only
  double move_seconds = 10;       // checkpoint and restart together
  bool mixed = false;             // also search a mix of fixed layouts (slower)
  std::vector<std::string> only;  // names of rows; empty: all
};

struct MisoRow {
  std::string name, knows;  // what the policy is told about the jobs
  double mean_completion = 0, p50 = 0, p95 = 0, worst = 0, mean_wait = 0, makespan = 0;
  double slices_held = 0, moves = 0;
  double half_interval = 0;        // of mean_completion, 95 %, over the seeds
  std::vector<double> by_world;    // mean completion of each
  std::vector<QueueSample> queue;  // of the first world
};

struct MisoComparison {
  std::vector<MisoRow> rows;
  StaticChoice uniform;
  std::optional<StaticChoice> mixed;
  double mean_work = 0;  // of a job: no policy's mean can be below it by more than speeds above 1
};

// Names, in this order.
inline constexpr std::string_view kMisoPolicies[] = {
    "whole", "time-slicing", "mps", "static", "miso", "dynamic", "dynamic-known"};

Result<MisoComparison> compare_on_miso(const MisoData& data, const MisoOptions& options);

// Lower is better: by how much `row` is below the one named, in percent; nullopt: not there.
std::optional<double> below(const MisoComparison& comparison, const MisoRow& row,
                            std::string_view name);
const MisoRow* find_row(const MisoComparison& comparison, std::string_view name);

}  // namespace septet::lab::queue
