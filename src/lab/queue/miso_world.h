// lab/queue/miso_world.h — MISO's 100 jobs with the speeds its authors measured, as a World.
//
// Data.   data/miso of the reference data, from github.com/boringlee24/socc22-miso @ 39b1ee6
//         (SoCC'22, MIT): seconds per training step and slice count, model of each job, lengths.
// Meaning, as upstream's run.py, exp_full.py and simulator use the files:
//         trace_100.json   lengths in seconds on the whole GPU (mean 770, median 245): the default
//         exp_100.json     other lengths for the same jobs (simulator, --exp_trace; mean 3,122)
//         arrivals         are in no file: jobs come in an order shuffled by a seed; gaps are
//                          Poisson numbers of mean 30 s for the first third, then 60 s
//         cluster          8 A100-40GB; 100 jobs
// Limits. 1g.10gb (double memory) was not measured and is not used.
#pragma once

#include <cstdint>
#include <span>

#include "base/csv.h"
#include "base/yaml.h"
#include "lab/queue/world.h"
#include "plan/makespan/call_seconds.h"

namespace septet::lab::queue {

inline constexpr const char* kMisoProduct = "a100-40gb";
inline constexpr unsigned kMisoGpus = 8;

struct MisoData {
  const mig::Product* product = nullptr;
  std::vector<TrainingJob> jobs;  // in the order of the files; nobody has arrived yet
};

// `steps`: workload, batch, gslices, mean_iter_s, ...; `models` and `lengths`: maps of job number
// to "transformer_train32" and to seconds. kInvalidArgument names the file, line and column.
Result<MisoData> read_miso(const CsvTable& steps, const YamlDocument& models,
                           const YamlDocument& lengths);

// Jobs with arrivals of `seed`, with the driver's calls as FAR's authors measured them.
// Seed 0: the order and gaps that upstream's generator gives for its default seed (1), recorded.
Result<World> miso_world(const MisoData& data, std::uint64_t seed, unsigned gpus);

// Other jobs of the measured models: `count`, with lognormal lengths of this median and sigma.
// What policies are tuned on, so that they are not tuned on MISO's trace.
Result<World> tuning_world(const MisoData& data, std::uint64_t seed, unsigned gpus,
                           std::size_t count, double median, double sigma);

}  // namespace septet::lab::queue
