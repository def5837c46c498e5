#include "plan/compact/reshapes.h"

#include <algorithm>
#include <tuple>

namespace septet::plan {

namespace {

auto worth(const Reshape& reshape) {
  return std::tie(reshape.slots, reshape.moved, reshape.waiting, reshape.used);
}

// A reshape without the lists.
struct ReshapeCandidate {
  PlaceSet target = 0;
  PackedCount slots = 0;
  unsigned moved = 0, waiting = 0;
  bool used = true;
};

bool cheaper(const ReshapeCandidate& a, const ReshapeCandidate& b) {
  return std::tie(a.moved, a.waiting) < std::tie(b.moved, b.waiting);
}

bool beats(const ReshapeCandidate& a, const ReshapeCandidate& b) {
  if (a.used && !b.used) return false;
  return !cheaper(b, a) && has_all_of(a.slots, b.slots);
}

unsigned waiting_slots(const PlaceTable& places, PlaceSet arriving, PlaceSet leaving) {
  unsigned waiting = 0;
  for (; arriving != 0; arriving = without_first(arriving))
    waiting += (places.clashing(first_place(arriving)) & leaving) != 0 ? 1 : 0;
  return waiting;
}

// By slots: of those that offer the same the cheapest.
std::vector<ReshapeCandidate> candidates_of(const PlaceTable& places, const Holding& holding) {
  std::vector<ReshapeCandidate> candidates;
  if (holding.stays == 0) candidates.push_back({0, 0, places.units(holding.may_move), 0, false});
  const PackedCount stays = places.packed_count(holding.stays);
  for (const FullLayout& full : places.full()) {
    if ((full.places & holding.stays) != holding.stays) continue;
    const PlaceSet leaving = holding.may_move & ~full.places;
    const PlaceSet arriving = full.places & ~(holding.stays | holding.may_move);
    const ReshapeCandidate one{full.places, full.count - stays, places.units(leaving),
                               waiting_slots(places, arriving, leaving), true};
    if (candidates.empty() || candidates.back().slots != one.slots || !candidates.back().used)
      candidates.push_back(one);
    else if (cheaper(one, candidates.back()))
      candidates.back() = one;
  }
  return candidates;
}

}  // namespace

bool worth_less(const std::vector<Reshape>& a, const std::vector<Reshape>& b) {
  return std::ranges::lexicographical_compare(
      a, b, [](const Reshape& x, const Reshape& y) { return worth(x) < worth(y); });
}

std::vector<Reshape> reshapes_of(const PlaceTable& places, const Holding& holding) {
  const std::vector<ReshapeCandidate> candidates = candidates_of(places, holding);
  std::vector<Reshape> kept;
  for (const ReshapeCandidate& one : candidates) {
    const bool beaten = std::ranges::any_of(candidates, [&](const ReshapeCandidate& other) {
      return other.slots != one.slots && beats(other, one);
    });
    if (!beaten)
      kept.push_back({one.target, places.unpacked(one.slots), one.moved, one.waiting, one.used});
  }
  return kept;  // by slots, which all differ
}

}  // namespace septet::plan
