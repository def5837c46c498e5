#include "lab/queue/miso_comparison.h"

#include <algorithm>

#include "lab/queue/baselines.h"
#include "lab/queue/dynamic_mig.h"
#include "lab/replay/spread.h"

namespace septet::lab::queue {

namespace {

constexpr unsigned kSharers = 3;  // MISO's MPS baseline

struct Kind {
  std::string_view name, knows;
};
constexpr Kind kKinds[] = {
    {"whole", "nothing"},
    {"time-slicing", "memory"},
    {"mps", "memory"},
    {"static", "speeds"},
    {"miso", "speeds, probed"},
    {"dynamic", "speeds"},
    {"dynamic-known", "speeds and lengths"},
};

std::unique_ptr<Policy> make(std::string_view name, const StaticChoice& fixed) {
  if (name == "whole") return whole_gpus();
  if (name == "time-slicing") return time_slicing(kSharers);
  if (name == "mps") return mps(kSharers);
  if (name == "static") return fixed_layouts(fixed.layouts, fixed.promotion, "static");
  if (name == "miso") return miso();
  DynamicTuning tuning;
  tuning.lengths_known = name == "dynamic-known";
  return dynamic_mig(tuning);
}

MisoRow row_of(const Kind& kind, std::span<const World> worlds, const StaticChoice& fixed) {
  MisoRow row;
  row.name = kind.name;
  row.knows = kind.knows;
  const double share = 1 / static_cast<double>(worlds.size());
  for (const World& world : worlds) {
    const auto policy = make(kind.name, fixed);
    RunOutcome outcome = run_policy(world, *policy);
    row.by_world.push_back(outcome.mean_completion);
    row.mean_completion += share * outcome.mean_completion;
    row.p50 += share * outcome.p50;
    row.p95 += share * outcome.p95;
    row.worst += share * outcome.worst;
    row.mean_wait += share * outcome.mean_wait;
    row.makespan += share * outcome.makespan;
    row.slices_held += share * outcome.slices_held;
    row.moves += share * outcome.moves;
    if (row.by_world.size() == 1) row.queue = std::move(outcome.queue);
  }
  row.half_interval = replay::spread(row.by_world).half.value_or(0);
  return row;
}

}  // namespace

Result<MisoComparison> compare_on_miso(const MisoData& data, const MisoOptions& options) {
  std::vector<World> worlds;
  const unsigned first = options.seeds == 0 ? 0 : 1;
  for (unsigned seed = first; seed <= options.seeds; ++seed) {
    worlds.push_back(TRY(miso_world(data, seed, options.gpus)));
    worlds.back().costs.checkpoint = worlds.back().costs.restart = options.move_seconds / 2;
  }
  if (const TrainingJob* const job = misfit(worlds.front()))
    return fail(Code::kInvalidArgument, job->name + " fits into no instance that was measured");
  MisoComparison comparison;
  comparison.uniform = TRY(best_uniform(worlds, data.product->geometry));
  if (options.mixed)
    comparison.mixed = best_mixed(worlds, data.product->geometry, comparison.uniform);
  for (const TrainingJob& job : data.jobs)
    comparison.mean_work += job.work / static_cast<double>(data.jobs.size());
  for (const Kind& kind : kKinds) {
    if (!options.only.empty() && std::ranges::find(options.only, kind.name) == options.only.end())
      continue;
    comparison.rows.push_back(row_of(kind, worlds, comparison.uniform));
  }
  return comparison;
}

const MisoRow* find_row(const MisoComparison& comparison, std::string_view name) {
  const auto found = std::ranges::find(comparison.rows, name, &MisoRow::name);
  return found == comparison.rows.end() ? nullptr : &*found;
}

std::optional<double> below(const MisoComparison& comparison, const MisoRow& row,
                            std::string_view name) {
  const MisoRow* const other = find_row(comparison, name);
  if (other == nullptr) return std::nullopt;
  return 100 * (1 - row.mean_completion / other->mean_completion);
}

}  // namespace septet::lab::queue
