// plan/online/shape.h — everything that one GPU of a product can look like while instances come
// and go, as tables: which windows there are, which are free, what each change makes of it.
//
// Class.  A profile that requests ask for; 0 is the smallest (by memory units, then slices).
// Window. One (class, start). Windows of a class are consecutive, by start; at most 64 in all.
// Layout. A legal set of windows, numbered in a fixed order; 0 is the empty GPU. The plain and
//         double-memory profiles of a 7-slice board make 18 windows, 723 layouts and 192 masks.
//         Budgets (+me, +gfx) are part of a layout, so profiles with budgets may be classes too.
// Cost.   Built once per geometry in a few milliseconds; then every question is one load.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "mig/layout.h"

namespace septet::plan::online {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;
// Plain and double-memory profiles, smallest first.
Profiles plain_profiles(const mig::Geometry& geometry);
// Everything the geometry lists (+me, -me, +gfx too), smallest first.
Profiles every_profile(const mig::Geometry& geometry);

class Shape {
 public:
  using Layout = std::uint16_t;
  static constexpr Layout kNone = 0xffff;  // the change is not possible

  struct Window {
    std::uint8_t cls = 0;
    mig::Placement at;
  };

  // `profiles` are the classes, in this order: rows of `geometry`, which outlives the Shape.
  Shape(const mig::Geometry& geometry, Profiles profiles);

  const mig::Geometry& geometry() const { return *geometry_; }
  unsigned units() const { return geometry_->units; }

  unsigned classes() const { return static_cast<unsigned>(profiles_.size()); }
  const mig::GpuInstanceProfile& profile(unsigned cls) const { return *profiles_[cls]; }
  unsigned class_units(unsigned cls) const { return profiles_[cls]->size; }
  // Bit w set <=> window w is of that class.
  std::uint64_t windows_of(unsigned cls) const { return class_windows_[cls]; }

  unsigned windows() const { return static_cast<unsigned>(windows_.size()); }
  const Window& window(unsigned number) const { return windows_[number]; }
  std::uint16_t window_mask(unsigned number) const { return windows_[number].at.mask(); }

  unsigned layouts() const { return static_cast<unsigned>(held_.size()); }
  std::uint64_t held(Layout layout) const { return held_[layout]; }  // windows, as bits
  std::uint64_t fits(Layout layout) const { return fits_[layout]; }  // those that may be added
  std::uint64_t fits(Layout layout, unsigned cls) const {
    return fits_[layout] & class_windows_[cls];
  }
  std::uint16_t mask(Layout layout) const { return masks_[layout]; }  // memory units taken
  unsigned taken_units(Layout layout) const {
    return static_cast<unsigned>(std::popcount(masks_[layout]));
  }
  unsigned free_units(Layout layout) const { return units() - taken_units(layout); }
  // How many instances of a class are there, and how many more could be added.
  unsigned count(Layout layout, unsigned cls) const {
    return static_cast<unsigned>(std::popcount(held_[layout] & class_windows_[cls]));
  }
  unsigned remaining(Layout layout, unsigned cls) const {
    return remaining_[layout * classes() + cls];
  }
  // kNone: the window is not free, or not there.
  Layout added(Layout layout, unsigned window) const { return added_[layout * windows() + window]; }
  Layout removed(Layout layout, unsigned window) const {
    return removed_[layout * windows() + window];
  }
  // kNone: no such layout.
  Layout find(std::uint64_t held) const;
  unsigned distinct_masks() const { return distinct_masks_; }

 private:
  void number_windows();
  void number_layouts();
  void fill_tables();
  mig::Occupancy occupancy(Layout layout) const;

  const mig::Geometry* geometry_;
  Profiles profiles_;
  std::vector<std::uint64_t> class_windows_;
  std::vector<Window> windows_;
  std::vector<std::uint64_t> held_, fits_;
  std::vector<std::uint16_t> masks_;
  std::vector<std::uint8_t> remaining_;
  std::vector<Layout> added_, removed_;
  std::vector<std::pair<std::uint64_t, Layout>> by_held_;  // sorted
  unsigned distinct_masks_ = 0;
};

}  // namespace septet::plan::online
