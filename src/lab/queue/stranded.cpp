#include "lab/queue/stranded.h"

#include <algorithm>
#include <bit>

namespace septet::lab::queue {

Stranded::Stranded(const plan::online::Shape& shape)
    : used_(shape.layouts(), 0), share_(shape.layouts(), 0) {
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    for (std::uint64_t held = shape.held(static_cast<plan::online::Shape::Layout>(layout));
         held != 0; held &= held - 1) {
      const auto window = static_cast<unsigned>(std::countr_zero(held));
      used_[layout] += shape.profile(shape.window(window).cls).slices;
    }
  }
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    const unsigned free = shape.geometry().slices - used_[layout];
    if (free == 0) continue;
    const std::uint64_t held = shape.held(static_cast<plan::online::Shape::Layout>(layout));
    unsigned most = used_[layout];
    for (unsigned other = 0; other < shape.layouts(); ++other) {
      const std::uint64_t more = shape.held(static_cast<plan::online::Shape::Layout>(other));
      if ((more & held) == held) most = std::max(most, used_[other]);
    }
    share_[layout] = static_cast<double>(shape.geometry().slices - most) / free;
  }
}

}  // namespace septet::lab::queue
