#include "plan/serve/slots.h"

#include <algorithm>
#include <map>

#include "plan/place.h"

namespace septet::plan {

namespace {

bool only(const SlotCounts& counts, std::size_t slot) {
  for (std::size_t s = 0; s < kMostSlots; ++s) {
    if (s != slot && counts[s] != 0) return false;
  }
  return counts[slot] > 0;
}

}  // namespace

bool SlotTable::contains(const SlotCounts& whole, const SlotCounts& part) const {
  for (std::size_t s = 0; s < slots.size(); ++s) {
    if (whole[s] < part[s]) return false;
  }
  return true;
}

SlotTable slot_table(const mig::Geometry& geometry,
                     std::vector<const mig::GpuInstanceProfile*> profiles) {
  SEPTET_ASSERT(profiles.size() <= kMostSlots);
  SlotTable table{&geometry, std::move(profiles), {}};
  const auto slot_of = [&table](const mig::GpuInstanceProfile& profile) {
    return static_cast<std::size_t>(std::ranges::find(table.slots, &profile) - table.slots.begin());
  };
  std::map<SlotCounts, std::pair<unsigned, mig::Layout>> roomiest;
  mig::visit_layouts(
      geometry, [&](const auto& profile) { return slot_of(profile) < table.size(); },
      [&](const mig::Layout& layout) {
        SlotCounts counts{};
        for (const mig::Instance& one : layout.instances()) ++counts[slot_of(*one.profile)];
        const unsigned room = room_left(geometry, layout);
        const auto [at, added] = roomiest.try_emplace(counts, room, layout);
        if (!added && room > at->second.first) at->second = {room, layout};
      });
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    SlotColumn best;
    for (const auto& [counts, found] : roomiest) {
      if (only(counts, slot) && counts[slot] > best.holds[slot]) best = {counts, found.second};
    }
    SEPTET_ASSERT(best.holds[slot] > 0);  // every profile of a geometry has a start
    table.columns.push_back(std::move(best));
  }
  for (const auto& [counts, found] : roomiest) {
    const bool dominated = std::ranges::any_of(roomiest, [&](const auto& other) {
      return other.first != counts && table.contains(other.first, counts);
    });
    const auto single = std::ranges::find(table.columns, counts, &SlotColumn::holds);
    if (!dominated && single == table.columns.end())
      table.columns.push_back({counts, found.second});
  }
  return table;
}

}  // namespace septet::plan
