// simnvml/placement.h — a client's placement as the node's.
#pragma once

#include <cstdint>
#include <optional>

#include "mig/product.h"

namespace septet::simnvml {

// A number that is no placement of any board becomes one that no profile allows.
template <typename NvmlPlacement>
std::optional<mig::Placement> placement_of(const NvmlPlacement* at) {
  if (at == nullptr) return std::nullopt;
  if (at->start > 15 || at->size > 16) return mig::Placement{0xff, 0};
  return mig::Placement{static_cast<std::uint8_t>(at->start), static_cast<std::uint8_t>(at->size)};
}

}  // namespace septet::simnvml
