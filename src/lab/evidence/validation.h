// lab/evidence/validation.h — everything that was published and can be held against the model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/evidence/mlperf.h"
#include "lab/evidence/named_points.h"
#include "lab/evidence/slice_table.h"

namespace septet::lab::evidence {

struct Published {
  std::optional<SliceTable> inference;  // ParvaGPU
  std::optional<SliceTable> training;   // MISO
  std::vector<MlperfRow> mlperf;        // empty: not read
};

// Products whose per-slice times nobody published.
struct NeverMeasured {
  std::string product;
  std::string why;
};

struct Validation {
  std::vector<Group> groups;
  std::vector<NamedPoint> named;
  std::vector<NeverMeasured> never_measured;

  bool all_hold() const;  // no group is worse than what is stated of it
};

Validation validate(const Published& published);

}  // namespace septet::lab::evidence
