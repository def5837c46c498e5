// Budget: <= 2 ns per probe, for "is this placement free" and for "what still fits".
//
// The counter ns_per_probe is the time, budget_used that time over the budget (1.0 = all of it).
#include "mig/fit_table.h"

#include <benchmark/benchmark.h>

#include <ctime>

namespace {

using septet::mig::FitTable;
using septet::mig::Layout;
using septet::mig::Occupancy;

constexpr double kBudgetNs = 2.0;
constexpr std::size_t kProbes = 1024;  // inputs per pass, so that nothing is predicted by heart

const septet::mig::Geometry& geometry_of(const char* product) {
  return septet::mig::find_product(product)->geometry;
}

std::vector<Occupancy> mixed_occupancies(const septet::mig::Geometry& geometry) {
  std::vector<Occupancy> reachable;
  septet::mig::visit_layouts(
      geometry, [](const auto&) { return true; },
      [&](const Layout& layout) { reachable.push_back(layout.occupancy()); });
  std::vector<Occupancy> mixed;
  std::uint64_t random = 88172645463325252u;
  for (std::size_t i = 0; i < kProbes; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    mixed.push_back(reachable[random % reachable.size()]);
  }
  return mixed;
}

template <typename Probe>
void measure(benchmark::State& state, const std::vector<Occupancy>& mixed, const Probe& probe) {
  const Occupancy* const inputs = mixed.data();  // the checks of [] are not the probe's
  const std::clock_t begin = std::clock();       // processor time: the machine may be busy
  for (auto _ : state) {
    for (std::size_t i = 0; i < kProbes; ++i) benchmark::DoNotOptimize(probe(inputs[i], i));
  }
  const double took_ns = static_cast<double>(std::clock() - begin) * (1e9 / CLOCKS_PER_SEC);
  const double probes = static_cast<double>(state.iterations()) * static_cast<double>(kProbes);
  state.counters["ns_per_probe"] = took_ns / probes;
  state.counters["budget_used"] = took_ns / probes / kBudgetNs;
}

void is_this_placement_free(benchmark::State& state, const char* product) {
  const FitTable table(geometry_of(product));
  const auto inputs = mixed_occupancies(geometry_of(product));
  const auto pairs = static_cast<unsigned>(table.pairs().size());
  std::vector<unsigned> asked;
  for (std::size_t i = 0; i < kProbes; ++i) asked.push_back(static_cast<unsigned>(i * 7) % pairs);
  measure(state, inputs, [&table, pair = asked.data()](const Occupancy& taken, std::size_t i) {
    return table.free(taken, pair[i]);
  });
}

void what_still_fits(benchmark::State& state, const char* product) {
  const FitTable table(geometry_of(product));
  const auto inputs = mixed_occupancies(geometry_of(product));
  measure(state, inputs,
          [&table](const Occupancy& taken, std::size_t) { return table.fits(taken); });
}

void build_the_table(benchmark::State& state, const char* product) {
  for (auto _ : state) benchmark::DoNotOptimize(FitTable(geometry_of(product)));
}

BENCHMARK_CAPTURE(is_this_placement_free, h100, "h100-sxm5-80gb");
BENCHMARK_CAPTURE(is_this_placement_free, rtx_pro_6000, "rtx-pro-6000-blackwell-96gb");
BENCHMARK_CAPTURE(what_still_fits, h100, "h100-sxm5-80gb");
BENCHMARK_CAPTURE(what_still_fits, rtx_pro_6000, "rtx-pro-6000-blackwell-96gb");
BENCHMARK_CAPTURE(build_the_table, h100, "h100-sxm5-80gb");
BENCHMARK_CAPTURE(build_the_table, rtx_pro_6000, "rtx-pro-6000-blackwell-96gb");

}  // namespace
