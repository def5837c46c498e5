// lab/queue/migbench_world.h — MIGBench's saturated workload, as its configuration describes it.
//
// Source. github.com/FouoF/MIG-scheduler-benchmark, experiment.example.yaml and
//         experiment.control-plane.saturated.yaml at 72a3905, generator at 802523b (no licence:
//         numbers only, nothing copied; the draws are ours): 8 H100-80GB, 500 jobs, Poisson
//         arrivals whose rate follows from the drawn work for an offered load of 1.40, lengths
//         lognormal of median 600 s, sigma 0.8; an instance takes 0.25 s to make and 0.1 s to
//         remove.
#pragma once

#include <cstdint>

#include "lab/queue/slice_queue.h"

namespace septet::lab::queue {

inline constexpr const char* kMigBenchProduct = "h100-sxm5-80gb";

enum class MigBenchMix : std::uint8_t {
  kSixProfiles,  // 1g 35, 1g with 20 GB 10, 2g 25, 3g 15, 4g 10, 7g 5
  kControlPlane  // 1g 35, 2g 25, 3g 25, 7g 5: of the published run on real control planes
};

struct MigBenchSize {
  unsigned gpus = 8;
  std::size_t jobs = 500;
  double load = 1.40;
};

Result<SliceWorld> migbench_world(MigBenchMix mix, std::uint64_t seed, const MigBenchSize& size);

}  // namespace septet::lab::queue
