#include "plan/compact/places.h"

#include <algorithm>
#include <utility>

namespace septet::plan {

PlaceTable::PlaceTable(const mig::Geometry& geometry)
    : geometry_(geometry), classes_(packing_classes(geometry)) {
  find_places();
  const auto stands_for_class = [this](const mig::GpuInstanceProfile& profile) {
    return std::ranges::any_of(
        classes_, [&profile](const PackingClass& one) { return one.profiles.front() == &profile; });
  };
  for (const mig::Layout& layout : mig::layouts(geometry, stands_for_class, true)) {
    const PlaceSet set = set_of(layout.instances());
    full_.push_back({set, packed_count(set)});
  }
  std::ranges::sort(
      full_, {}, [](const FullLayout& layout) { return std::pair(layout.count, layout.places); });
}

void PlaceTable::find_places() {
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    const mig::GpuInstanceProfile& profile = *classes_[c].profiles.front();
    for (std::uint8_t start = 0; start < geometry_.units && start < 16; ++start) {
      const mig::Placement at{start, profile.size};
      if (mig::may_add(geometry_, {}, profile, at) == mig::Refusal::kNone)
        places_.push_back({c, at, 0});
    }
  }
  SEPTET_ASSERT(places_.size() <= 64 && 4 * classes_.size() <= 64);
  for (Place& place : places_) {
    for (std::size_t other = 0; other < places_.size(); ++other) {
      if (clash(place, places_[other])) place.clashing |= PlaceSet{1} << other;
    }
  }
}

bool PlaceTable::clash(const Place& a, const Place& b) const {
  mig::Occupancy taken;
  taken.add(*classes_[a.of].profiles.front(), a.at);
  return mig::may_add(geometry_, taken, *classes_[b.of].profiles.front(), b.at) !=
         mig::Refusal::kNone;
}

PlaceSet PlaceTable::set_of(const std::vector<mig::Instance>& instances) const {
  PlaceSet set = 0;
  for (const mig::Instance& instance : instances) {
    const std::size_t wanted = class_of(classes_, instance.profile);
    const auto place = std::ranges::find_if(
        places_, [&](const Place& one) { return one.of == wanted && one.at == instance.at; });
    SEPTET_ASSERT(place != places_.end());  // legal instances have a place
    set |= PlaceSet{1} << static_cast<unsigned>(place - places_.begin());
  }
  return set;
}

ClassCount PlaceTable::count(PlaceSet set) const {
  ClassCount count(classes_.size(), 0);
  for (; set != 0; set = without_first(set)) ++count[class_at(first_place(set))];
  return count;
}

PackedCount PlaceTable::packed_count(PlaceSet set) const {
  PackedCount count = 0;
  for (; set != 0; set = without_first(set))
    count += PackedCount{1} << 4 * class_at(first_place(set));
  return count;
}

ClassCount PlaceTable::unpacked(PackedCount count) const {
  ClassCount unpacked;
  for (std::size_t c = 0; c < classes_.size(); ++c)
    unpacked.push_back(static_cast<std::uint16_t>(count >> 4 * c & 15));
  return unpacked;
}

unsigned PlaceTable::units(PlaceSet set) const {
  unsigned units = 0;
  for (; set != 0; set = without_first(set)) units += placement(first_place(set)).size;
  return units;
}

std::vector<mig::Instance> PlaceTable::instances(PlaceSet set) const {
  std::vector<mig::Instance> found;
  for (; set != 0; set = without_first(set)) {
    const Place& place = places_[first_place(set)];
    found.push_back({classes_[place.of].profiles.front(), place.at});
  }
  std::ranges::sort(found, {}, [](const mig::Instance& instance) { return instance.at; });
  return found;
}

}  // namespace septet::plan
