// plan/fleet/slot_worth.h — what the slots of a GPU are worth when every replica pays its demand's
// price, and those of some demands may be on a GPU once only.
//
// A slot is worth the dearest replica that may take it. Of a demand whose replicas keep apart, one
// slot of a GPU can be paid at most: which one is an assignment, solved exactly (a GPU has few
// slots). With price 1 for some demands and 0 for the others it counts how many of those a GPU
// carries.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "plan/fleet/price_bound.h"

namespace septet::plan {

class SlotWorth {
 public:
  // A price >= 0 for every demand.
  SlotWorth(const Fleet& fleet, const FleetFillings& fillings,
            const std::vector<std::int64_t>& prices);

  std::int64_t of(std::size_t product, const ClassCount& slots);  // remembers what it found

 private:
  struct Once {
    std::int64_t price = 0;
    std::vector<bool> does;  // by class
  };
  struct OfProduct {
    std::vector<std::int64_t> shared;  // by class: of demands that may share a GPU with themselves
    std::vector<Once> once;            // the dearest first
  };
  static std::int64_t once_gain(const OfProduct& here, const ClassCount& slots);

  std::vector<OfProduct> products_;
  std::map<std::pair<std::size_t, ClassCount>, std::int64_t> once_;
};

}  // namespace septet::plan
