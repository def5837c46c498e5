// lab/evidence/process_groups.h — several processes in one instance under MPS, predicted from runs
// of one process, over a whole published table.
//
// The weak spot of any such prediction: a process that waits for its host hides how long its
// kernels take, so its time alone does not say what n of them take. One MPS run tells.
#pragma once

#include <vector>

#include "lab/evidence/point.h"
#include "lab/evidence/slice_table.h"

namespace septet::lab::evidence {

// Empty if the table has no such runs. `id` opens each group's: "parvagpu".
std::vector<Group> process_groups(const SliceTable& table, const std::string& id);

}  // namespace septet::lab::evidence
