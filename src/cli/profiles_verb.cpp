// septet profiles — what a product or a GPU can be cut into.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/profile_table.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

// nvidia-smi's "Free": asked of the driver, which only tells while MIG mode is on.
FreeCount free_count(const Subject& subject) {
  if (subject.driver == nullptr) return {};
  return [&subject](const mig::GpuInstanceProfile& profile) -> std::optional<std::uint32_t> {
    if (subject.gpu->mode != mig::MigMode::kOn) return std::nullopt;
    const auto now = subject.driver->remaining_capacity(subject.gpu->index, profile.id);
    return now ? std::optional(*now) : std::nullopt;
  };
}

void print_marks(const Subject& subject, const std::string& table) {
  if (table.find('~') != std::string::npos)
    fmt::print("\n~ an estimate of septet's: nobody has recorded it on this board\n");
  if (subject.audience == Audience::kTables && table.find("unknown") != std::string::npos)
    fmt::print(
        "\nunknown: not established by any source; septet products record reads it from a "
        "driver\n");
}

Result<int> run_profiles(const Globals& globals, const std::vector<std::string>& arguments) {
  SubjectOptions options;
  bool json = globals.json, compute = false;
  CommandLine line("the profiles that a product or a GPU can be cut into", "septet profiles");
  add_subject_options(line, options);
  line.flag("--compute", compute, "the compute instances inside each profile as well");
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;

  const auto subject = TRY(subject_of(globals, options));
  const FreeCount free = free_count(subject);
  if (json) {
    Json out;
    out["subject"] = subject.label;
    out["product"] = subject.product != nullptr ? Json(subject.product->id) : Json();
    out["memory_units"] = subject.geometry->units;
    out["slices"] = subject.geometry->slices;
    out["simulated"] = subject.audience == Audience::kSimulatedNode;
    out["profiles"] = profiles_json(subject, free);
    fmt::print("{}", to_text(out));
    return 0;
  }
  fmt::print("{}: {} slices, {} memory units\n\n", subject.label, subject.geometry->slices,
             subject.geometry->units);
  std::string table = profile_table(subject, free);
  if (compute) table += "\n" + compute_table(subject);
  fmt::print("{}", table);
  print_marks(subject, table);
  return 0;
}

}  // namespace

extern const Verb kProfiles{"profiles", "the profiles that a product or a GPU can be cut into",
                            run_profiles};

}  // namespace septet::cli
