// partition/deployment_file.h — reads what runs where now, and what shall run where.
//
// Form.   deployment:                  # GPU after GPU; both files list the same GPUs in one order
//           - product: a100-80gb       # as septet products names it
//             name: node1 GPU 0        # "GPU 0", by its place in the list, when not written
//             gpus: 1                  # so many alike
//             runs:                    # in which instance which service; nothing: a GPU to spare
//               3g.40gb@0: chat
//               3g.40gb@4: idle        # an instance that nobody uses
//         services:                    # in either file; what the second says of a service counts
//           chat:
//             gives: {3g.40gb: 110, 7g.80gb: 260}   # items per second in an instance; where none
//                                      # is written, every instance it runs in counts as 1
//             floor: 200               # never less; when not written, the less of what the two
//                                      # deployments give
//             load: 12.5               # seconds until a new replica serves; 0 when not written
// Errors. kInvalidArgument with file, line and column; an unknown key, product or profile is
//         answered with the nearest known.
#pragma once

#include "base/result.h"
#include "base/yaml.h"
#include "plan/transition/deployment.h"

namespace septet::partition {

// `spares` empty GPUs of the first one's product are added at the end.
Result<plan::TransitionProblem> read_transition(const YamlDocument& from, const YamlDocument& to,
                                                unsigned spares);

}  // namespace septet::partition
