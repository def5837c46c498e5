// plan/compact/places.h — layouts of one product as bits: what stays, goes and comes is then one
// instruction.
//
// Shapes. A *place* is a class of profiles that pack alike (fleet/fillings.h) at one start; a
//         PlaceSet has one bit for each; the products of the tables have at most 25.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "plan/fleet/fillings.h"

namespace septet::plan {

using PlaceSet = std::uint64_t;

inline std::size_t first_place(PlaceSet set) {
  return static_cast<std::size_t>(std::countr_zero(set));
}
inline PlaceSet without_first(PlaceSet set) { return set & (set - 1); }

// How many of each class, four bits for each: layouts are compared in one instruction.
using PackedCount = std::uint64_t;

inline bool has_all_of(PackedCount all, PackedCount some) {
  constexpr PackedCount kBorrows = 0x8888'8888'8888'8888;  // no count reaches 8
  return (((all | kBorrows) - some) & kBorrows) == kBorrows;
}

// To which nothing can be added.
struct FullLayout {
  PlaceSet places = 0;
  PackedCount count = 0;
};

class PlaceTable {
 public:
  // `geometry` must outlive it.
  explicit PlaceTable(const mig::Geometry& geometry);

  const mig::Geometry& geometry() const { return geometry_; }
  const std::vector<PackingClass>& classes() const { return classes_; }

  PlaceSet set_of(const std::vector<mig::Instance>& instances) const;
  std::size_t class_at(std::size_t place) const { return places_[place].of; }
  const mig::Placement& placement(std::size_t place) const { return places_[place].at; }
  // What may not stand beside it: it overlaps, or wants the same media engines.
  PlaceSet clashing(std::size_t place) const { return places_[place].clashing; }

  ClassCount count(PlaceSet set) const;
  PackedCount packed_count(PlaceSet set) const;
  ClassCount unpacked(PackedCount count) const;
  unsigned units(PlaceSet set) const;  // memory units
  // By start, of the classes' first profiles.
  std::vector<mig::Instance> instances(PlaceSet set) const;

  // All of them, by count.
  const std::vector<FullLayout>& full() const { return full_; }

 private:
  struct Place {
    std::size_t of = 0;
    mig::Placement at;
    PlaceSet clashing = 0;
  };
  void find_places();
  bool clash(const Place& a, const Place& b) const;

  const mig::Geometry& geometry_;
  std::vector<PackingClass> classes_;
  std::vector<Place> places_;
  std::vector<FullLayout> full_;
};

}  // namespace septet::plan
