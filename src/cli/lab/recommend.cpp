// septet lab recommend — the mode and layout that meets the objectives with the fewest GPUs.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "cli/command_line.h"
#include "cli/lab/compare_input.h"
#include "cli/lab/recommend_text.h"
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

void side_by_side(const std::vector<std::function<void()>>& tasks) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::vector<std::jthread> others;
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  while (others.size() + 1 < std::min(cores, tasks.size())) others.emplace_back(work);
  work();
}

constexpr int kNothingMeets = 3;  // as for any other request that does not fit

Result<int> run_recommend(const Globals& globals, const std::vector<std::string>& arguments) {
  CommandLine line(
      "The way to share and the layout that meets a scenario's objectives with the "
      "fewest GPUs, and by what margin. Exit code 3 when nothing does.",
      "septet lab recommend");
  std::string path;
  std::uint64_t seed = 0;
  double seconds = 0;
  line.option("scenario", path, "YAML file, - for standard input").required();
  line.option("--seed", seed, "of the arrivals; in place of the file's");
  line.option("--seconds", seconds, "of each run; in place of the file's").range(1.0, 7 * 86400.0);
  if (TRY(line.parse(arguments)).finished) return 0;
  lab::ScenarioChanges changes;
  if (line.given("--seed")) changes.seed = seed;
  if (line.given("--seconds")) changes.seconds = seconds;
  const auto scenario = TRY(lab_compare::read_scenario_file(path, changes));
  lab::RecommendEffort effort;
  effort.run_all = side_by_side;
  const auto found = TRY(lab::recommend(scenario, effort));
  if (globals.json) {
    fmt::print("{}", to_text(lab_recommend::recommend_json(scenario, found)));
  } else {
    fmt::print("{}", lab_recommend::recommend_text(scenario, found));
  }
  return found.best ? 0 : kNothingMeets;
}

}  // namespace

extern const Verb kRecommend{"recommend",
                             "the mode and layout that meets the objectives with the fewest GPUs",
                             run_recommend};

}  // namespace septet::cli::lab_verbs
