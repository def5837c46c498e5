#include <gtest/gtest.h>

#include <filesystem>

#include "cli/lab/compare_input.h"
#include "cli/lab/compare_text.h"
#include "cli/lab/recommend_text.h"
#include "lab/answer/compare_answer.h"
#include "lab/answer/compare_json.h"
#include "lab/sharing/simulate.h"

namespace septet::cli {
namespace {

using namespace lab_compare;
using namespace lab::answer;

lab::Scenario two_services() {
  const auto document = parse_yaml("s.yaml", R"(scenario: two
product: a100-80gb
modes: [time-slicing, mig, whole-gpu]
tenants:
  - {name: chat, work: {library: resnet50-b8}, arrivals: {poisson: 10/s}, objective: 250ms}
  - {name: batch, kind: training, work: {library: train-gnn-b128}}
victim: chat
)");
  EXPECT_TRUE(document);
  auto scenario = lab::read_scenario(
      *document, [](const std::string&) { return fail(Code::kNotFound, "no"); }, {});
  EXPECT_TRUE(scenario) << scenario.error().describe();
  return *scenario;
}

lab::TenantOutcome outcome_of(const char* name, const char* where, double p99, bool met) {
  lab::TenantOutcome outcome;
  outcome.name = name;
  outcome.runs_on = where;
  outcome.offered = outcome.completed = 5400;
  outcome.throughput = outcome.goodput = 10;
  outcome.latency = {p99 / 4, p99 / 2, p99, p99 / 3};
  outcome.meets_objective = met;
  return outcome;
}

// Numbers made up by hand, so that what is tested is what is said of them.
lab::Comparison made_up() {
  lab::Comparison comparison;
  lab::ModeOutcome turns;
  turns.mode = lab::Mode::kTimeSlicing;
  turns.gpus = 1;
  turns.tenants = {outcome_of("chat", "GPU 0", 2.1, false), outcome_of("batch", "GPU 0", 0, true)};
  turns.tenants[1].meets_objective.reset();
  turns.throughput = 20;
  turns.goodput = 3.5;
  turns.engine_active = 1.0;
  turns.sm_active = 0.401;
  turns.dram_active = 0.2;
  turns.allocation = 1.0;
  turns.watts = 180.4;
  turns.joules_per_request = 9.02;
  turns.victim = lab::Victim{"chat", {0.01, 0.012, 0.014, 0.01}, {0.5, 1.0, 2.1, 0.6}};
  lab::ModeOutcome mig = turns;
  mig.mode = lab::Mode::kMig;
  mig.tenants[0] = outcome_of("chat", "GPU 0, 3g.40gb at 4", 0.0293, true);
  mig.goodput = 10;
  mig.meets_objectives = true;
  mig.layouts = {"4g.40gb@0 3g.40gb@4"};
  mig.victim->with_others.p99 = 0.0293;
  mig.victim->alone.p99 = 0.0287;
  lab::ModeOutcome whole;
  whole.mode = lab::Mode::kWholeGpu;
  whole.impossible = "one GPU each takes more GPUs than the 1 there are";
  comparison.modes = {turns, mig, whole};
  comparison.losing_case = "batch: 20 a second with MIG, 31 with MPS";
  return comparison;
}

TEST(CompareText, the_answer_comes_first_then_tables_then_where_mig_loses) {
  const auto scenario = two_services();
  const std::string text = compare_text(scenario, made_up(), {});
  const std::string golden =
      R"(For this service and 1 training on a100-80gb: MIG meets every objective on 1
GPU; time-slicing on 1 GPU does not (chat p99 2.10 s of 250 ms); one per whole
GPU cannot run them (one GPU each takes more GPUs than the 1 there are).

                    GPUs done/s good/s      p50      p95      p99  objectives
time-slicing           1   20.0   3.50   525 ms   1.05 s   2.10 s  1/1 missed
MIG                    1   20.0   10.0  7.33 ms  14.7 ms  29.3 ms  all met
one per whole GPU   cannot run it: one GPU each takes more GPUs than the 1 there
                    are
done: requests and training steps; good: requests within their objective;
p50 to p99: latency of the tenant that is worst off for its objective

                       engine      SMs     DRAM  allocated    watts   J/request
time-slicing            100 %     40 %     20 %      100 %      180        9.02
MIG                     100 %     40 %     20 %      100 %      180        9.02
busy share of the GPUs in use: DCGM's engine-active (1001), SM-active (1002,
over the physical SMs) and DRAM-active (1005); allocated is not utilisation

chat's p99                 alone with the others       times
time-slicing             14.0 ms          2.10 s      150.00
MIG                      28.7 ms         29.3 ms        1.02

where MIG loses: batch: 20 a second with MIG, 31 with MPS
)";
  EXPECT_EQ(text.substr(0, golden.size()), golden);
  EXPECT_NE(text.find("Expected error"), std::string::npos);
  EXPECT_NE(text.find("A100-40GB"), std::string::npos) << "sources of the works";
}

TEST(CompareText, requests_lost_to_faults_are_the_reason_that_is_told) {
  const auto scenario = two_services();
  lab::Comparison comparison = made_up();
  lab::TenantOutcome& chat = comparison.modes[0].tenants[0];
  chat.latency.p99 = 0.1;
  chat.lost = 108;
  EXPECT_NE(answer_text(scenario, comparison).find("chat lost 2.0 % of its requests to faults"),
            std::string::npos)
      << answer_text(scenario, comparison);
}

TEST(CompareJson, holds_the_answer_the_modes_and_the_evidence) {
  const Json json = compare_json(two_services(), made_up());
  EXPECT_EQ(json["best"], "mig");
  EXPECT_EQ(json["modes"].size(), 3u);
  EXPECT_EQ(json["modes"][0]["tenants"][0]["latency"]["p99"], 2.1);
  EXPECT_EQ(json["modes"][1]["layouts"][0], "4g.40gb@0 3g.40gb@4");
  EXPECT_EQ(json["modes"][2]["impossible"], "one GPU each takes more GPUs than the 1 there are");
  EXPECT_EQ(json["evidence"]["constants"]["residual"]["evidence"], "measured");
  EXPECT_EQ(json["where_mig_loses"], "batch: 20 a second with MIG, 31 with MPS");
}

TEST(RecommendText, the_layout_is_what_septet_apply_takes) {
  lab::Proposal proposal;
  proposal.mode = lab::Mode::kMig;
  proposal.outcome = made_up().modes[1];
  EXPECT_EQ(lab_recommend::layout_file_text(proposal),
            "gpus:\n- {gpu: 0, instances: [4g.40gb:0, 3g.40gb:4]}\n");
  proposal.mode = lab::Mode::kMps;
  EXPECT_EQ(lab_recommend::layout_file_text(proposal), "") << "no layout";
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0, from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    longest = std::max(longest, end - from);
    from = end + 1;
  }
  return longest;
}

// Every scenario that ships runs, shorter here, and says where MIG loses.
TEST(ShippedScenarios, each_is_answered_within_80_columns) {
  const std::filesystem::path folder = std::string(SEPTET_SOURCE_DIR) + "/examples/lab";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    const auto scenario = read_scenario_file(entry.path().string(), {40.0, std::nullopt, {}});
    ASSERT_TRUE(scenario) << scenario.error().describe();
    EXPECT_FALSE(scenario->losing_case.empty()) << entry.path();
    lab::SimulateOptions options;
    options.pictures = false;
    const auto comparison = lab::compare(*scenario, options);
    ASSERT_TRUE(comparison) << entry.path() << comparison.error().describe();
    const std::string text = compare_text(*scenario, *comparison, {true, true});
    EXPECT_LE(longest_line(text), 80u) << text;
  }
  EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace septet::cli
