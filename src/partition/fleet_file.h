// partition/fleet_file.h — reads the GPUs of a fleet that people wrote.
//
// Form.   fleet:
//           - product: h100-sxm5-80gb    # as septet products names it
//             gpus: 64
//             cost: 2.4                  # of each GPU that takes a workload: money, watts,
//             anything;
//                                        # 1 when not written; up to three decimals
//           - product: a100-80gb
//             gpus: 8
//             holds: [3g.40gb@4]         # on each of these: instances that stay where they are;
//                                        # cost is 0 when not written: the GPU is in use anyway
//             runs: [1g.10gb@0]          # and instances that may move, for septet plan --compact
//         workloads: ...                 # in the same file or another (partition/workload_file.h)
// Errors. kInvalidArgument with file, line and column; an unknown key or product is answered with
//         the nearest known.
#pragma once

#include "base/result.h"
#include "base/yaml.h"
#include "plan/fleet/fleet.h"

namespace septet::partition {

bool looks_like_fleet(const YamlDocument& document);
// Products and pools; the demands are left empty.
Result<plan::Fleet> read_fleet(const YamlDocument& document);

}  // namespace septet::partition
