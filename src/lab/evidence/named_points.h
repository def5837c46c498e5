// lab/evidence/named_points.h — the single measurements that the survey names
// (reference/performance/model.md, section 4), predicted by septet's own model.
//
// Among them the ones it gets wrong: they say where not to trust it.
#pragma once

#include <vector>

#include "lab/evidence/point.h"
#include "lab/evidence/slice_table.h"

namespace septet::lab::evidence {

struct NamedPoint {
  Point point;
  std::optional<double> stated_prediction;  // the survey's, in the point's unit
  std::string note;
};

// Those whose table is missing are left out: nullptr. What nos and NJIT published is in here.
std::vector<NamedPoint> named_points(const SliceTable* inference, const SliceTable* training);

}  // namespace septet::lab::evidence
