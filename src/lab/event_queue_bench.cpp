// Budget: >= 5 million events a second (one out, one in) with 30,000 in flight.
//
// The counter budget_used is 5 million over the rate measured (1.0 = all of it).
#include "lab/event_queue.h"

#include <benchmark/benchmark.h>

#include <ctime>

#include "base/random.h"

namespace {

using septet::lab::EventQueue;
using septet::lab::Nanoseconds;

constexpr double kBudgetPerSecond = 5e6;

struct Payload {
  std::uint32_t kind, whose;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

void hold(benchmark::State& state) {
  EventQueue<Payload> queue;
  septet::Random random(1);
  const auto in_flight = static_cast<std::uint32_t>(state.range(0));
  queue.reserve(in_flight + 1);
  for (std::uint32_t i = 0; i < in_flight; ++i)
    queue.schedule(septet::lab::nanoseconds(random.exponential(1.0)), Payload{0, i});
  std::vector<Nanoseconds> delays(4096);
  for (Nanoseconds& delay : delays) delay = septet::lab::nanoseconds(random.exponential(1.0));
  std::size_t i = 0;
  const double from = cpu_seconds();
  for (auto _ : state) {
    const auto event = queue.pop();
    queue.schedule(event.at + delays[i++ % delays.size()], event.payload);
  }
  benchmark::DoNotOptimize(queue.next());
  const double rate = static_cast<double>(state.iterations()) / (cpu_seconds() - from);
  state.counters["events_per_second"] = rate;
  state.counters["budget_used"] = kBudgetPerSecond / rate;
}

BENCHMARK(hold)->Arg(100)->Arg(30'000)->Arg(1'000'000);

}  // namespace
