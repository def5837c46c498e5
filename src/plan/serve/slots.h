// plan/serve/slots.h — what one GPU of a product can hold, counted by profile.
//
// A *slot* is a profile that somebody may use; a *column* is a multiset of slots with a legal
// layout. Only columns that no other contains are kept, and one per slot that holds nothing else
// (a basis to start from): 12 + 5 of the 298 layouts of a seven-slice board with five profiles.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mig/layout.h"

namespace septet::plan {

inline constexpr std::size_t kMostSlots = 16;  // profiles in one question; products have 4 to 12
using SlotCounts = std::array<std::int32_t, kMostSlots>;

struct SlotColumn {
  SlotCounts holds{};
  mig::Layout layout;  // one that holds exactly this; of several the roomiest
};

struct SlotTable {
  const mig::Geometry* geometry = nullptr;
  std::vector<const mig::GpuInstanceProfile*> slots;  // at most kMostSlots
  std::vector<SlotColumn> columns;                    // [0, slots): the one of that slot alone

  std::size_t size() const { return slots.size(); }
  bool contains(const SlotCounts& whole, const SlotCounts& part) const;
};

// Slots in the order of `profiles`, which are of `geometry`, each once.
SlotTable slot_table(const mig::Geometry& geometry,
                     std::vector<const mig::GpuInstanceProfile*> profiles);

}  // namespace septet::plan
