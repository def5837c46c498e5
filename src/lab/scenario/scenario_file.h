// lab/scenario/scenario_file.h — reads the question that `septet lab compare` answers.
//
// Form.   scenario: seven small services   # its name
//         about: one sentence
//         product: a100-80gb               # septet products
//         gpus: 8                          # at most
//         seconds: 10min                   # of the run, of which the first
//         warm-up: 60s                     # do not count
//         seed: 1
//         modes: [whole-gpu, time-slicing, mps, mps-percentages, mig, mig-mps]   # all when left
//         out tenants:
//           - name: detector
//             replicas: 7
//             kind: requests               # or training: steps, one after the other
//             work: {library: yolos-small} # work_file.h
//             memory: 1400MiB              # beside the CUDA context
//             to-device: 600KB             # over PCIe, per request
//             from-device: 4KB
//             arrivals: {poisson: 2.1/s}   # arrivals_file.h
//             active: [[0h, 3h]]           # parts of the run; always when left out
//             objective: 250ms             # p99 within it
//             profile: 1g.10gb             # under MIG; chosen when left out
//             thread-percentage: 14%       # under MPS with percentages
//         layouts: [[7 x 1g.10gb]]         # under MIG, one list per GPU; chosen when left out
//         changes: [{at: 8h, layouts: [[3g.40gb, 4g.40gb]], overhead: 180s}]
//         faults: [{at: 100s, fault: kernel-fault, tenant: detector}]
//         victim: detector                 # whose p99 with and without the others is told
//         losing-case: why MIG is expected to lose here
// Limits. 64 tenants, 256 replicas, 64 GPUs, 7 days, 5 million requests; base/yaml.h and base/csv.h
//         guard the rest.
// Errors. kInvalidArgument with FILE:LINE:COLUMN; an unknown word is answered with the nearest.
//         kNotSupported: a product of which the lab knows too little.
#pragma once

#include "lab/scenario/arrivals_file.h"
#include "lab/scenario/scenario.h"

namespace septet::lab {

// What the command line may say in place of the file.
struct ScenarioChanges {
  std::optional<double> seconds;
  std::optional<std::uint64_t> seed;
  std::vector<Mode> modes;  // empty: as the file says
};
Result<Scenario> read_scenario(const YamlDocument& document, const OpenTable& open,
                               const ScenarioChanges& changes);

}  // namespace septet::lab
