// lab/queue/stranded.h — slices of a GPU that are free and yet of no use, by layout.
//
// share = (free - most that still fits) / free, in compute slices; 0 when none is free.
// Source. MIGBench's "stranded capacity", on the geometry of the hardware: a GPU with 3g at 0 and
//         at 4 has one free slice, and nothing fits.
#pragma once

#include <vector>

#include "plan/online/shape.h"

namespace septet::lab::queue {

class Stranded {
 public:
  explicit Stranded(const plan::online::Shape& shape);
  unsigned used(plan::online::Shape::Layout layout) const { return used_[layout]; }  // slices
  double share(plan::online::Shape::Layout layout) const { return share_[layout]; }

 private:
  std::vector<unsigned> used_;
  std::vector<double> share_;
};

}  // namespace septet::lab::queue
