// septet lab replay queue — jobs wait for a slice; MISO's trace among them.
#include <fmt/format.h>

#include <algorithm>

#include "cli/command_line.h"
#include "cli/lab/queue_files.h"
#include "cli/lab/replay_pictures.h"
#include "cli/lab/subcommands.h"
#include "cli/subject.h"
#include "lab/queue/migbench_world.h"
#include "lab/queue/slice_jobs.h"

namespace septet::cli::lab_verbs {

namespace {

using namespace lab::queue;

struct QueueWords {
  std::string miso, jobs, product, svg, mix = "six", lengths = "trace";
  bool migbench = false;
  std::uint32_t gpus = 8, seeds = 20;
  double move = 10, load = 1.4;
  std::vector<std::string> policies, disciplines;
};

Result<int> replay_miso(const QueueWords& words, const Globals& globals) {
  const auto lengths = words.lengths == "trace" ? MisoLengths::kTrace : MisoLengths::kCollected;
  const auto data = TRY(read_miso_folder(words.miso, lengths));
  MisoOptions options;
  options.gpus = words.gpus;
  options.seeds = words.seeds;
  options.move_seconds = words.move;
  for (const std::string& name : words.policies) {
    if (std::ranges::find(kMisoPolicies, name) == std::end(kMisoPolicies)) {
      return fail(Code::kInvalidArgument, "--miso has no policy " + name,
                  fmt::format("one of {}", fmt::join(kMisoPolicies, ", ")));
    }
    options.only.push_back(name);
  }
  const auto comparison = TRY(compare_on_miso(data, options));
  return tell(globals, to_json(comparison, options), miso_text(comparison, options), words.svg,
              pictures_of(comparison, options));
}

Result<int> replay_slices(const QueueWords& words, const std::vector<SliceWorld>& worlds,
                          SliceSubject subject, const Globals& globals) {
  SliceOptions options{{}, words.policies};
  if (options.policies.empty())
    options.policies = {"first-fit", "binpack", "spread", "fgd", "septet"};
  for (const std::string& word : words.disciplines) {
    for (const Discipline discipline : kDisciplines)
      if (to_string(discipline) == word) options.disciplines.push_back(discipline);
  }
  if (words.disciplines.empty())
    options.disciplines = {Discipline::kFifo, Discipline::kBackfill, Discipline::kFill};
  const auto rows = TRY(compare_slices(worlds, options));
  subject.shape = worlds.front().pool.shape.get();
  subject.gpus = worlds.front().pool.gpus;
  subject.jobs = worlds.front().jobs.size();
  return tell(globals, to_json(rows, subject), slices_text(rows, subject), words.svg,
              pictures_of(rows, subject));
}

Result<int> replay_migbench(const QueueWords& words, const Globals& globals) {
  if (!words.product.empty() && words.product != kMigBenchProduct)
    return fail(Code::kInvalidArgument, "--migbench is of an H100 80GB",
                "leave --product out, or give your own jobs with --jobs");
  const auto mix = words.mix == "six" ? MigBenchMix::kSixProfiles : MigBenchMix::kControlPlane;
  std::vector<SliceWorld> worlds;
  for (std::uint32_t seed = 1; seed <= std::max(1u, words.seeds); ++seed)
    worlds.push_back(TRY(migbench_world(mix, seed, {words.gpus, 500, words.load})));
  SliceSubject subject;
  subject.what = fmt::format("MIGBench's workload, {} draws", worlds.size());
  subject.product = kMigBenchProduct;
  subject.published = true;
  return replay_slices(words, worlds, std::move(subject), globals);
}

Result<int> replay_jobs(const QueueWords& words, const Globals& globals) {
  if (words.product.empty())
    return fail(Code::kInvalidArgument, "--jobs needs to know the GPU",
                "name it with --product; septet products lists them");
  const mig::Product* const product = TRY(product_named(words.product));
  SliceWorld world;
  world.pool.shape = std::make_shared<const plan::online::Shape>(
      product->geometry, plan::online::plain_profiles(product->geometry));
  world.pool.gpus = words.gpus;
  const auto table = TRY(read_csv_file(words.jobs));
  world.jobs = TRY(read_slice_jobs(table, *world.pool.shape));
  world.measure_from = 0;
  SliceSubject subject;
  subject.what = words.jobs;
  subject.product = product->id;
  return replay_slices(words, {world}, std::move(subject), globals);
}

Result<int> run_replay_queue(const Globals& globals, const std::vector<std::string>& arguments) {
  QueueWords words;
  CommandLine line(
      "Jobs that wait: for MIG slices (--migbench, --jobs), or training jobs that run on any\n"
      "instance at a measured speed (--miso). Simulated; no GPU is touched.",
      "septet lab replay queue");
  auto miso = line.option("--miso", words.miso, "DIR: MISO's speeds, models and lengths");
  auto migbench = line.flag("--migbench", words.migbench, "MIGBench's saturated workload");
  auto jobs = line.option("--jobs", words.jobs, "FILE.csv: arrival_s,profile,seconds");
  miso.excludes(migbench).excludes(jobs);
  jobs.excludes(migbench);
  line.option("--product", words.product, "the GPU, with --jobs");
  line.option("--gpus", words.gpus, "how many").range(1, 4096).show_default();
  line.option("--seeds", words.seeds, "draws to average over; with --miso 0: upstream's arrivals")
      .range(0, 1000)
      .show_default();
  line.option("--move", words.move, "seconds to checkpoint and restart a job, with --miso")
      .range(0.0, 3600.0)
      .show_default();
  line.option("--lengths", words.lengths, "with --miso: trace_100.json or exp_100.json")
      .one_of({"trace", "collected"})
      .show_default();
  line.option("--load", words.load, "offered load, with --migbench")
      .range(0.01, 10.0)
      .show_default();
  line.option("--mix", words.mix, "with --migbench: six profiles, or the four of its real run")
      .one_of({"six", "four"})
      .show_default();
  line.option("--policy", words.policies, "only these").comma_separated();
  line.option("--discipline", words.disciplines, "only these")
      .comma_separated()
      .one_of({"fifo", "backfill", "smallest-first", "fill"});
  line.option("--svg", words.svg, "draw pictures into this folder");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (!words.miso.empty()) return replay_miso(words, globals);
  if (words.migbench) return replay_migbench(words, globals);
  if (!words.jobs.empty()) return replay_jobs(words, globals);
  return fail(Code::kInvalidArgument, "which jobs?", "one of --miso DIR, --migbench, --jobs FILE");
}

}  // namespace

extern const Verb kReplayQueue{"queue", "jobs wait for a slice; MISO's trace among them",
                               run_replay_queue};

}  // namespace septet::cli::lab_verbs
