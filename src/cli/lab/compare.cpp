// septet lab compare — one scenario under every way to share a GPU.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/lab/compare_input.h"
#include "cli/lab/compare_text.h"
#include "cli/lab/subcommands.h"
#include "cli/lab_svg/pictures.h"
#include "lab/answer/compare_json.h"
#include "lab/sharing/simulate.h"

namespace septet::cli::lab_verbs {

namespace {

struct CompareWords {
  std::string path, svg;
  std::vector<std::string> modes;
  std::uint64_t seed = 0;
  double seconds = 0;
  lab_compare::CompareTextOptions text;
};

std::vector<std::string> mode_words() {
  std::vector<std::string> words;
  for (const lab::Mode mode : lab::kModes) words.emplace_back(to_string(mode));
  return words;
}

lab::ScenarioChanges changes_of(const CompareWords& words, const CommandLine& line) {
  lab::ScenarioChanges changes;
  if (line.given("--seconds")) changes.seconds = words.seconds;
  if (line.given("--seed")) changes.seed = words.seed;
  for (const std::string& word : words.modes)
    if (const auto mode = lab::mode_named(word)) changes.modes.push_back(*mode);
  return changes;
}

Result<int> run_compare(const Globals& globals, const std::vector<std::string>& arguments) {
  CommandLine line(
      "One scenario under every way to share a GPU: who meets its objectives, on how "
      "many GPUs, at what cost. examples/lab has scenarios.",
      "septet lab compare");
  CompareWords words;
  line.option("scenario", words.path, "YAML file, - for standard input").required();
  line.option("--mode", words.modes, "only these ways to share; in place of the file's")
      .one_of(mode_words())
      .comma_separated();
  line.option("--seed", words.seed, "of the arrivals; in place of the file's");
  line.option("--seconds", words.seconds, "of the run; in place of the file's")
      .range(1.0, 7 * 86400.0);
  line.flag("--tenants", words.text.tenants, "every tenant under every mode");
  line.flag("--faults", words.text.faults, "who goes down with whom, and why");
  line.option("--svg", words.svg, "draw pictures into this folder");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto scenario = TRY(lab_compare::read_scenario_file(words.path, changes_of(words, line)));
  lab::SimulateOptions options;
  options.pictures = globals.json || !words.svg.empty();
  const auto comparison = TRY(lab::compare(scenario, options));
  std::vector<std::string> pictures;
  if (!words.svg.empty())
    pictures = TRY(lab_pictures::write_pictures(scenario, comparison, words.svg));
  if (globals.json) {
    Json json = lab::answer::compare_json(scenario, comparison);
    if (!pictures.empty()) json["pictures"] = pictures;
    fmt::print("{}", to_text(json));
    return 0;
  }
  fmt::print("{}", lab_compare::compare_text(scenario, comparison, words.text));
  for (const std::string& path : pictures) fmt::print("wrote {}\n", path);
  return 0;
}

}  // namespace

extern const Verb kCompare{"compare", "one scenario under every way to share a GPU", run_compare};

}  // namespace septet::cli::lab_verbs
