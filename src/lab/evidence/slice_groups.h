// lab/evidence/slice_groups.h — times on some slice sizes predicted from those on others, over a
// whole published table.
//
// The same points as the survey's (reference/performance/model.md, section 4), found by its counts:
//   two profiles    smallest measured and 7g -> the others; series of three sizes and more
//   three profiles  smallest, 3g and 7g -> the others; series of four sizes and more
//   leave one out   each size from all others; series of four sizes and more
//   by slices       t(7g) * 7 / slices -> every smaller size
// deepspeech2 of MISO's table is left out as there: its logs on one and two slices jump two to nine
// times without order. A line of its own shows what it does to the figures.
#pragma once

#include <vector>

#include "lab/evidence/point.h"
#include "lab/evidence/slice_table.h"

namespace septet::lab::evidence {

// `id` opens each group's: "parvagpu".
std::vector<Group> slice_groups(const SliceTable& table, const std::string& id);

}  // namespace septet::lab::evidence
