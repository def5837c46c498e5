// metrics/free_space.h — what is free on a GPU, what of it is of no use now, and what still fits.
//
// Units. Compute slices and memory units (mig/product.h).
// Pure; some microseconds per GPU.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mig/layout.h"
#include "mig/node.h"

namespace septet::metrics {

struct ProfileFit {
  const mig::GpuInstanceProfile* profile = nullptr;  // into the geometry
  unsigned more = 0;         // how many more in the best case (nvidia-smi's "Free")
  std::uint16_t starts = 0;  // bit i set <=> one may start at memory unit i now
};

struct FreeSpace {
  unsigned compute_slices = 0, memory_units = 0;  // of the GPU
  unsigned free_slices = 0, free_units = 0;
  // Free, and nothing that can be placed now reaches them: memory units one by one (bit i is unit
  // i); of the compute slices those beyond the most that further instances could have together.
  unsigned stranded_slices = 0;
  std::uint16_t stranded_units = 0;
  std::vector<ProfileFit> fits;  // every profile, in the geometry's order
  // 0: the free room is worth as much as its size; 1: nothing fits that has the size to. Over the
  // classic profiles p, weighted by their slices: 1 - sum(more of p) / sum(most of p that as many
  // free units and slices could be, were they in one piece). 0 on a full GPU.
  double fragmentation = 0;
};
FreeSpace free_space(const mig::Geometry& geometry, const mig::Layout& layout);

// nullopt: not partitioned (MIG off or not there), unreadable, or not a layout that we know.
std::optional<FreeSpace> free_space(const mig::Gpu& gpu);

}  // namespace septet::metrics
