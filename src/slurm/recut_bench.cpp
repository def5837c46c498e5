// Budget: a decision for 1,000 nodes and 10,000 waiting jobs in a second, from JSON parsed already.
// budget_used is the time over the budget (1.0 = all of it).
#include "slurm/recut.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace {

namespace slurm = septet::slurm;
namespace publish = septet::publish;

constexpr std::uint64_t kNodes = 1000, kJobs = 10000;

std::vector<slurm::SlurmNode> many_nodes() {
  std::vector<slurm::SlurmNode> nodes(kNodes);
  for (std::uint64_t i = 0; i < kNodes; ++i) {
    slurm::SlurmNode& node = nodes[i];
    node.name = fmt::format("gn{}", i);
    node.flags = {"DYNAMIC_NORM"};
    node.features = {"mig-h100-sxm5-80gb-x8"};
    node.cpus = 128;
    node.gres = i % 2 == 0 ? "gpu:3g.40gb:16" : "gpu:7g.80gb:8";
    node.offers = publish::parse_gres(node.gres).value();
    const bool busy = i % 4 == 3;
    node.state = busy ? "mixed" : "idle";
    node.alloc_cpus = busy ? 8 : 0;
    if (busy) node.used = publish::parse_gres("gpu:7g.80gb:7").value();
  }
  return nodes;
}

std::vector<slurm::SlurmJob> many_jobs() {
  const char* const kinds[] = {"gpu:1g.10gb:1", "gpu:2g.20gb:1", "gpu:4g.40gb:1", "gpu:1g.10gb:4",
                               "gpu:3g.40gb:1", "gpu:7g.80gb:1", "gpu:1g.20gb:2"};
  std::vector<slurm::SlurmJob> jobs(kJobs);
  for (std::uint64_t i = 0; i < kJobs; ++i) {
    jobs[i].id = i + 1;
    jobs[i].state = "PENDING";
    jobs[i].priority = 1 + (i * 7919) % 5000;
    jobs[i].per_node = publish::parse_gres(kinds[i % std::size(kinds)]).value();
    jobs[i].cpus = 1 + i % 8;
  }
  return jobs;
}

void decide(benchmark::State& state) {
  const auto nodes = many_nodes();
  const auto jobs = many_jobs();
  slurm::RecutLimits limits;
  limits.nodes_at_once = static_cast<unsigned>(state.range(0));
  for (auto _ : state) {
    const auto decision = slurm::decide_recuts(nodes, jobs, limits, {1'000'000, 0});
    if (decision.recuts.empty()) state.SkipWithError("nothing was decided");
    benchmark::DoNotOptimize(decision);
  }
  state.counters["budget_used"] = benchmark::Counter(
      1.0, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(decide)->Arg(1)->Arg(20)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
