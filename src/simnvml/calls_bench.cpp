// simnvml/calls_bench.cpp — is the library fast enough to be asked on every scrape?
// Budget: a read call <= 1 us (median); 8 GPUs x 7 instances created and destroyed, compute
//         instances too, <= 5 ms. The counter budget_ratio is the measured time over its budget:
//         below 1 is good.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "driver/simulated/machine.h"
#include "driver/simulated/state_file.h"
#include "simnvml/abi/nvml.h"

namespace {

namespace sim = septet::driver::simulated;

// Eight H100 with MIG on, in a temporary file, and one 3g.40gb with its compute instance on GPU 0.
class Node {
 public:
  Node() {
    char name[] = "/tmp/septet-bench-XXXXXX";
    folder_ = ::mkdtemp(name);
    const std::string path = folder_ + "/node";
    sim::NodeSpec spec;
    sim::BoardSpec board;
    board.mig = true;
    spec.boards.assign(8, board);
    const auto node = sim::make_node(spec);
    if (!node || !sim::StateFile::create(path, *node, true)) std::abort();
    ::setenv("SEPTET_SIM", path.c_str(), 1);
    if (nvmlInit_v2() != NVML_SUCCESS) std::abort();
    nvmlDeviceGetHandleByIndex_v2(0, &gpu);
  }
  ~Node() {
    nvmlShutdown();
    ::unlink((folder_ + "/node").c_str());
    ::rmdir(folder_.c_str());
  }
  void add_mig_device() {
    nvmlDeviceCreateGpuInstance(gpu, 9, &instance);
    nvmlGpuInstanceCreateComputeInstance(instance, 2, &compute);
    nvmlDeviceGetMigDeviceHandleByIndex(gpu, 0, &mig);
  }
  nvmlDevice_t gpu = nullptr, mig = nullptr;
  nvmlGpuInstance_t instance = nullptr;
  nvmlComputeInstance_t compute = nullptr;

 private:
  std::string folder_;
};

template <typename Call>
void read_call(benchmark::State& state, const Call& call) {
  Node node;
  node.add_mig_device();
  for (auto _ : state) {
    if (call(node) != NVML_SUCCESS) state.SkipWithError("the call failed");
  }
  state.counters["budget_ratio"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void count(benchmark::State& state) {
  unsigned number = 0;
  read_call(state, [&](Node&) { return nvmlDeviceGetCount_v2(&number); });
}
void handle(benchmark::State& state) {
  nvmlDevice_t device = nullptr;
  read_call(state, [&](Node&) { return nvmlDeviceGetHandleByIndex_v2(7, &device); });
}
void mode(benchmark::State& state) {
  unsigned current = 0, pending = 0;
  read_call(state, [&](Node& node) { return nvmlDeviceGetMigMode(node.gpu, &current, &pending); });
}
void uuid(benchmark::State& state) {
  char text[96];
  read_call(state, [&](Node& node) { return nvmlDeviceGetUUID(node.mig, text, sizeof text); });
}
void attributes(benchmark::State& state) {
  nvmlDeviceAttributes_t out;
  read_call(state, [&](Node& node) { return nvmlDeviceGetAttributes_v2(node.mig, &out); });
}
void name(benchmark::State& state) {
  char text[96];
  read_call(state, [&](Node& node) { return nvmlDeviceGetName(node.mig, text, sizeof text); });
}
void mig_by_index(benchmark::State& state) {
  nvmlDevice_t device = nullptr;
  read_call(state,
            [&](Node& node) { return nvmlDeviceGetMigDeviceHandleByIndex(node.gpu, 0, &device); });
}
void memory(benchmark::State& state) {
  nvmlMemory_t out;
  read_call(state, [&](Node& node) { return nvmlDeviceGetMemoryInfo(node.mig, &out); });
}

bool cycle() {
  nvmlGpuInstance_t instances[8][7];
  nvmlComputeInstance_t computes[8][7];
  bool good = true;
  for (unsigned gpu = 0; gpu < 8; ++gpu) {
    nvmlDevice_t device = nullptr;
    good &= nvmlDeviceGetHandleByIndex_v2(gpu, &device) == NVML_SUCCESS;
    for (int i = 0; i < 7; ++i) {
      good &= nvmlDeviceCreateGpuInstance(device, 19, &instances[gpu][i]) == NVML_SUCCESS;
      good &= nvmlGpuInstanceCreateComputeInstance(instances[gpu][i], 0, &computes[gpu][i]) ==
              NVML_SUCCESS;
    }
  }
  for (unsigned gpu = 0; gpu < 8; ++gpu) {
    for (int i = 0; i < 7; ++i) {
      good &= nvmlComputeInstanceDestroy(computes[gpu][i]) == NVML_SUCCESS;
      good &= nvmlGpuInstanceDestroy(instances[gpu][i]) == NVML_SUCCESS;
    }
  }
  return good;
}

void create_and_destroy_8x7(benchmark::State& state) {
  Node node;
  for (auto _ : state) {
    if (!cycle()) state.SkipWithError("a call failed");
  }
  state.counters["budget_ratio"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 5e-3,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(count);
BENCHMARK(handle);
BENCHMARK(mode);
BENCHMARK(uuid);
BENCHMARK(attributes);
BENCHMARK(name);
BENCHMARK(mig_by_index);
BENCHMARK(memory);
BENCHMARK(create_and_destroy_8x7)->Unit(benchmark::kMillisecond);

}  // namespace
