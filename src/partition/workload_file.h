// partition/workload_file.h — reads a list of workloads that people wrote.
//
// Form.   workloads:                     # of equal priority the earlier goes first
//           - name: chat-7b              # letters, digits, '-', '_', '.', '/'
//             replicas: 3                # 1 when not written
//             memory: 14GiB              # GiB, MiB, TiB (1024) or GB, MB, TB (1000)
//             compute: 30%               # of the SMs of a whole GPU; or sms: 40; or slices: 2
//             media: true                # video decoder, JPEG and optical flow; or {decoders: 2,
//             jpeg: 1}
//           - name: batch
//             profile: 3g.40gb           # instead of needs
//           - name: resnet50             # measured: as many instances as its rate takes
//             rate: 353                  # workload_measured.h has the keys
//             latency: 6434ms
//             measured: {product: a100-80gb, file: resnet50.csv}
//           - name: gateway              # where, beside whom, what first: workload_terms.h
//             memory: 8GiB
//             replicas: 4
//             products: [h100-sxm5-80gb, a100-80gb]
//             priority: 10
//             anti-affinity: [self, chat-7b]
// Errors. kInvalidArgument with file, line and column; an unknown key is answered with the nearest
// known.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "plan/workload.h"

namespace septet::partition {

bool looks_like_workloads(const YamlDocument& document);
// A file may list a fleet beside its workloads (partition/fleet_file.h); then more replicas are
// allowed.
Result<std::vector<plan::Workload>> read_workloads(const YamlDocument& document);

// The needs alone (memory, compute, sms, slices, media) of a map, at least one, as a workload
// without a name; complaints call it `name`. Other keys are the caller's.
Result<plan::Workload> read_needs(const YamlDocument& document, const YAML::Node& entry,
                                  std::string name);

}  // namespace septet::partition
