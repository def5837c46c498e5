// plan/makespan/board.h — where may instances lie on one GPU, and which of them exclude which?
//
// Shapes. The windows of a GPU's profiles are nested: two of them are disjoint, or one contains the
//         other. So the places form a tree, larger above smaller; places with the same window (4g
//         and 3g at 0) stand above each other, more slices first. Place 0 is the GPU itself and is
//         no instance. At most 32 places.
// Limits. Plain profiles only: a media or graphics variant lies where the plain one does, and only
//         one of it may exist.
// Errors. kNotSupported for a geometry whose windows are not nested, or with other budgets (Thor).
#pragma once

#include <vector>

#include "base/result.h"
#include "mig/layout.h"

namespace septet::plan {

struct Place {
  const mig::GpuInstanceProfile* profile = nullptr;  // nullptr for the GPU itself
  mig::Placement at;
  unsigned above = 0;           // place 0 is above itself
  std::vector<unsigned> below;  // next smaller ones, by start
};

using Board = std::vector<Place>;  // what is above comes first

Result<Board> board_of(const mig::Geometry& geometry);
// Without the places that `keep` refuses; what was below them is below what was above them.
Board board_without(const Board& board, const std::vector<bool>& keep);

}  // namespace septet::plan
