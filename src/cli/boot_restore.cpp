#include "cli/boot_restore.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "cli/recovered_text.h"
#include "cli/stop_on_signal.h"
#include "partition/boot.h"

namespace septet::cli {

namespace {

using partition::Restore;
using partition::Restored;
using partition::RestoredGpu;

std::string_view words(Restore how) {
  switch (how) {
    case Restore::kAsWanted: return "was as wanted";
    case Restore::kRestored: return "restored";
    case Restore::kAwaitsReboot: return "waits for a reboot";
    case Restore::kFailed: return "failed";
  }
  std::unreachable();
}

void print(const Restored& restored) {
  for (const auto& recovered : restored.recovered) fmt::print("{}", recovered_text(recovered));
  if (restored.gpus.empty() && restored.missing.empty())
    fmt::print("nothing to do: no layout was ever applied to this node\n");
  for (const RestoredGpu& gpu : restored.gpus) {
    fmt::print("{}: {}\n", plan::to_string(gpu.wanted), words(gpu.how));
    if (gpu.failure) fmt::print("  because {}\n", gpu.failure->describe());
  }
  for (const std::string& uuid : restored.missing)
    fmt::print("{} has a recorded layout and is not on this node\n", uuid);
}

Json json_of(const Restored& restored) {
  Json json{{"complete", restored.complete()}, {"ask_reboot", restored.ask_reboot}};
  json["recovered"] = Json::array();
  for (const auto& recovered : restored.recovered)
    json["recovered"].push_back(recovered_json(recovered));
  json["gpus"] = Json::array();
  for (const RestoredGpu& gpu : restored.gpus) {
    json["gpus"].push_back(
        {{"wanted", plan::to_json(gpu.wanted)},
         {"outcome", partition::to_string(gpu.how)},
         {"failure", gpu.failure ? Json(gpu.failure->describe()) : Json(nullptr)}});
  }
  json["missing"] = restored.missing;
  return json;
}

// The words go to the program as they are; no shell reads them.
Result<> reboot_machine() {
  std::string program = "systemctl", word = "reboot";
  std::array<char*, 3> argv{program.data(), word.data(), nullptr};
  pid_t child = 0;
  int error = posix_spawnp(&child, program.c_str(), nullptr, nullptr, argv.data(), environ);
  int status = 0;
  if (error == 0 && waitpid(child, &status, 0) < 0) error = errno;
  if (error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string why = error != 0 ? std::generic_category().message(error)
                                     : fmt::format("it ended with status {}", WEXITSTATUS(status));
  return fail(Code::kUnavailable, "systemctl reboot: " + why, "reboot this machine by hand");
}

Result<> ask_for_reboot(const Globals& globals, bool may_reboot) {
  std::fflush(stdout);
  if (globals.simulated) {
    fmt::print(stderr,
               "septet apply: a reboot is needed; this node is simulated, so: septet sim fault "
               "reboot\n");
    return {};
  }
  if (!may_reboot) {
    fmt::print(stderr, "septet apply: a reboot is needed: reboot, and septet apply --boot again\n");
    return {};
  }
  fmt::print(stderr, "septet apply: rebooting this machine, once, for the layout recorded\n");
  return reboot_machine();
}

// The first failure speaks; the others were printed.
std::optional<Error> failure_of(const Restored& restored) {
  for (const RestoredGpu& gpu : restored.gpus) {
    if (gpu.how != Restore::kFailed || !gpu.failure) continue;
    return fail_because(*gpu.failure, fmt::format("GPU {} was not restored", gpu.wanted.gpu))
        .error();
  }
  for (const auto& recovered : restored.recovered) {
    if (recovered.failure) return unrecovered(recovered);
  }
  return std::nullopt;
}

}  // namespace

Result<int> restore_at_boot(const Globals& globals, const ChangeOptions& options, bool may_reboot) {
  auto session = TRY(begin_change(globals, options));
  const StopOnSignal stop;
  auto apply = apply_options(globals, options);
  apply.interrupted = &stop.asked();
  auto restored =
      TRY(partition::restore_recorded(*session.journal, session.lock, *session.driver, apply));
  std::ranges::sort(restored.gpus, {}, [](const RestoredGpu& gpu) { return gpu.wanted.gpu; });
  if (apply.progress) end_progress();
  // Also where nothing changed: a folder of CDI files in memory is empty after a boot.
  const auto told = apply.teller->after();
  if (options.json) {
    fmt::print("{}", to_text(json_of(restored)));
  } else {
    print(restored);
  }
  if (auto failure = failure_of(restored)) {
    if (restored.ask_reboot) TRY(ask_for_reboot(globals, may_reboot));
    return std::unexpected(*std::move(failure));
  }
  if (!told) return std::unexpected(told.error());
  if (restored.complete()) return 0;
  if (restored.ask_reboot) TRY(ask_for_reboot(globals, may_reboot));
  return 2;
}

}  // namespace septet::cli
