#include "plan/serve/cover.h"

#include <algorithm>
#include <limits>

#include "base/result.h"

namespace septet::plan {

namespace {

__extension__ using Wide = __int128;  // need times price passes 64 bits

constexpr unsigned kMostNodes = 4000;       // of the search for the cheapest
constexpr unsigned kMostLooks = 1'000'000;  // of the list of all
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t ceil_divide(Wide number, std::int64_t by) {
  return static_cast<std::int64_t>((number + by - 1) / by);
}

struct Kind {
  std::size_t slot = 0;
  std::int64_t gives = 0, price = 0;
};

// Cheapest per item first; of equals the larger first, which leaves fewer combinations.
std::vector<Kind> by_efficiency(const ServiceDemand& demand, const SlotPrices& prices,
                                std::size_t slots) {
  std::vector<Kind> kinds;
  kinds.reserve(slots);
  for (std::size_t s = 0; s < slots; ++s) {
    if (demand.gives[s] > 0) kinds.push_back({s, demand.gives[s], prices[s]});
  }
  SEPTET_ASSERT(!kinds.empty());
  std::ranges::sort(kinds, [](const Kind& a, const Kind& b) {
    const Wide left = static_cast<Wide>(a.price) * b.gives;
    const Wide right = static_cast<Wide>(b.price) * a.gives;
    return left != right ? left < right : a.gives > b.gives;
  });
  return kinds;
}

class CoverSearch {
 public:
  CoverSearch(std::vector<Kind> kinds, std::int64_t need) : kinds_(std::move(kinds)), need_(need) {
    best_.price = kNever;
  }

  Cover run() {
    go(0, need_, 0);
    best_.exact = nodes_ <= kMostNodes;
    best_.bound = best_.exact ? best_.price : least(0, need_);
    return best_;
  }

 private:
  // Parts of instances allowed; prices are whole, so it may be rounded up.
  std::int64_t least(std::size_t kind, std::int64_t rest) const {
    return ceil_divide(static_cast<Wide>(rest) * kinds_[kind].price, kinds_[kind].gives);
  }

  void go(std::size_t kind, std::int64_t rest, std::int64_t price) {
    if (rest <= 0) {
      if (price < best_.price) {
        best_.price = price;
        best_.uses = uses_;
      }
      return;
    }
    if (kind == kinds_.size() || ++nodes_ > kMostNodes) return;
    const Kind& one = kinds_[kind];
    const std::int64_t most = (rest + one.gives - 1) / one.gives;
    for (std::int64_t count = most; count >= 0 && nodes_ <= kMostNodes; --count) {
      const std::int64_t left = rest - count * one.gives;
      const std::int64_t cost = price + count * one.price;
      const bool last = kind + 1 == kinds_.size();
      if (left > 0 && (last || cost + least(kind + 1, left) >= best_.price)) break;
      uses_[one.slot] = static_cast<std::int32_t>(count);
      if (left > 0 || cost < best_.price) go(kind + 1, left, cost);
    }
    uses_[one.slot] = 0;
  }

  const std::vector<Kind> kinds_;
  const std::int64_t need_;
  SlotCounts uses_{};
  Cover best_;
  unsigned nodes_ = 0;
};

class CoverList {
 public:
  CoverList(std::vector<Kind> kinds, std::int64_t most, std::size_t limit)
      : kinds_(std::move(kinds)), most_(most), limit_(limit) {}

  std::vector<Cover> run(std::int64_t need) {
    go(0, need, 0, kNever);
    if (too_many()) found_.clear();
    return std::move(found_);
  }

 private:
  bool too_many() { return found_.size() > limit_ || nodes_ > kMostLooks; }

  // `smallest` is the least that an instance taken so far gives.
  void go(std::size_t kind, std::int64_t rest, std::int64_t price, std::int64_t smallest) {
    ++nodes_;
    if (rest <= 0) {
      const bool spare = rest + smallest <= 0;  // one could be taken away
      if (!spare) found_.push_back({uses_, price, price, true});
      return;
    }
    if (kind == kinds_.size()) return;
    const Kind& one = kinds_[kind];
    std::int64_t most = (rest + one.gives - 1) / one.gives;
    if (one.price > 0) most = std::min(most, (most_ - price) / one.price);
    for (std::int64_t count = most; count >= 0 && !too_many(); --count) {
      const std::int64_t left = rest - count * one.gives;
      const std::int64_t cost = price + count * one.price;
      if (left > 0) {
        if (kind + 1 == kinds_.size()) break;
        const Kind& next = kinds_[kind + 1];
        if (cost + ceil_divide(static_cast<Wide>(left) * next.price, next.gives) > most_) break;
      }
      uses_[one.slot] = static_cast<std::int32_t>(count);
      go(kind + 1, left, cost, count > 0 ? std::min(smallest, one.gives) : smallest);
    }
    uses_[one.slot] = 0;
  }

  const std::vector<Kind> kinds_;
  const std::int64_t most_;
  const std::size_t limit_;
  SlotCounts uses_{};
  std::vector<Cover> found_;
  unsigned nodes_ = 0;
};

}  // namespace

Cover cheapest_cover(const ServiceDemand& demand, const SlotPrices& prices, std::size_t slots) {
  SEPTET_ASSERT(demand.need > 0 && demand.need <= kMostNeed);
  return CoverSearch(by_efficiency(demand, prices, slots), demand.need).run();
}

std::size_t best_slot(const ServiceDemand& demand, const SlotPrices& prices, std::size_t slots) {
  return by_efficiency(demand, prices, slots).front().slot;
}

std::int64_t fractional_price(const ServiceDemand& demand, const SlotPrices& prices,
                              std::size_t slots) {
  const std::size_t slot = best_slot(demand, prices, slots);
  return ceil_divide(static_cast<Wide>(demand.need) * prices[slot], demand.gives[slot]);
}

std::vector<Cover> covers_within(const ServiceDemand& demand, const SlotPrices& prices,
                                 std::size_t slots, std::int64_t most, std::size_t limit) {
  return CoverList(by_efficiency(demand, prices, slots), most, limit).run(demand.need);
}

bool covers(const ServiceDemand& demand, const SlotCounts& uses, std::size_t slots) {
  Wide given = 0;
  for (std::size_t s = 0; s < slots; ++s) given += static_cast<Wide>(uses[s]) * demand.gives[s];
  return given >= demand.need;
}

}  // namespace septet::plan
