// partition/workload_terms.h — the keys of a workload that say where it may run, beside whom, and
// what goes first.
//
// Form.   products: [h100-sxm5-80gb, a100-80gb]  # as septet products names them; any when left out
//         priority: 10                # whole number, larger goes first; 0 when not written, and of
//                                     # equals the earlier in the file
//         anti-affinity: self         # no two of its replicas on one GPU; or a list of workloads
//         anti-affinity: [self, db]   # none of whose replicas shares a GPU with one of its own
// Errors. kInvalidArgument with file, line and column; an unknown product or workload is answered
//         with the nearest known.
#pragma once

#include <vector>

#include "base/yaml.h"
#include "plan/workload.h"

namespace septet::partition {

// After the other keys of the entry: what was measured on a product that is not allowed is dropped.
Result<> read_terms(const YamlDocument& document, const YAML::Node& entry,
                    plan::Workload& workload);

// Once all are read: does anti-affinity name workloads of the list that it can be kept to?
Result<> check_apart(const YamlDocument& document, const YAML::Node& list,
                     const std::vector<plan::Workload>& workloads);

}  // namespace septet::partition
