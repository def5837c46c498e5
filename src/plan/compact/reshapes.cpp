#include "plan/compact/reshapes.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace septet::plan {

namespace {

auto worth(const Reshape& reshape) {
  return std::tie(reshape.slots, reshape.moved, reshape.waiting, reshape.used);
}

bool cheaper(const Reshape& a, const Reshape& b) {
  return std::tie(a.moved, a.waiting) < std::tie(b.moved, b.waiting);
}

bool beats(const Reshape& a, const Reshape& b) {
  if (a.used && !b.used) return false;
  if (cheaper(b, a)) return false;
  return std::ranges::equal(a.slots, b.slots,
                            [](std::uint16_t x, std::uint16_t y) { return x >= y; });
}

unsigned waiting_slots(const Places& places, PlaceSet arriving, PlaceSet leaving) {
  unsigned waiting = 0;
  for (; arriving != 0; arriving = without_first(arriving))
    waiting += (places.clashing(first_place(arriving)) & leaving) != 0 ? 1 : 0;
  return waiting;
}

}  // namespace

bool worth_less(const std::vector<Reshape>& a, const std::vector<Reshape>& b) {
  return std::ranges::lexicographical_compare(
      a, b, [](const Reshape& x, const Reshape& y) { return worth(x) < worth(y); });
}

std::vector<Reshape> reshapes_of(const Places& places, const Holding& holding) {
  std::map<ClassCount, Reshape> cheapest;
  const auto consider = [&](PlaceSet target, bool used) {
    const PlaceSet leaving = holding.may_move & ~target;
    const PlaceSet slots = target & ~holding.stays;
    Reshape reshape{target, places.count(slots), places.units(leaving),
                    waiting_slots(places, slots & ~holding.may_move, leaving), used};
    const auto [known, added] = cheapest.try_emplace(reshape.slots, reshape);
    if (!added && cheaper(reshape, known->second)) known->second = std::move(reshape);
  };
  for (const PlaceSet full : places.full()) {
    if ((full & holding.stays) == holding.stays) consider(full, true);
  }
  if (holding.stays == 0) consider(0, false);
  std::vector<Reshape> kept;
  for (const auto& [slots, reshape] : cheapest) {
    const bool beaten = std::ranges::any_of(cheapest, [&](const auto& other) {
      return other.first != slots && beats(other.second, reshape);
    });
    if (!beaten) kept.push_back(reshape);
  }
  return kept;  // by slots, which all differ
}

}  // namespace septet::plan
