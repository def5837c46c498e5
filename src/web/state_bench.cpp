// Budget: the state of 64 GPUs x 7 instances, as JSON text, in 5 ms once its layouts are known.
//
// The counter budget_used is the time over the budget (1.0 = all of it).
#include "web/state.h"

#include <benchmark/benchmark.h>

#include "publish/testing/cut_gpu.h"
#include "web/answer.h"

namespace {

namespace web = septet::web;

web::Seen seen_of(std::uint32_t gpus) {
  web::Seen seen;
  seen.node = septet::publish::testing::sevenths(gpus);
  return seen;
}

void state_of_a_node(benchmark::State& state) {
  const web::Seen seen = seen_of(static_cast<std::uint32_t>(state.range(0)));
  web::WhatFits fits;
  (void)web::state_json({}, seen, fits);
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = web::compact(web::state_json({}, seen, fits));
    benchmark::DoNotOptimize(text.data());
    bytes = text.size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  if (state.range(0) == 64)
    state.counters["budget_used"] = benchmark::Counter(
        5e-3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(state_of_a_node)->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond);

void digest_of_a_node(benchmark::State& state) {
  const web::Seen seen = seen_of(8);
  for (auto _ : state) benchmark::DoNotOptimize(web::digest_of(seen));
}
BENCHMARK(digest_of_a_node)->Unit(benchmark::kMicrosecond);

void a_layout_seen_first(benchmark::State& state) {
  const web::Seen seen = seen_of(1);
  for (auto _ : state) {
    web::WhatFits fits;
    benchmark::DoNotOptimize(fits.of(seen.node->gpus[0]));
  }
}
BENCHMARK(a_layout_seen_first)->Unit(benchmark::kMicrosecond);

}  // namespace
