// Budget: the text of /metrics for 8 GPUs x 7 instances in 5 ms.
//
// The counter budget_used is the time over the budget (1.0 = all of it); of 64 GPUs there is none.
#include "metrics/node_metrics.h"

#include <benchmark/benchmark.h>

#include "metrics/free_space.h"
#include "publish/testing/cut_gpu.h"

namespace {

namespace mig = septet::mig;
namespace metrics = septet::metrics;

// Every instance busy, each with a pod.
void text_of_a_node(benchmark::State& state) {
  mig::Node node = septet::publish::testing::sevenths(static_cast<std::uint32_t>(state.range(0)));
  metrics::Snapshot snapshot;
  snapshot.version = "0.1.0";
  snapshot.host = "gn0";
  for (mig::Gpu& gpu : node.gpus) {
    gpu.power_mw = 400'000;
    for (mig::GpuInstance& instance : gpu.instances) {
      instance.usage = {4096, 9984, {}, {}, 50, 25, 60, 0};
      snapshot.tenants[instance.compute[0].uuid] = {
          {metrics::TenantKind::kPod, "prod/chat-0/server", "prod", "chat-0", "server", {}, {}}};
    }
  }
  snapshot.node = &node;
  snapshot.ill.emplace();
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = metrics::metrics_text(snapshot, true);
    benchmark::DoNotOptimize(text.data());
    bytes = text.size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  if (state.range(0) == 8)
    state.counters["budget_used"] = benchmark::Counter(
        5e-3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(text_of_a_node)->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond);

void free_room_of_a_gpu(benchmark::State& state) {
  const mig::Node node = septet::publish::testing::sevenths(1);
  for (auto _ : state) benchmark::DoNotOptimize(metrics::free_space(node.gpus[0]));
}
BENCHMARK(free_room_of_a_gpu)->Unit(benchmark::kMicrosecond);

}  // namespace
