// plan/compact/reshapes.h — everything that one occupied GPU can be turned into, as far as it
// matters for the fleet.
//
// A reshape is a full layout around what stays. Of those that offer the same slots only the one
// that moves least is kept, and one that another beats in every respect is left out: some dozens
// remain, however many layouts the product has.
#pragma once

#include <vector>

#include "plan/compact/places.h"

namespace septet::plan {

// What GPUs of a product hold. The two sets are disjoint and together a legal layout.
struct Holding {
  PlaceSet stays = 0, may_move = 0;
  friend auto operator<=>(const Holding&, const Holding&) = default;
};

struct Reshape {
  PlaceSet target = 0;   // the whole layout afterwards, slots that nobody takes included
  ClassCount slots;      // for instances that may move, those that keep their place included
  unsigned moved = 0;    // memory units of the instances that leave their place
  unsigned waiting = 0;  // new slots that are free only when something has left
  bool used = true;      // false: the GPU is given back empty
};

// What a choice between reshapes may look at. Holdings whose reshapes are equal in this, in order,
// are interchangeable (1g@0 and 1g@1 on an otherwise empty GPU).
bool worth_less(const std::vector<Reshape>& a, const std::vector<Reshape>& b);  // orders them

// Never empty: staying as it is, or with more slots, is among them.
std::vector<Reshape> reshapes_of(const PlaceTable& places, const Holding& holding);

}  // namespace septet::plan
