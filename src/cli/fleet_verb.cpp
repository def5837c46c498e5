// septet fleet — many nodes: which of them should be cut anew for the jobs that wait.
#include <fmt/format.h>

#include <charconv>
#include <ctime>

#include "base/json.h"
#include "base/quoted.h"
#include "cli/command_line.h"
#include "cli/verb.h"
#include "slurm/cluster.h"
#include "slurm/recut.h"
#include "slurm/run_program.h"

namespace septet::cli {

namespace {

constexpr std::chrono::minutes kRelayoutLimit{10};

struct FleetOptions {
  bool slurm = false, act = false, json = false;
  std::uint32_t nodes_at_once = 1, min_dwell_s = 600;
  std::string hours;
  std::vector<std::string> via;
};

bool two_digits(std::string_view text, unsigned most, unsigned& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value <= most;
}

// "20:00-06:30".
Result<std::pair<unsigned, unsigned>> parse_hours(const std::string& text) {
  unsigned from_h = 0, from_m = 0, until_h = 0, until_m = 0;
  if (text.size() == 11 && text[2] == ':' && text[5] == '-' && text[8] == ':' &&
      two_digits(text.substr(0, 2), 23, from_h) && two_digits(text.substr(3, 2), 59, from_m) &&
      two_digits(text.substr(6, 2), 23, until_h) && two_digits(text.substr(9, 2), 59, until_m))
    return std::pair{from_h * 60 + from_m, until_h * 60 + until_m};
  return fail(Code::kInvalidArgument, fmt::format("{} are no hours", quoted(text)),
              "write --hours 20:00-06:00");
}

slurm::Moment this_moment() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return {now, static_cast<unsigned>(local.tm_hour * 60 + local.tm_min)};
}

Json decision_json(const slurm::Decision& decision) {
  Json recuts = Json::array(), waiting = Json::array();
  for (const slurm::Recut& one : decision.recuts)
    recuts.push_back({{"node", one.node},
                      {"layout", one.words()},
                      {"starts", one.starts},
                      {"reason", one.reason}});
  for (const auto& [job, why] : decision.waiting) waiting.push_back({{"job", job}, {"why", why}});
  return {{"recuts", recuts},
          {"start_anyway", decision.start_anyway},
          {"waiting", waiting},
          {"notes", decision.notes}};
}

void print_decision(const slurm::Decision& decision) {
  for (const slurm::Recut& one : decision.recuts)
    fmt::print("{}: cut {}\n  starts jobs {}\n  because {}\n", one.node,
               fmt::join(one.words(), " "), fmt::join(one.starts, " "), one.reason);
  if (decision.recuts.empty()) fmt::print("no node is to be cut anew\n");
  fmt::print("{} waiting jobs find what they ask for as it is\n", decision.start_anyway);
  std::map<std::string, std::size_t> reasons;
  for (const auto& [job, why] : decision.waiting) ++reasons[why];
  for (const auto& [why, count] : reasons) fmt::print("{} jobs wait: {}\n", count, why);
  for (const std::string& note : decision.notes) fmt::print("note: {}\n", note);
}

// One node after the other; one that fails was put back by itself, and the next may still go.
Result<> act_on(const slurm::Decision& decision, const FleetOptions& options) {
  std::optional<Error> first;
  for (const slurm::Recut& one : decision.recuts) {
    std::vector<std::string> words = options.via;
    for (std::string& word : words)
      if (word == "NODE") word = one.node;
    for (const char* word : {"septet", "slurm", "relayout"}) words.emplace_back(word);
    words.push_back(one.node);
    for (const std::string& word : one.words()) words.push_back(word);
    if (auto done = slurm::run_program(words, kRelayoutLimit); done) {
      fmt::print(stderr, "septet fleet: {}: cut anew\n", one.node);
    } else {
      fmt::print(stderr, "septet fleet: {}: {}\n", one.node, done.error().describe());
      if (!first) first = std::move(done).error();
    }
  }
  if (first) return std::unexpected(std::move(*first));
  return {};
}

Result<int> run_fleet(const Globals& globals, const std::vector<std::string>& arguments) {
  FleetOptions options;
  options.json = globals.json;
  CommandLine line(
      "which idle nodes of a Slurm cluster should be cut anew so that waiting jobs start soonest; "
      "says so and exits with 2, or with --act does it",
      "septet fleet");
  line.flag("--slurm", options.slurm, "ask Slurm (sinfo and squeue) for nodes and jobs").required();
  line.option("--nodes-at-once", options.nodes_at_once, "at most so many")
      .range(1, 10000)
      .show_default();
  line.option("--min-dwell", options.min_dwell_s, "seconds that a node stays as it was cut last")
      .show_default();
  line.option("--hours", options.hours, "only then: 20:00-06:00, local time");
  line.flag("--act", options.act, "run septet slurm relayout for each");
  line.option("--via", options.via,
              "with --act: how to reach a node, a word at a time: --via ssh --via NODE")
      .one_at_a_time();
  line.flag("--json", options.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  slurm::RecutLimits limits{options.nodes_at_once, options.min_dwell_s, std::nullopt};
  if (!options.hours.empty()) limits.hours = TRY(parse_hours(options.hours));
  const auto nodes = TRY(slurm::ask_nodes());
  auto jobs = TRY(slurm::ask_jobs());
  const auto decision = slurm::decide_recuts(nodes, std::move(jobs), limits, this_moment());
  if (options.json) {
    fmt::print("{}", to_text(decision_json(decision)));
  } else {
    print_decision(decision);
  }
  if (decision.recuts.empty()) return 0;
  if (!options.act) return 2;
  TRY(act_on(decision, options));
  return 0;
}

}  // namespace

extern const Verb kFleet{"fleet", "which nodes of a Slurm cluster to cut anew for waiting jobs",
                         run_fleet};

}  // namespace septet::cli
