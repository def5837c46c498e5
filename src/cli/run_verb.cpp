// septet run — a program with exactly one slice, which is given back when it ends.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/run/container_command.h"
#include "cli/run/keeper.h"
#include "cli/stop_on_signal.h"
#include "partition/take_slice.h"

namespace septet::cli {

namespace {

struct RunOptions {
  partition::SliceWish wish;
  std::uint32_t gpu = 0;
  ContainerWish container;
  std::vector<std::string> command;
  double wait_s = 60;  // for the change lock, which another run may have
  bool keep = false;
};

// Everything that the keeper has between taking and giving back.
struct Held {
  std::optional<partition::TakenSlice> slice;
};

ChangeOptions change_options(const RunOptions& options) {
  ChangeOptions change;
  change.wait_s = options.wait_s;
  change.json = true;  // no line of progress: the terminal is the program's
  return change;
}

// With the bare driver: leases are asked for where they count.
template <typename Work>
Result<> under_lock(const Globals& globals, const RunOptions& options, const Work& work) {
  auto driver = TRY(open_driver(globals));
  const auto journal = TRY(open_journal(globals));
  const auto lock = TRY(journal->lock(static_cast<int>(options.wait_s * 1000)));
  auto apply = apply_options(globals, change_options(options));
  apply.open_driver = [globals] { return open_driver(globals); };
  const std::string folder = TRY(journal_folder(globals));
  return work(partition::SliceChange{*journal, lock, *driver, folder, std::move(apply)});
}

Result<> fold_and_say(const partition::SliceChange& change) {
  const auto folded = TRY(partition::fold_strays(change));
  for (const std::string& note : folded.notes)
    fmt::print(stderr, "septet run: left by a run that was killed: {}\n", note);
  if (folded.failure)
    fmt::print(stderr, "septet run: left by a run that was killed, and stays: {}\n",
               folded.failure->describe());
  return {};
}

Result<Program> program_for(const Globals& globals, const RunOptions& options,
                            const partition::Lease& lease) {
  Program program;
  program.environment = {{"CUDA_VISIBLE_DEVICES", lease.mig_uuid},
                         {"NVIDIA_VISIBLE_DEVICES", lease.mig_uuid}};
  program.argv = options.command;
  if (!options.container.image.empty() || !options.container.rootfs.empty())
    program.argv = TRY(container_command(globals, options.container, lease, options.command));
  return program;
}

Result<Program> take(const Globals& globals, const RunOptions& options, Held& held) {
  const auto taken = under_lock(globals, options, [&](const auto& change) -> Result<> {
    const StopOnSignal stop;
    partition::SliceChange stoppable{change.journal, change.lock, change.driver, change.folder,
                                     change.apply};
    stoppable.apply.interrupted = &stop.asked();
    TRY(fold_and_say(stoppable));
    held.slice.emplace(TRY(partition::take_slice(stoppable, options.wish, options.keep)));
    // Asked to stop after the last step: nobody else will look at that any more.
    if (!stop.asked()) return {};
    TRY(partition::give_back(change, *held.slice));
    return fail(Code::kInterrupted, "interrupted before the program was started",
                "the slice was given back");
  });
  if (!taken) return std::unexpected(taken.error());
  auto program = program_for(globals, options, held.slice->lease);
  if (program) return program;
  TRY(under_lock(globals, options, [&](const partition::SliceChange& change) {
    return partition::give_back(change, *held.slice);
  }));
  return program;
}

Result<> give_back(const Globals& globals, const RunOptions& options, Held& held) {
  // Whatever the caller does not want to wait for: the slice must not stay behind.
  RunOptions patient = options;
  patient.wait_s = 86400;
  return under_lock(globals, patient, [&](const partition::SliceChange& change) {
    return partition::give_back(change, *held.slice);
  });
}

void add_run_options(CommandLine& line, RunOptions& options) {
  line.option("--profile", options.wish.profile, "of the slice: 1g.10gb").required();
  line.option("--gpu", options.gpu, "on this GPU; default: where it costs least room");
  line.flag("--keep", options.keep, "what is cut for it stays when it ends");
  line.option("--wait", options.wait_s, "seconds to wait for another change that is under way")
      .range(0.0, 86400.0)
      .show_default();
  line.option("--container", options.container.image, "in a container of this image");
  line.option("--rootfs", options.container.rootfs,
              "in a container of this folder (Podman), instead of an image");
  line.option("--engine", options.container.engine, "podman or docker")
      .one_of({"podman", "docker"})
      .show_default();
  line.option("--engine-option", options.container.options,
              "one more word for the engine's run: --engine-option=--network=none; again for "
              "another")
      .one_at_a_time();
  line.option("COMMAND", options.command, "the program and its words, after --");
}

Result<int> run_run(const Globals& globals, const std::vector<std::string>& arguments) {
  // What comes after -- is the program's, whatever it looks like.
  const auto dashes = std::ranges::find(arguments, "--");
  RunOptions options;
  CommandLine line(
      "a program, or a container, with exactly one slice: a free one, or one cut for "
      "it where that disturbs nobody; given back when it ends, however it ends",
      "septet run");
  add_run_options(line, options);
  if (TRY(line.parse({arguments.begin(), dashes})).finished) return 0;
  if (dashes != arguments.end()) options.command.assign(dashes + 1, arguments.end());
  const bool contained = !options.container.image.empty() || !options.container.rootfs.empty();
  if (options.command.empty() && !contained)
    return fail(Code::kInvalidArgument, "run what?", "septet run --profile 1g.10gb -- CMD ARGS");
  if (line.given("--gpu")) options.wish.gpu = options.gpu;
  Held held;
  Errand errand;
  errand.take = [&] { return take(globals, options, held); };
  errand.give_back = [&] { return give_back(globals, options, held); };
  errand.clean_up = [&] { return under_lock(globals, options, fold_and_say); };
  return run_kept(errand);
}

}  // namespace

extern const Verb kRun;
const Verb kRun{"run", "a program with exactly one slice, given back when it ends", run_run};

}  // namespace septet::cli
