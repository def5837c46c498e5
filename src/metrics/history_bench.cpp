// What the history costs: a second's sample and the write after ten of them, the bytes of a day,
// the question for one, on 64 GPUs x 7 instances. No budget of their own: the agent's is 0.5 % of a
// core.
#include "metrics/history.h"

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>

#include "publish/testing/cut_gpu.h"

namespace {

namespace metrics = septet::metrics;
namespace mig = septet::mig;

class Scratch {
 public:
  Scratch() {
    std::string folder = (std::filesystem::temp_directory_path() / "septet-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) != nullptr) folder_ = folder;
  }
  ~Scratch() {
    std::error_code ignored;  // a folder left in /tmp spoils no number
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path() const { return folder_ + "/history.db"; }

 private:
  std::string folder_;
};

mig::Node busy_node(std::uint32_t gpus) {
  mig::Node node = septet::publish::testing::sevenths(gpus);
  for (mig::Gpu& gpu : node.gpus) {
    gpu.power_mw = 400'000;
    gpu.usage = {40'000, 81'559, {}, {}, 50, 25, {}, 0};
    for (mig::GpuInstance& instance : gpu.instances)
      instance.usage = {4096, 9984, {}, {}, 50, 25, 60, 0};
  }
  return node;
}

// Ten samples of which the last begins a new step: what ten seconds cost.
void ten_seconds(benchmark::State& state) {
  const Scratch scratch;
  const mig::Node node = busy_node(static_cast<std::uint32_t>(state.range(0)));
  auto history = metrics::History::open(scratch.path(), {}, [](const std::string&) {});
  std::int64_t now_ms = 1'796'000'000'000;
  std::int64_t steps = 0;
  for (auto _ : state) {
    for (int second = 0; second < 10; ++second, now_ms += 1000) (*history)->sample(node, now_ms);
    ++steps;
  }
  state.counters["bytes_per_day"] =
      static_cast<double>((*history)->health().bytes) / static_cast<double>(steps) * 8640;
}
BENCHMARK(ten_seconds)->Arg(8)->Arg(64)->Iterations(2000)->Unit(benchmark::kMillisecond);

// The last hour of one GPU, and the last day of all.
void ask(benchmark::State& state) {
  const Scratch scratch;
  const mig::Node node = busy_node(static_cast<std::uint32_t>(state.range(0)));
  auto history = metrics::History::open(scratch.path(), {}, [](const std::string&) {});
  std::int64_t now_ms = 1'796'000'000'000;
  for (int step = 0; step < 8640; ++step, now_ms += 10'000) (*history)->sample(node, now_ms);
  const bool day = state.range(1) == 1440;
  const auto gpu = day ? std::nullopt : std::optional(node.gpus[0].uuid);
  for (auto _ : state) benchmark::DoNotOptimize((*history)->series(state.range(1), gpu, now_ms));
}
BENCHMARK(ask)
    ->Args({8, 60})
    ->Args({8, 1440})
    ->Args({64, 60})
    ->Args({64, 1440})
    ->Unit(benchmark::kMillisecond);

}  // namespace
