#include "lab/scenario/scenario_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "lab/scenario/quantity.h"
#include "lab/scenario/work_library.h"

namespace septet::lab {
namespace {

Result<CsvTable> open_fixture(const std::string& path) {
  if (path == "plain.csv") return parse_csv(path, "seconds,size\n0,1\n10,3\n20,2\n");
  if (path == "azure.csv") {
    return parse_csv(path,
                     "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                     "2023-11-16 18:15:46.6805900,400,100\n2023-11-16 18:15:56.6805900,400,300\n");
  }
  if (path == "broken.csv") return parse_csv(path, "seconds\nsoon\n");
  return fail(Code::kNotFound, "open " + path + ": No such file or directory");
}

Result<Scenario> scenario_of(const std::string& text, const ScenarioChanges& changes = {}) {
  const auto document = parse_yaml("s.yaml", text);
  if (!document) return std::unexpected(document.error());
  return read_scenario(*document, open_fixture, changes);
}
Scenario good(const std::string& text) {
  auto scenario = scenario_of(text);
  EXPECT_TRUE(scenario) << scenario.error().describe();
  return scenario ? *scenario : Scenario{};
}
std::string head(const std::string& product = "a100-80gb") {
  return "product: " + product + "\ntenants:\n";
}
std::string tenant(const std::string& rest) { return head() + "- {name: a, " + rest + "}\n"; }

TEST(Quantity, units) {
  EXPECT_DOUBLE_EQ(*parse_seconds("250ms"), 0.25);
  EXPECT_DOUBLE_EQ(*parse_seconds("4.4 us"), 4.4e-6);
  EXPECT_DOUBLE_EQ(*parse_seconds("10min"), 600.0);
  EXPECT_DOUBLE_EQ(*parse_seconds("1d"), 86400.0);
  EXPECT_DOUBLE_EQ(*parse_seconds("90"), 90.0);
  EXPECT_DOUBLE_EQ(*parse_per_second("126/min"), 2.1);
  EXPECT_DOUBLE_EQ(*parse_share("30%"), 0.3);
  EXPECT_DOUBLE_EQ(*parse_bytes("4KiB"), 4096.0);
  EXPECT_DOUBLE_EQ(*parse_bytes("600KB"), 600e3);
  EXPECT_DOUBLE_EQ(*parse_factor("0.1x"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_number("8B"), 8e9);
  EXPECT_DOUBLE_EQ(*parse_number("8e9"), 8e9);
  for (const char* const text : {"", "ms", "5m", "5 parsecs", "-5s", "nan", "inf", "5s5", "0x5"})
    EXPECT_FALSE(parse_seconds(text)) << text;
  EXPECT_FALSE(parse_bytes("600")) << "nobody knows which unit was meant";
  EXPECT_FALSE(parse_share("0.3"));
}

TEST(ScenarioFile, all_that_can_be_said) {
  const Scenario s = good(R"(version: 1
scenario: everything
about: one of each
product: a100-80gb
gpus: 2
seconds: 2h
warm-up: 5min
seed: 7
modes: [mig, time-slicing]
tenants:
  - name: detector
    replicas: 3
    work: {host: 3.8ms, compute: 2.15ms, bandwidth: 1.7ms, overlap: 1.5, most-sm: 50%, mps-overhead: 6%}
    memory: 2GiB
    to-device: 600KB
    from-device: 4KB
    arrivals: {diurnal: {mean: 120/min, swing: 80%, peak: 1h, period: 2h}}
    active: [[0, 10min], [1h, 90min]]
    objective: 250ms
    profile: 1G.10GB
    thread-percentage: 14%
  - {name: trainer, kind: training, work: {library: train-gnn-b128}}
  - {name: burst, work: {library: vgg16-b8}, arrivals: {bursts: {mean: 2/s, factor: 5x, length: 3s}}}
  - {name: loop, work: {library: bert-b8}, arrivals: {closed: {clients: 3, think: 2s}}}
layouts: [[3 x 1g.10gb, 4g.40gb], [7x1g.10gb]]
changes: [{at: 1h, layouts: [[7g.80gb]], overhead: 3s}]
faults:
  - {at: 100s, fault: gpu-lost, tenant: loop}
  - {at: 50s, fault: kernel-fault, tenant: burst}
victim: detector
losing-case: because
)");
  EXPECT_EQ(s.name, "everything");
  EXPECT_EQ(s.gpu.product->id, "a100-80gb");
  EXPECT_EQ(s.most_gpus, 2u);
  EXPECT_EQ(s.seconds, 7200.0);
  EXPECT_EQ(s.warm_up, 300.0);
  EXPECT_EQ(s.seed, 7u);
  EXPECT_EQ(s.modes, (std::vector{Mode::kMig, Mode::kTimeSlicing}));
  ASSERT_EQ(s.tenants.size(), 4u);
  const Tenant& detector = s.tenants[0];
  EXPECT_EQ(detector.replicas, 3u);
  EXPECT_DOUBLE_EQ(detector.work.host, 3.8e-3);
  EXPECT_DOUBLE_EQ(detector.work.overlap, 1.5);
  EXPECT_DOUBLE_EQ(detector.work.most_sm, 0.5);
  EXPECT_DOUBLE_EQ(detector.work.mps_overhead, 0.06);
  EXPECT_DOUBLE_EQ(s.tenants[2].work.mps_overhead, 0.02);
  EXPECT_DOUBLE_EQ(detector.work.memory_mib, 2048.0);
  EXPECT_DOUBLE_EQ(detector.work.to_device_bytes, 600e3);
  EXPECT_EQ(detector.arrivals.kind, Arrivals::Kind::kDiurnal);
  EXPECT_DOUBLE_EQ(detector.arrivals.per_second, 2.0);
  EXPECT_DOUBLE_EQ(detector.arrivals.swing, 0.8);
  EXPECT_EQ(detector.arrivals.active[1], std::pair(3600.0, 5400.0));
  EXPECT_EQ(detector.objective_seconds, 0.25);
  EXPECT_EQ(detector.profile, "1g.10gb");
  EXPECT_DOUBLE_EQ(detector.thread_percentage, 14.0);
  EXPECT_TRUE(s.tenants[1].training);
  EXPECT_EQ(s.tenants[1].arrivals.kind, Arrivals::Kind::kClosed);
  EXPECT_DOUBLE_EQ(s.tenants[2].arrivals.burst_factor, 5.0);
  EXPECT_EQ(s.tenants[3].arrivals.clients, 3u);
  EXPECT_EQ(s.layouts,
            (std::vector<std::vector<std::string>>{{"1g.10gb", "1g.10gb", "1g.10gb", "4g.40gb"},
                                                   std::vector<std::string>(7, "1g.10gb")}));
  EXPECT_EQ(s.changes[0].layouts[0], std::vector<std::string>{"7g.80gb"});
  EXPECT_EQ(s.changes[0].overhead_seconds, 3.0);
  EXPECT_EQ(s.faults[0].kind, FaultKind::kKernelFault) << "by time";
  EXPECT_EQ(s.faults[1].tenant, "loop");
  EXPECT_EQ(s.losing_case, "because");
}

TEST(ScenarioFile, what_is_left_out_has_a_meaning) {
  const Scenario s = good(tenant("work: {library: yolos-small}, arrivals: {poisson: 2.1/s}"));
  EXPECT_EQ(s.modes.size(), std::size(kModes));
  EXPECT_EQ(s.seconds, 600.0);
  EXPECT_EQ(s.warm_up, 60.0);
  EXPECT_EQ(s.tenants[0].replicas, 1u);
  EXPECT_EQ(s.tenants[0].work.mps_overhead, 0.0) << "of YOLOS: measured under MPS";
  EXPECT_FALSE(s.tenants[0].objective_seconds);
}

TEST(ScenarioFile, the_command_line_goes_before_the_file) {
  const std::string text =
      "seed: 3\nseconds: 1h\nmodes: [mig]\nlayouts: [[7g.80gb]]\n"
      "changes: [{at: 30min, layouts: [[7 x 1g.10gb]]}]\n"
      "faults: [{at: 30min, fault: gpu-lost, tenant: a}]\n" +
      tenant("work: {library: vgg16-b8}, arrivals: {poisson: 1}");
  const auto s = scenario_of(text, {30.0, 9, {Mode::kMps}});
  ASSERT_TRUE(s) << s.error().describe();
  EXPECT_EQ(s->seconds, 30.0);
  EXPECT_EQ(s->warm_up, 3.0);
  EXPECT_EQ(s->seed, 9u);
  EXPECT_EQ(s->modes, std::vector{Mode::kMps});
  EXPECT_TRUE(s->changes.empty()) << "past the end of the shorter run";
  EXPECT_TRUE(s->faults.empty());
}

TEST(ScenarioFile, traces_are_replayed_at_a_speed) {
  const Scenario s = good(
      tenant("work: {library: vgg16-b8}, arrivals: {trace: plain.csv, speed: 10x, repeat: true}"));
  const auto& trace = s.tenants[0].arrivals.trace;
  ASSERT_GT(trace.size(), 200u);
  EXPECT_DOUBLE_EQ(trace[1].at, 1.0);
  EXPECT_DOUBLE_EQ(trace[1].size, 3.0);
  EXPECT_LT(trace.back().at, 600.0);
  const auto once =
      good(tenant("work: {library: vgg16-b8}, arrivals: {trace: plain.csv, speed: 0.1x}"));
  ASSERT_EQ(once.tenants[0].arrivals.trace.size(), 3u);
  EXPECT_DOUBLE_EQ(once.tenants[0].arrivals.trace[2].at, 200.0);
}

TEST(ScenarioFile, a_language_model_takes_its_tokens_from_the_trace) {
  const Scenario s = good(
      tenant("work: {llm: {parameters: 8B, bytes-per-weight: 2}}, arrivals: {trace: azure.csv}"));
  const Work& work = s.tenants[0].work;
  // 200 tokens on average, each reads 16 GB at 0.77 of 2039 GB/s and costs 1.5 ms of host time.
  EXPECT_NEAR(work.bandwidth, 200 * 16e9 / (0.77 * 2039e9), 1e-9);
  EXPECT_NEAR(work.host, 0.3, 1e-12);
  EXPECT_NEAR(work.compute, 2.0 * 8e9 * 600 / (0.7 * 312e12), 1e-9);
  const auto& trace = s.tenants[0].arrivals.trace;
  EXPECT_NEAR((trace[0].size + trace[1].size) / 2, 1.0, 1e-9) << "the mean is the work";
  EXPECT_NEAR(trace[1].size, 1.49, 0.01) << "300 of 200 tokens, and the same prompt";
}

TEST(ScenarioFile, a_work_measured_elsewhere_is_carried_over) {
  const Scenario s = good(head("h100-sxm5-80gb") +
                          "- {name: a, work: {library: resnet50-b8}, arrivals: {poisson: 1/s}}\n");
  const Work& work = s.tenants[0].work;
  EXPECT_NEAR(work.compute, 2.15e-3 * 312.0 / 989.5, 1e-9);
  EXPECT_NEAR(work.bandwidth, 1.70e-3 * 2039.0 / 3350.0, 1e-9);
  EXPECT_DOUBLE_EQ(work.host, 3.80e-3);
  EXPECT_NE(work.source.find("carried over from a100-80gb"), std::string::npos) << work.source;
}

TEST(ScenarioFile, two_measurements_are_fitted) {
  const Scenario s = good(tenant(
      "work: {measured: [{profile: 1g.10gb, time: 22.33ms}, {profile: 7g.80gb, time: 5ms}]}, "
      "memory: 2GiB, arrivals: {poisson: 1/s}"));
  const Work& work = s.tenants[0].work;
  EXPECT_NEAR(seconds_on(work, {14.0 / 108, 1.0 / 8}), 22.33e-3, 1e-4);
  EXPECT_NEAR(seconds_on(work, {98.0 / 108, 1.0}), 5e-3, 1e-4);
}

TEST(WorkLibrary, every_entry_says_where_it_is_from_and_takes_its_published_time) {
  for (const LibraryWork& entry : work_library()) {
    EXPECT_FALSE(entry.source.empty()) << entry.name;
    EXPECT_NE(mig::find_product(entry.product), nullptr) << entry.name;
    EXPECT_GT(entry.memory_mib, 0.0) << entry.name;
    EXPECT_EQ(find_library_work(entry.name), &entry);
  }
  // ParvaGPU and nos on 1g: model.md, 4.
  const plan::Share one{14.0 / 108, 1.0 / 8};
  const auto on_1g = [&](const char* name) {
    return seconds_on(work_of(*find_library_work(name)), one);
  };
  EXPECT_NEAR(on_1g("resnet50-b8"), 22.33e-3, 0.03 * 22.33e-3);
  EXPECT_NEAR(on_1g("vgg16-b1"), 8.11e-3, 0.03 * 8.11e-3);
  EXPECT_NEAR(on_1g("yolos-small"), 0.343, 0.02 * 0.343);
}

struct Wrong {
  const char* what;
  const char* remedy;
};

using Mistakes = std::vector<std::pair<std::string, Wrong>>;

const std::string ok = "work: {library: vgg16-b8}, arrivals: {poisson: 1/s}";
const std::string with = "- {name: a, " + ok;

Mistakes mistakes_of_the_head() {
  return {
      {"tenants: []\n", {"s.yaml:1:1: the scenario does not say on which product", "a100"}},
      {"product: a100-80\ntenants: []\n",
       {"s.yaml:1:10: product \"a100-80\" is not known", "did you mean a100-80gb"}},
      {"product: a100-80gb\n", {"s.yaml:1:1: tenants must be a list", "tenants:"}},
      {"product: a100-80gb\ntenants: []\n", {"s.yaml:2:10: tenants must be a list", "name"}},
      {"prodct: a100-80gb\n", {"s.yaml:1:1: unknown key \"prodct\"", "did you mean product"}},
      {"version: 2\n" + head(), {"s.yaml:1:10: version \"2\" of a scenario", "version: 1"}},
      {"gpus: 65\n" + head(), {"s.yaml:1:7: gpus must be a whole number from 0 to 64", ""}},
      {"gpus: 0\n" + head(), {"s.yaml:1:7: gpus must be at least 1", ""}},
      {"seconds: soon\n" + head(), {"s.yaml:1:10: seconds \"soon\" is not a time", "10min"}},
      {"seconds: 8d\n" + head(), {"s.yaml:1:10: seconds \"8d\" is not from 1s to 604800s", ""}},
      {"seconds: 10\nwarm-up: 10\n" + head(),
       {"s.yaml:2:10: warm-up is as long as the run", "shorten"}},
      {"seed: -1\n" + head(), {"s.yaml:1:7: seed must be a whole number", ""}},
      {"modes: mig\n" + head(), {"s.yaml:1:8: modes must be a list", "leave it out for all"}},
      {"modes: [mgi]\n" + head(), {"s.yaml:1:9: mode \"mgi\" is not known", "did you mean"}},
      {"modes: [mig, mig]\n" + head(), {"s.yaml:1:14: mode mig is listed twice", ""}},
  };
}

Mistakes mistakes_of_tenants() {
  return {
      {head() + "- work\n", {"s.yaml:3:3: a tenant must be a map with a name", ""}},
      {head() + "- {work: {library: vgg16-b8}}\n",
       {"s.yaml:3:3: this tenant has no name", "add name"}},
      {head() + "- {name: 'a b'}\n", {"s.yaml:3:10: a name has 1 to 40 of", ""}},
      {head() + with + "}\n" + with + "}\n",
       {"s.yaml:4:10: tenant a is named twice", "the first is at s.yaml:3:10"}},
      {head() + with + ", replicas: 0}\n", {"s.yaml:3:76: replicas must be at least 1", ""}},
      {head() + with + ", replicas: 200}\n" + "- {name: b, replicas: 200, " + ok + "}\n",
       {"s.yaml:3:1: 400 replicas, and the lab takes 256 at most", ""}},
      {head() + with + ", kind: train}\n", {"kind \"train\" is not known", "training"}},
      {head() + "- {name: a}\n", {"s.yaml:3:3: a has no work", "add work"}},
      {tenant("work: {library: vgg16-b8}"), {"s.yaml:3:3: a has no arrivals", "poisson"}},
  };
}

Mistakes mistakes_of_works() {
  return {
      {tenant("work: {library: vgg16}, arrivals: {poisson: 1}"),
       {"s.yaml:3:29: the library has no work \"vgg16\"", "did you mean vgg16-b1"}},
      {tenant("work: {library: train-gnn-b128}, arrivals: {poisson: 1}"),
       {"s.yaml:3:29: this is a training step", "kind: training"}},
      {tenant("work: {library: vgg16-b8, host: 1ms}"),
       {"s.yaml:3:45: work is said twice: library and host", "keep one"}},
      {tenant("work: {overlap: 2}"), {"s.yaml:3:19: work says no cost", "library"}},
      {tenant("work: {host: 1ms, overlap: 0.5}, memory: 1GiB, arrivals: {poisson: 1}"),
       {"overlap \"0.5\" is not from 1 to 16", ""}},
      {tenant("work: {host: 1ms, mps-overhead: 0.06}, memory: 1GiB, arrivals: {poisson: 1}"),
       {"s.yaml:3:45: mps-overhead \"0.06\" is not a share", "write 30%"}},
      {tenant("work: {host: 1ms, mps-overhead: 101%}, memory: 1GiB, arrivals: {poisson: 1}"),
       {"mps-overhead \"101%\" is not from 0% to 100%", ""}},
      {tenant("work: {library: vgg16-b8, mps-overhead: 6%}, arrivals: {poisson: 1}"),
       {"s.yaml:3:53: mps-overhead: has no meaning beside library", "host, compute and bandwidth"}},
      {tenant("work: {host: 0s}, memory: 1GiB, arrivals: {poisson: 1}"),
       {"s.yaml:3:19: this work takes less than 1us", "unit"}},
      {tenant("work: {host: 1ms}, arrivals: {poisson: 1}"),
       {"s.yaml:3:19: a does not say its memory", "2GiB"}},
      {tenant("work: {host: 1ms, on: a100}, memory: 1GiB, arrivals: {poisson: 1}"),
       {"s.yaml:3:35: product \"a100\" is not known", "septet products"}},
      {tenant("work: {library: vgg16-b8, on: a100-80gb}, arrivals: {poisson: 1}"),
       {"s.yaml:3:43: on: has no meaning beside library", "leave it out"}},
      {tenant("work: {llm: {parameters: 8B}}, arrivals: {poisson: 1}"),
       {"s.yaml:3:25: llm says no prompt and output", "prompt: 400"}},
      {tenant("work: {llm: {parameters: 8B, prompt: 5}}, arrivals: {poisson: 1}"),
       {"s.yaml:3:25: llm has only one of prompt and output", "both"}},
      {tenant("work: {measured: [{profile: 1g.10gb, time: 1ms}]}, arrivals: {poisson: 1}"),
       {"s.yaml:3:30: measured must be a list of 2 to 100", "7g"}},
      {tenant("work: {measured: [{profile: 9g.10gb, time: 1ms}, {profile: 1g.10gb, time: 1ms}]}"),
       {"s.yaml:3:41", ""}},
  };
}

Mistakes mistakes_of_arrivals() {
  return {
      {tenant("work: {library: vgg16-b8}, arrivals: often"),
       {"s.yaml:3:50: arrivals must say how requests come", "poisson"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {}"), {"arrivals say no kind", "one of"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {poisson: 1, closed: {}}"),
       {"arrivals are said twice: poisson and closed", "keep one"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {poisson: 1, speed: 2x}"),
       {"speed: belongs to a trace", ""}},
      {tenant("work: {library: vgg16-b8}, arrivals: {poisson: 1kHz}"),
       {"poisson \"1kHz\" is not a rate", "2.1/s"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {poisson: 900000/s}"),
       {"s.yaml:3:1: 540000000 requests and steps", "shorten seconds"}},
      {tenant("work: {host: 1us}, memory: 1GiB, arrivals: {closed: {}}"),
       {"s.yaml:3:1: 600000000 requests and steps", "shorten seconds"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {diurnal: {swing: 50%}}"),
       {"diurnal has no mean", "mean: 2/s"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {diurnal: {mean: 1, swing: 150%}}"),
       {"swing \"150%\" is not from 0% to 100%", ""}},
      {tenant("work: {library: vgg16-b8}, arrivals: {bursts: {mean: 1, factor: 1}}"),
       {"factor \"1\" is not from 1.01x to 1000x", ""}},
      {tenant("work: {library: vgg16-b8}, arrivals: {closed: {clients: 0}}"),
       {"clients must be at least 1", ""}},
      {tenant("work: {library: vgg16-b8}, arrivals: {trace: gone.csv}"),
       {"s.yaml:3:58: trace", "beside the scenario"}},
      {tenant("work: {library: vgg16-b8}, arrivals: {trace: broken.csv}"),
       {"broken.csv:2:1: seconds \"soon\"", ""}},
  };
}

Mistakes mistakes_of_layouts_and_faults() {
  return {
      {tenant(ok + ", active: [[3h, 1h]]"), {"ends before it begins", ""}},
      {tenant(ok + ", active: [[1h, 3h], [2h, 4h]]"), {"must be in order and apart", ""}},
      {tenant("kind: training, work: {library: train-gnn-b128}, objective: 1s"),
       {"objective is of latency, and a trains", "steps per second"}},
      {tenant("kind: training, work: {library: train-gnn-b128}, arrivals: {poisson: 1}"),
       {"a trains: it takes its next step when the last is done", "active"}},
      {tenant(ok + ", profile: 3g.71gb"), {"s.yaml:3:75", "nearest"}},
      {tenant(ok + ", thread-percentage: 140%"), {"is not from 1% to 100%", ""}},
      {tenant(ok) + "layouts: 7x\n", {"s.yaml:4:10: layouts must be a list", "[[7 x 1g.10gb]]"}},
      {tenant(ok) + "layouts: [[8 x 1g.10gb]]\n", {"s.yaml:4:11: these do not fit on one GPU", ""}},
      {tenant(ok) + "layouts: [[99 x 1g.10gb]]\n", {"a GPU holds 1 to 16 instances", ""}},
      {"gpus: 1\n" + tenant(ok) + "layouts: [[7g.80gb], [7g.80gb]]\n",
       {"s.yaml:5:10: 2 layouts, and gpus allows 1", "raise gpus"}},
      {tenant(ok) + "changes: [{at: 1s, layouts: [[7g.80gb]]}]\n",
       {"s.yaml:4:10: changes change layouts, and there are none", "add layouts"}},
      {tenant(ok) + "layouts: [[7g.80gb]]\nchanges: [{at: 2h, layouts: [[7g.80gb]]}]\n",
       {"s.yaml:5:16: at \"2h\" is not from 0s to 600s", ""}},
      {tenant(ok) + "faults: [{at: 1s, fault: gpu-lots, tenant: a}]\n",
       {"s.yaml:4:26: fault \"gpu-lots\" is not known", "did you mean gpu-lost"}},
      {tenant(ok) + "faults: [{at: 1s, fault: gpu-lost, tenant: b}]\n",
       {"s.yaml:4:44: no tenant is named \"b\"", "a"}},
      {tenant(ok) + "faults: [{at: 1s, tenant: a}]\n", {"this fault has no fault", "write"}},
      {tenant(ok) + "victim: b\n", {"s.yaml:4:9: no tenant is named \"b\"", "a"}},
  };
}

TEST(ScenarioFile, every_mistake_is_told_with_its_place_and_what_to_do) {
  Mistakes cases;
  for (const auto& some : {mistakes_of_the_head(), mistakes_of_tenants(), mistakes_of_works(),
                           mistakes_of_arrivals(), mistakes_of_layouts_and_faults()}) {
    cases.insert(cases.end(), some.begin(), some.end());
  }
  for (const auto& [text, wrong] : cases) {
    const auto scenario = scenario_of(text);
    ASSERT_FALSE(scenario) << text;
    EXPECT_EQ(
        scenario.error().code == Code::kInvalidArgument || scenario.error().code == Code::kNotFound,
        true)
        << text;
    const std::string said = scenario.error().describe();
    EXPECT_NE(said.find(wrong.what), std::string::npos) << text << "\nsaid " << said;
    EXPECT_NE(said.find(wrong.remedy), std::string::npos) << text << "\nsaid " << said;
  }
}

TEST(ScenarioFile, a_product_the_lab_does_not_know_is_said) {
  const auto scenario = scenario_of("product: thor-igpu\n");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().code, Code::kNotSupported);
}

}  // namespace
}  // namespace septet::lab
