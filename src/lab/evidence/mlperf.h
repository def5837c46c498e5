// lab/evidence/mlperf.h — what MLPerf Inference's audited logs say of MIG: one slice against the
// whole GPU, and one slice alone against the same slice with all others busy.
//
// No fit: one slice is predicted as the whole GPU times its share of the SMs, a busy neighbourhood
// as model/gpu.h's residual. The 3d-unet-99.9 rows repeat 3d-unet-99 and are not counted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lab/evidence/point.h"

namespace septet::lab::evidence {

// Offline scenario, valid runs.
struct MlperfRow {
  std::string round, organization, system, model;
  double samples_per_second = 0;
};

std::vector<Group> mlperf_groups(std::span<const MlperfRow> rows);

}  // namespace septet::lab::evidence
