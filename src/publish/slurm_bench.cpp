// Budget: publish in 10 ms. On eight GPUs of seven slices: the devices and both texts, and a lint
// of the files they make. budget_used is the time over the budget (1.0 = all of it).
#include <benchmark/benchmark.h>

#include "publish/slurm_lint.h"
#include "publish/testing/cut_gpu.h"

namespace {

namespace mig = septet::mig;
namespace publish = septet::publish;

constexpr unsigned kGpus = 8;

void report_budget(benchmark::State& state) {
  state.counters["budget_used"] = benchmark::Counter(
      10.0 / 1e3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void publish_to_slurm(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  const auto table = publish::simulated_capability_minors(node);
  for (auto _ : state) {
    const auto found = publish::slurm_devices(node, table).value();
    benchmark::DoNotOptimize(publish::gres_conf("gn0", found, publish::Detection::kStatic));
    benchmark::DoNotOptimize(publish::slurm_conf_lines("gn0", found));
  }
  report_budget(state);
}
BENCHMARK(publish_to_slurm)->Unit(benchmark::kMicrosecond);

void lint_what_was_published(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  const auto found =
      publish::slurm_devices(node, publish::simulated_capability_minors(node)).value();
  const std::string gres = publish::gres_conf("gn0", found, publish::Detection::kStatic);
  const std::string slurm = publish::slurm_conf_lines("gn0", found);
  const publish::ReadFile read = [&](const std::string& path) -> septet::Result<std::string> {
    if (path.ends_with("cgroup.conf")) return "ConstrainDevices=yes\n";
    return path.ends_with("gres.conf") ? gres : slurm;
  };
  for (auto _ : state) {
    const auto flaws = publish::lint_slurm({"gn0", "/e/slurm.conf"}, found, read).value();
    if (!flaws.empty()) state.SkipWithError(flaws.front().what.c_str());
  }
  report_budget(state);
}
BENCHMARK(lint_what_was_published)->Unit(benchmark::kMicrosecond);

}  // namespace
