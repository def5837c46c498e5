// Budgets, on eight GPUs of seven slices: an offer in 0.1 ms, Allocate in 0.02 ms, a preferred
// choice in 0.2 ms. NVIDIA's plugin is measured beside ours by bench/; these say where time goes.
//
// The counter budget_used is the time over the budget (1.0 = all of it).
#include "publish/offer.h"

#include <benchmark/benchmark.h>

#include <functional>

#include "publish/allocation.h"
#include "publish/cdi.h"
#include "publish/labels.h"
#include "publish/testing/cut_gpu.h"

namespace {

namespace mig = septet::mig;
namespace publish = septet::publish;

constexpr std::uint32_t kGpus = 8;

publish::PluginConfig mixed_config() {
  publish::PluginConfig config;
  config.strategy = publish::MigStrategy::kMixed;
  return config;
}

void report(benchmark::State& state, double budget_ms) {
  state.counters["budget_used"] = benchmark::Counter(
      budget_ms / 1e3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void offer_a_node(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  const auto config = mixed_config();
  for (auto _ : state) benchmark::DoNotOptimize(publish::offer(node, config));
  report(state, 0.1);
}
BENCHMARK(offer_a_node)->Unit(benchmark::kMicrosecond);

void allocate_a_slice(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  const auto config = mixed_config();
  const publish::Resource resource = publish::offer(node, config).resources.at(0);
  const std::vector<std::string> ids = {resource.devices.back().id};
  const publish::AllocationContext context{[](const std::string&) { return true; }, "u", {}};
  for (auto _ : state) benchmark::DoNotOptimize(publish::allocate(resource, ids, config, context));
  report(state, 0.02);
}
BENCHMARK(allocate_a_slice)->Unit(benchmark::kMicrosecond);

// Of the node's first resource, all of it free; the argument is how many are wanted.
void prefer(benchmark::State& state, const mig::Node& node, double budget_ms) {
  const publish::Resource resource = publish::offer(node, mixed_config()).resources.at(0);
  std::vector<std::string> available;
  for (const publish::Device& device : resource.devices) available.push_back(device.id);
  for (auto _ : state)
    benchmark::DoNotOptimize(publish::preferred(node, resource, available, {},
                                                static_cast<unsigned>(state.range(0)),
                                                publish::SharedPolicy::kDistributed));
  report(state, budget_ms);
}

// All 56 are free: the most to choose from.
void prefer_slices(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  prefer(state, node, 0.2);
}
BENCHMARK(prefer_slices)->Arg(1)->Arg(4)->Arg(28)->Unit(benchmark::kMicrosecond);

// Eight whole GPUs on bridges, all free: the most ways to deal them out.
void prefer_gpus(benchmark::State& state) {
  mig::Node node;
  for (std::uint32_t i = 0; i < kGpus; ++i) {
    node.gpus.push_back(publish::testing::whole_gpu(i));
    for (std::uint32_t j = 0; j < kGpus; ++j)
      if (j != i)
        node.gpus[i].peers.push_back({j, mig::CommonAncestor::kNumaNode, (i ^ j) == 1 ? 12u : 0u});
  }
  prefer(state, node, 0.1);
}
BENCHMARK(prefer_gpus)->Arg(1)->Arg(2)->Arg(3)->Arg(4)->Unit(benchmark::kMicrosecond);

void label_a_node(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  const auto config = mixed_config();
  const publish::Offer offered = publish::offer(node, config);
  for (auto _ : state)
    benchmark::DoNotOptimize(publish::labels(node, config, offered, {"machine", 1}));
  report(state, 0.1);
}
BENCHMARK(label_a_node)->Unit(benchmark::kMicrosecond);

void describe_a_node_to_cdi(benchmark::State& state) {
  const mig::Node node = publish::testing::sevenths(kGpus);
  publish::CdiContext context;
  context.cap_minor = [](const std::string& capability) {
    return std::optional(static_cast<unsigned>(std::hash<std::string>{}(capability) % 9999));
  };
  for (auto _ : state) benchmark::DoNotOptimize(publish::cdi_spec(node, context));
  report(state, 1.0);
}
BENCHMARK(describe_a_node_to_cdi)->Unit(benchmark::kMicrosecond);

}  // namespace
