// Budget: <= 1 ms to plan a node of eight GPUs: the best cut of each, and the steps to it.
//
// The counter ms_per_node is the time, budget_used that time over the budget (1.0 = all of it).
#include "plan/place.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>

#include "plan/diff.h"
#include "plan/testing/layout_as_gpu.h"

namespace {

namespace mig = septet::mig;
namespace plan = septet::plan;
using Multiset = std::vector<const mig::GpuInstanceProfile*>;

constexpr double kBudgetMs = 1.0;
constexpr std::uint32_t kGpus = 8;

bool plain_or_me(const mig::GpuInstanceProfile& profile) {
  return !profile.graphics &&
         (profile.media == mig::Media::kPlain || profile.media == mig::Media::kMe);
}

// The multiset with the most layouts: the most work there is.
Multiset worst(const mig::Geometry& geometry) {
  std::map<Multiset, unsigned> count;
  mig::visit_layouts(geometry, plain_or_me, [&count](const mig::Layout& layout) {
    Multiset multiset;
    for (const mig::Instance& one : layout.instances()) multiset.push_back(one.profile);
    std::ranges::sort(multiset);
    ++count[multiset];
  });
  return std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; })->first;
}

mig::Gpu gpu_with(const mig::Product& product, const Multiset& multiset, std::uint32_t index) {
  mig::Gpu gpu =
      plan::testing::layout_as_gpu(product, *plan::place(product.geometry, {}, multiset));
  gpu.index = index;
  gpu.uuid = "GPU-" + std::to_string(index);
  return gpu;
}

void plan_a_node(benchmark::State& state, const char* product_id, const Multiset& from,
                 const Multiset& to) {
  const mig::Product& product = *mig::find_product(product_id);
  mig::Node node;
  for (std::uint32_t i = 0; i < kGpus; ++i) node.gpus.push_back(gpu_with(product, from, i));
  plan::Wanted wanted;
  for (const auto* profile : to)
    wanted.instances.push_back({profile, {}, plan::whole_instance(*profile, {}).compute});
  std::size_t steps = 0;
  for (auto _ : state) {
    std::vector<plan::GpuCut> targets;
    for (const mig::Gpu& gpu : node.gpus) targets.push_back(*plan::place(gpu, wanted));
    steps = plan::diff(node, targets).steps.size();
    benchmark::DoNotOptimize(steps);
  }
  using benchmark::Counter;
  state.counters["steps"] = static_cast<double>(steps);
  state.counters["ms_per_node"] =
      Counter(1e-3, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["budget_used"] =
      Counter(1e-3 * kBudgetMs, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

Multiset named(const mig::Geometry& geometry, std::initializer_list<const char*> names) {
  Multiset multiset;
  for (const char* name : names) multiset.push_back(geometry.find_name(name));
  return multiset;
}

void all_small_to_balanced(benchmark::State& state) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  plan_a_node(state, "h100-sxm5-80gb", Multiset(7, geometry.find_name("1g.10gb")),
              named(geometry, {"1g.10gb", "1g.10gb", "2g.20gb", "3g.40gb"}));
}
BENCHMARK(all_small_to_balanced);

void the_most_layouts(benchmark::State& state) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  plan_a_node(state, "h100-sxm5-80gb", Multiset(7, geometry.find_name("1g.10gb")), worst(geometry));
}
BENCHMARK(the_most_layouts);

void the_most_layouts_on_12_units(benchmark::State& state) {
  const char* const product = "rtx-pro-6000-blackwell-96gb";
  const Multiset multiset = worst(mig::find_product(product)->geometry);
  plan_a_node(state, product, multiset, multiset);
}
BENCHMARK(the_most_layouts_on_12_units);

}  // namespace
