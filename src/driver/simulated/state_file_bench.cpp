// What one change and one read of a shared node cost. Budget: 224 changes (8 GPUs x 7 instances
// created and destroyed) well below 5 ms, so at most 15 us each.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "driver/simulated/state_checksum.h"
#include "driver/simulated/state_file.h"

namespace septet::driver::simulated {
namespace {

constexpr std::uint32_t kGpus = 8, kInstances = 7;

std::unique_ptr<StateFile> fresh_node() {
  NodeSpec spec;
  spec.boards.resize(kGpus);
  for (BoardSpec& board : spec.boards) board.mig = true;
  const std::string path = "/tmp/septet-bench-" + std::to_string(getpid());
  const auto node = make_node(spec);
  if (!node || !StateFile::create(path, *node, true)) std::abort();
  auto file = StateFile::open(path);
  unlink(path.c_str());  // the mapping keeps it
  if (!file) std::abort();
  return std::move(*file);
}

void create_and_destroy(StateFile& file, std::uint32_t gpu) {
  std::uint32_t ids[kInstances];
  for (std::uint32_t& id : ids) {
    file.change([&](NodeState& node) {
      const Created created = create_gpu_instance(node, gpu, 19, std::nullopt);
      id = created.id;
      return created.status;
    });
    file.change([&](NodeState& node) {
      return create_compute_instance(node, gpu, id, 0, std::nullopt).status;
    });
  }
  for (const std::uint32_t id : ids) {
    file.change([&](NodeState& node) { return destroy_compute_instance(node, gpu, id, 0); });
    file.change([&](NodeState& node) { return destroy_gpu_instance(node, gpu, id); });
  }
}

void eight_by_seven(benchmark::State& state) {
  const auto file = fresh_node();
  for (auto unused : state) {
    (void)unused;
    for (std::uint32_t gpu = 0; gpu < kGpus; ++gpu) create_and_destroy(*file, gpu);
  }
  state.counters["us_per_change"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kGpus * kInstances * 4 / 1e6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(eight_by_seven)->Unit(benchmark::kMillisecond);

void read_one_field(benchmark::State& state) {
  const auto file = fresh_node();
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(
        file->read([](const NodeState& node) { return node.gpus[3].mig_current; }));
  }
}
BENCHMARK(read_one_field);

void no_fault(benchmark::State& state) {
  const auto file = fresh_node();
  file->change([](NodeState&) { return Status::kSuccess; });  // finds that there is none
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(file->injected_fault(1, 0));
  }
}
BENCHMARK(no_fault);

void checksum_of_a_full_node(benchmark::State& state) {
  NodeSpec spec;
  spec.boards.resize(kGpus);
  for (BoardSpec& board : spec.boards) board.mig = true;
  const auto node = std::make_unique<NodeState>(*make_node(spec));
  for (std::uint32_t i = 0; i < kGpus * kInstances; ++i)
    create_gpu_instance(*node, i / kInstances, 19, std::nullopt);
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(state_checksum(*node, kGpus, 1));
  }
}
BENCHMARK(checksum_of_a_full_node);

}  // namespace
}  // namespace septet::driver::simulated
