#include "driver/simulated/state_checksum.h"

#include <cstddef>

#include "driver/simulated/checksum.h"

namespace septet::driver::simulated {

namespace {

// Seeded with the sum so far and the entry's place, so that no two entries can trade places.
template <typename Entry>
std::uint64_t chained(const Entry& entry, std::uint64_t place, std::uint64_t sum) {
  return checksum(&entry, sizeof entry, sum + place + 1);
}

}  // namespace

std::uint64_t state_checksum(const NodeState& state, std::uint32_t gpu_count,
                             std::uint64_t generation) {
  std::uint64_t sum = checksum(&state, offsetof(NodeState, processes), generation);
  for (std::uint64_t i = 0; i < kMaxProcesses; ++i) {
    if (state.processes[i].pid != 0) sum = chained(state.processes[i], i, sum);
  }
  for (std::uint32_t i = 0; i < gpu_count; ++i) {
    const GpuState& gpu = state.gpus[i];
    sum = checksum(&gpu, offsetof(GpuState, instances), sum);
    for (std::uint64_t gi = 0; gi < kMaxGpuInstances; ++gi) {
      if (gpu.instances[gi].stamp != 0) sum = chained(gpu.instances[gi], gi, sum);
    }
  }
  return sum;
}

}  // namespace septet::driver::simulated
