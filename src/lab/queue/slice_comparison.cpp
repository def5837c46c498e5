#include "lab/queue/slice_comparison.h"

#include <algorithm>

#include "base/nearest.h"
#include "lab/replay/spread.h"

namespace septet::lab::queue {

namespace {

Result<SliceRow> row_of(std::span<const SliceWorld> worlds, std::string discipline,
                        std::string policy,
                        const std::function<MakeDispatcher(const SliceWorld&)>& make) {
  SliceRow row;
  row.discipline = std::move(discipline);
  row.policy = std::move(policy);
  row.mean_wait_of.assign(worlds.front().pool.shape->classes(), 0);
  const double share = 1 / static_cast<double>(worlds.size());
  for (const SliceWorld& world : worlds) {
    SliceOutcome outcome = TRY(run_slice_queue(world, make(world)));
    row.by_world.push_back(outcome.mean_wait);
    row.mean_wait += share * outcome.mean_wait;
    row.p95_wait += share * outcome.p95_wait;
    row.p99_wait += share * outcome.p99_wait;
    row.worst_wait += share * outcome.worst_wait;
    row.makespan += share * outcome.makespan;
    row.slices_used += share * outcome.slices_used;
    row.units_used += share * outcome.units_used;
    row.stranded += share * outcome.stranded;
    row.backlogged += share * outcome.backlogged;
    for (std::size_t c = 0; c < row.mean_wait_of.size(); ++c)
      row.mean_wait_of[c] += share * outcome.mean_wait_of[c];
    if (row.by_world.size() == 1) row.samples = std::move(outcome.samples);
  }
  row.half_interval = replay::spread(row.by_world).half.value_or(0);
  return row;
}

Result<const plan::online::PolicyRow*> policy_named(const std::string& name) {
  if (const auto* const row = plan::online::find_policy(name)) return row;
  std::vector<std::string_view> names;
  for (const auto& row : plan::online::policies()) names.push_back(row.name);
  return fail(Code::kInvalidArgument, "there is no policy " + name, did_you_mean(name, names));
}

}  // namespace

plan::online::Known known_of(const SliceWorld& world) {
  const plan::online::Shape& shape = *world.pool.shape;
  plan::online::Known known;
  known.share.assign(shape.classes(), 0);
  double work = 0;
  for (const SliceJob& job : world.jobs) {
    known.share[job.request] += 1 / static_cast<double>(world.jobs.size());
    work += job.seconds * shape.class_units(job.request);
  }
  const double span = world.jobs.empty() ? 0 : world.jobs.back().arrives;
  if (span > 0) known.load = work / (span * world.pool.gpus * shape.units());
  return known;
}

Result<std::vector<SliceRow>> compare_slices(std::span<const SliceWorld> worlds,
                                             const SliceOptions& options) {
  std::vector<Discipline> disciplines = options.disciplines;
  if (disciplines.empty()) disciplines.assign(std::begin(kDisciplines), std::end(kDisciplines));
  std::vector<SliceRow> rows;
  for (const Discipline discipline : disciplines) {
    if (discipline == Discipline::kFill) continue;
    for (const std::string& name : options.policies) {
      const plan::online::PolicyRow* const policy = TRY(policy_named(name));
      const auto make = [&](const SliceWorld& world) {
        const plan::online::Known known = known_of(world);
        return ordered(discipline, [policy, known](plan::online::FleetState& state) {
          return policy->make(state, known);
        });
      };
      rows.push_back(TRY(row_of(worlds, std::string(to_string(discipline)), name, make)));
    }
  }
  if (std::ranges::find(disciplines, Discipline::kFill) == disciplines.end()) return rows;
  for (const bool lengths_known : {false, true}) {
    FillTuning tuning;
    tuning.lengths_known = lengths_known;
    const auto make = [&](const SliceWorld&) { return fill(tuning); };
    rows.push_back(TRY(row_of(worlds, "fill", lengths_known ? "lengths known" : "", make)));
  }
  return rows;
}

}  // namespace septet::lab::queue
