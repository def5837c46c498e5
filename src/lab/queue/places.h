// lab/queue/places.h — where the instances of one GPU may lie, numbered, for the queueing worlds.
//
// Shapes. Plain profiles only (five on 7-slice boards), in the order of their slices; at most
//         kMostProfiles. A place is (profile, start): 14 on 7-slice boards, by start, larger
//         profiles first. Places that do not overlap are a legal layout, and the other way round
//         (tests visit all 298).
// Errors. kNotSupported: a geometry with other budgets (Thor), more profiles or more units.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/layout.h"

namespace septet::lab::queue {

inline constexpr std::size_t kMostProfiles = 6;
inline constexpr int kNowhere = -1;

struct Place {
  std::uint8_t profile = 0;  // into Places::profiles
  mig::Placement at;
};

struct Places {
  std::vector<const mig::GpuInstanceProfile*> profiles;
  std::vector<Place> all;
  unsigned units = 0, slices = 0;

  bool overlap(int a, int b) const {
    return all[static_cast<std::size_t>(a)].at.overlaps(all[static_cast<std::size_t>(b)].at);
  }
  unsigned slices_of(int place) const {
    return profiles[all[static_cast<std::size_t>(place)].profile]->slices;
  }
  int find(const mig::Instance& instance) const;  // kNowhere: not a plain profile
  std::string text(int place) const;              // "3g.20gb@4"
};

Result<Places> places_of(const mig::Geometry& geometry);

}  // namespace septet::lab::queue
