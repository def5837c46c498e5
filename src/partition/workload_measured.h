// partition/workload_measured.h — the keys of a workload that say what it reached and must reach.
//
// Form.   rate: 353                # items per second, all its instances together; or 353/s
//         latency: 400ms           # of one batch, waiting included; left out: any
//         latency-share: 45%       # of it that a measured latency may be; 100% when not written
//         measured:                # or a list of these, one per product
//           product: a100-80gb
//           training: false        # the model's exponent
//           fill-in: true          # profiles that were not measured may be modelled
//           file: resnet50.csv     # beside this file (measurement_file.h says which layouts), or
//           workload: bert         # of a file with several
//           rows:
//             - {profile: 1g.10gb, batch: 8, processes: 2, throughput: 370.6, latency: 43ms}
//             - {profile: 1g.10gb, batch: 64, throughput: 0}   # did not run there
#pragma once

#include "base/yaml.h"
#include "plan/workload.h"

namespace septet::partition {

Result<> read_objective(const YamlDocument& document, const YAML::Node& entry,
                        plan::Workload& workload);

}  // namespace septet::partition
