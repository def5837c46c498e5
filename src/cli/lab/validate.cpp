// septet lab validate — the model beside every published measurement, with its error.
#include <fmt/format.h>

#include <algorithm>

#include "cli/command_line.h"
#include "cli/lab/subcommands.h"
#include "cli/lab/validate_claim.h"
#include "cli/lab/validate_data.h"
#include "cli/lab/validate_fit.h"
#include "cli/lab/validate_text.h"

namespace septet::cli::lab_verbs {

namespace {

constexpr const char* kAbout =
    "The model beside every published measurement, with its error.\n\n"
    "Without options: the tables of ParvaGPU, MISO and MLPerf and single named\n"
    "points, each predicted from a part and compared with the rest; what a planner\n"
    "that counts slices would say; and what nobody ever measured.\n"
    "--claim: where \"below 30 % busy on whole GPUs, above 70 % with MIG\" is true.\n"
    "--fit FILE: the model of your own workload, from your own measurements as CSV:\n"
    "  profile,batch,processes,per_second,latency_ms\n"
    "  1g.10gb,8,1,353,22.7\n"
    "  7g.80gb,8,1,1600,5.0";

struct Words {
  std::string data, group;
  bool points = false, claim = false;
  validating::FitRequest fit;
};

Result<int> validate_published(const Globals& globals, const Words& words) {
  const auto data = TRY(validating::read_published(validating::data_folder(words.data)));
  const auto validation = lab::evidence::validate(data.published);
  const validating::ValidationView view{words.points, words.group};
  const auto named = [&](const auto& group) {
    return group.id.find(words.group) != std::string::npos;
  };
  if (std::ranges::none_of(validation.groups, named)) {
    std::string ids;
    for (const auto& group : validation.groups) ids += (ids.empty() ? "" : ", ") + group.id;
    return fail(Code::kNotFound, "no group's name has \"" + words.group + "\" in it",
                "the groups are " + ids);
  }
  fmt::print("{}", globals.json ? to_text(validating::to_json(validation, data.missing, view))
                                : validating::validation_text(validation, data.missing, view));
  return 0;
}

Result<int> run_validate(const Globals& globals, const std::vector<std::string>& arguments) {
  Words words;
  CommandLine line(kAbout, "septet lab validate");
  line.option("--data", words.data,
              "folder of the published tables (SEPTET_DATA, or ../shared/data)");
  line.flag("--points", words.points, "every point of every table, too");
  line.option("--group", words.group, "only tests whose name has this in it: parvagpu, miso-two");
  const auto claim = line.flag("--claim", words.claim,
                               "\"below 30 % on whole GPUs, above 70 % with MIG\", row by row");
  auto fit = line.option("--fit", words.fit.path, "calibrate from these measurements instead");
  fit.excludes(claim);
  line.option("--product", words.fit.product, "with --fit: the GPU that was measured").needs(fit);
  line.option("--workload", words.fit.workload, "with --fit: of a file that has several")
      .needs(fit);
  line.flag("--training", words.fit.training, "with --fit: training steps, not requests")
      .needs(fit);
  if (TRY(line.parse(arguments)).finished) return 0;
  if (!words.fit.path.empty()) return validating::run_fit(words.fit, globals.json);
  if (words.claim) {
    const auto table = TRY(validating::read_parvagpu(validating::data_folder(words.data)));
    const auto rows = lab::evidence::claim_rows(table);
    fmt::print("{}", globals.json ? to_text(validating::claim_json(rows))
                                  : validating::claim_text(rows, words.points));
    return 0;
  }
  return validate_published(globals, words);
}

}  // namespace

extern const Verb kValidate{
    "validate", "the model beside every published measurement, with its error", run_validate};

}  // namespace septet::cli::lab_verbs
