// septet lab replay pods — the openb cluster trace, beside the FGD simulator.
//
// Reads the CSV files of a folder, replays each trace under each policy for some arrival orders and
// prints the means beside what the simulator's authors publish.
#include "cli/command_line.h"
#include "cli/lab/replay_pictures.h"
#include "cli/lab/subcommands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/nearest.h"
#include "base/quoted.h"
#include "lab/openb/bound.h"

namespace septet::cli::lab_verbs {

namespace {

namespace openb = lab::openb;
using plan::pods::Policy;

constexpr const char* kTracePrefix = "openb_pod_list_";

struct PodsWords {
  std::string folder, placements, svg;
  std::vector<std::string> traces = {"default"}, policies;
  std::uint32_t seeds = 10, first_seed = 42;
  double load = 1.3;
};

Result<std::vector<std::string>> traces_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".csv" && name.starts_with(kTracePrefix))
      names.push_back(name.substr(std::string_view(kTracePrefix).size()));
  }
  if (names.empty())
    return fail(Code::kNotFound,
                "no " + std::string(kTracePrefix) + "*.csv in folder " + quoted(folder),
                "name the folder with the CSV files of the openb trace with --data");
  std::ranges::sort(names);
  return names;
}

Result<std::vector<std::string>> wanted_traces(const PodsWords& words) {
  const std::vector<std::string> all = TRY(traces_in(words.folder));
  if (words.traces == std::vector<std::string>{"all"}) return all;
  for (const std::string& name : words.traces) {
    if (std::ranges::find(all, name) == all.end())
      return fail(Code::kNotFound,
                  "no trace " + quoted(name) + " in folder " + quoted(words.folder),
                  fmt::format("there are {}", fmt::join(all, ", ")));
  }
  return words.traces;
}

Result<std::vector<Policy>> wanted_policies(const PodsWords& words) {
  std::vector<Policy> wanted;
  for (const std::string& word : words.policies) {
    const auto policy = plan::pods::policy_named(word);
    if (!policy)
      return fail(Code::kInvalidArgument, "no policy " + quoted(word), "see --help for the list");
    wanted.push_back(*policy);
  }
  if (wanted.empty())
    wanted.assign(std::begin(plan::pods::kPolicies), std::end(plan::pods::kPolicies));
  return wanted;
}

// sequence, pod, node; the node is empty for a pod that was lost.
Result<> write_placements(const std::string& path, const openb::Cluster& cluster,
                          const openb::Trace& trace, const openb::Arrivals& arrivals,
                          const openb::Experiment& experiment) {
  std::ofstream file(path, std::ios::binary);
  file << "seq,pod,node\n";
  for (std::size_t i = 0; i < arrivals.pods.size(); ++i) {
    const auto node = experiment.placed[i];
    file << i << ',' << trace.names[arrivals.pods[i]] << ','
         << (node ? cluster.nodes[*node].name : "") << '\n';
  }
  file.flush();
  if (!file)
    return fail(Code::kNoPermission, "cannot write " + quoted(path),
                "is its folder there, and may you write to it?");
  return {};
}

struct PodsData {
  openb::Cluster cluster;
  std::vector<openb::PublishedMean> published;
};

Result<PodsData> read_data(const std::string& folder) {
  PodsData data;
  const CsvTable nodes = TRY(read_csv_file(folder + "/openb_node_list_gpu_node.csv"));
  data.cluster = TRY(openb::parse_cluster(nodes));
  const std::string published = folder + "/expected_alloc_ratio_summary.csv";
  if (!std::filesystem::exists(published)) return data;
  const CsvTable means = TRY(read_csv_file(published));
  data.published = TRY(openb::parse_published(means));
  return data;
}

Result<ToldTrace> replay_trace(const PodsWords& words, const PodsData& data,
                               const std::string& name, const std::vector<Policy>& policies) {
  const std::string path = fmt::format("{}/{}{}.csv", words.folder, kTracePrefix, name);
  const CsvTable pods = TRY(read_csv_file(path));
  const openb::Trace trace = TRY(openb::parse_trace(pods, data.cluster));
  ToldTrace told{name, trace.names.size(), {}, std::nullopt};
  for (const Policy policy : policies) told.policies.push_back({policy, {}, {}});
  for (std::uint32_t i = 0; i < words.seeds; ++i) {
    const std::uint32_t seed = words.first_seed + i;
    const openb::Arrivals arrivals =
        openb::simulator_arrivals(data.cluster, trace, words.load, seed);
    for (ToldPolicy& policy : told.policies) {
      policy.experiments.push_back(
          openb::replay(data.cluster, trace, arrivals, policy.policy, seed));
      if (!words.placements.empty())
        TRY(write_placements(words.placements, data.cluster, trace, arrivals,
                             policy.experiments.back()));
      policy.experiments.back().placed.clear();
    }
  }
  for (ToldPolicy& policy : told.policies) {
    const auto* published = openb::published_for(data.published, name, policy.policy);
    const bool same_question = words.load == 1.3;
    if (published != nullptr && same_question) policy.published = *published;
  }
  if (auto bounds = openb::fluid_bounds(data.cluster, trace, words.load)) told.bounds = *bounds;
  return told;
}

std::string policy_words() {
  std::string words;
  for (const Policy policy : plan::pods::kPolicies)
    words += (words.empty() ? "" : ", ") + std::string(to_string(policy));
  return words;
}

Result<int> run_replay_pods(const Globals& globals, const std::vector<std::string>& arguments) {
  PodsWords words;
  CommandLine line(
      "The openb cluster trace (1,213 nodes, 6,212 GPUs; CPU, memory, shares of GPUs) "
      "under each policy, beside the published results of FGD's simulator.",
      "septet lab replay pods");
  line.option("--data", words.folder, "folder with the trace's CSV files").required();
  line.option("--trace", words.traces, "default, cpu050, ... or all")
      .comma_separated()
      .show_default();
  line.option("--policy", words.policies, policy_words() + " (all of them)").comma_separated();
  line.option("--seeds", words.seeds, "how many arrival orders").range(1, 1000).show_default();
  line.option("--first-seed", words.first_seed, "of the first order")
      .range(0, 1'000'000)
      .show_default();
  line.option("--load", words.load, "GPUs asked for in the end, over those there are")
      .range(0.1, 3.0)
      .show_default();
  line.option("--placements", words.placements,
              "write who went where to this CSV file (one trace, one policy, one seed)");
  line.option("--svg", words.svg, "draw pictures into this folder");
  const Parsed parsed = TRY(line.parse(arguments));
  if (parsed.finished) return 0;
  const std::vector<std::string> names = TRY(wanted_traces(words));
  const std::vector<Policy> policies = TRY(wanted_policies(words));
  if (!words.placements.empty() && (names.size() > 1 || policies.size() > 1 || words.seeds > 1))
    return fail(Code::kInvalidArgument, "--placements writes one experiment",
                "name one --trace and one --policy, and --seeds 1");
  const PodsData data = TRY(read_data(words.folder));
  ToldPods told{data.cluster.nodes.size(),
                data.cluster.total_gpu_milli() / plan::pods::kWholeGpu,
                words.first_seed,
                words.seeds,
                words.load,
                {}};
  for (const std::string& name : names)
    told.traces.push_back(TRY(replay_trace(words, data, name, policies)));
  return tell(globals, to_json(told), pods_text(told), words.svg, pictures_of(told));
}

}  // namespace

extern const Verb kReplayPods{"pods", "the openb cluster trace, beside the FGD simulator",
                              run_replay_pods};

}  // namespace septet::cli::lab_verbs
