// plan/place_search.h — the search behind place(): which wanted instance goes to which start.
//
// By ascending start, each layout of the multiset once; what is alike is one group. No other layout
// of the product is visited. The cost of a start is known beforehand, so a leaf costs an addition,
// and the room that is left is only counted for leaves that are otherwise as good as the best.
#pragma once

#include <optional>
#include <vector>

#include "mig/layout.h"

namespace septet::plan {

struct Gain {
  unsigned busy = 0, units = 0, steps = 0;  // in use and kept; memory units in place; steps saved
  friend auto operator<=>(const Gain&, const Gain&) = default;
};
inline Gain operator+(const Gain& a, const Gain& b) {
  return {a.busy + b.busy, a.units + b.units, a.steps + b.steps};
}

struct Group {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::uint16_t starts = 0;  // where it may go; one bit when the request fixes it
  unsigned count = 0;
  std::vector<Gain> gain;  // by start; empty: nothing anywhere
};

struct Fixture {  // an instance that stays whether it is wanted or not
  mig::Instance instance;
  Gain gain;  // when it serves no group
};

struct Chosen {
  mig::Placement at;
  std::size_t group = 0;
};

struct Places {
  std::vector<Chosen> chosen;  // one per wanted instance, by start
  Gain gain;
  unsigned room = 0;  // (profile, start) pairs left possible
};

// nullopt: no room.
std::optional<Places> search_places(const mig::Geometry& geometry, std::vector<Group> groups,
                                    const std::vector<Fixture>& fixtures);

}  // namespace septet::plan
