#include "verify/cheaper_cover.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace septet::verify {

namespace {

struct PartCover {
  Whole given = 0, paid = 0;
  Whole copies = 0;  // of the option that is being added
};

Whole ceiling(Whole number, Whole by) { return (number + by - 1) / by; }

class CoverSieve {
 public:
  CoverSieve(Whole need, std::vector<PricedOption> options, Whole claimed, std::size_t& steps)
      : need_(need), options_(std::move(options)), claimed_(claimed), steps_(steps) {}

  CheaperCover run() {
    // Cheapest per item in front; of equals the smaller, which fills a rest with less waste.
    std::ranges::sort(options_, [](const PricedOption& a, const PricedOption& b) {
      const Whole left = a.price * b.gives, right = b.price * a.gives;
      return left != right ? left < right : a.gives < b.gives;
    });
    std::vector<PartCover> parts(1);
    fill(parts);
    // From here on claimed_ is at most what the first option alone costs, so products have room.
    for (std::size_t option = options_.size(); option-- > 1 && !found_;) {
      if (!extend(parts, options_[option])) return {Cheaper::kUndecided, 0};
    }
    fill(parts);
    if (found_) return {Cheaper::kYes, *found_};
    return {Cheaper::kNo, 0};
  }

 private:
  // The rest of each part by the first option.
  void fill(const std::vector<PartCover>& parts) {
    const PricedOption& first = options_.front();
    for (const PartCover& part : parts) {
      const Whole rest = std::max<Whole>(0, need_ - part.given);
      consider(part.paid + ceiling(rest, first.gives) * first.price);
    }
  }

  void consider(Whole price) {
    if (price < claimed_ && (!found_ || price < *found_)) found_ = price;
  }

  // With its rest in parts of an instance it would still cost less than what is claimed.
  bool may_do(const PartCover& part) const {
    const PricedOption& first = options_.front();
    return part.paid < claimed_ &&
           (need_ - part.given) * first.price <= (claimed_ - part.paid - 1) * first.gives;
  }

  // False: out of steps.
  bool extend(std::vector<PartCover>& parts, const PricedOption& option) {
    // As many copies as make whole instances of the first option are never cheaper than these.
    const Whole most = ceiling(options_.front().gives, common_part(option.gives)) - 1;
    for (PartCover& part : parts) part.copies = 0;
    for (std::size_t i = 0; i < parts.size() && !found_; ++i) {
      if (steps_ == 0) return false;
      --steps_;
      if (parts[i].copies == most) continue;
      const PartCover next{parts[i].given + option.gives, parts[i].paid + option.price,
                           parts[i].copies + 1};
      if (next.given >= need_) {
        consider(next.paid);
      } else if (may_do(next)) {
        parts.push_back(next);
      }
    }
    drop_dominated(parts);
    return true;
  }

  Whole common_part(Whole gives) const {
    return std::gcd(static_cast<std::uint64_t>(options_.front().gives),
                    static_cast<std::uint64_t>(gives));
  }

  static void drop_dominated(std::vector<PartCover>& parts) {
    std::ranges::sort(parts, [](const PartCover& a, const PartCover& b) {
      return a.given != b.given ? a.given > b.given : a.paid < b.paid;
    });
    std::size_t kept = 0;
    for (const PartCover& part : parts) {
      if (kept == 0 || part.paid < parts[kept - 1].paid) parts[kept++] = part;
    }
    parts.resize(kept);
  }

  const Whole need_;
  std::vector<PricedOption> options_;
  const Whole claimed_;
  std::size_t& steps_;
  std::optional<Whole> found_;
};

}  // namespace

CheaperCover cheaper_cover(Whole need, std::vector<PricedOption> options, Whole claimed,
                           std::size_t& steps) {
  return CoverSieve(need, std::move(options), claimed, steps).run();
}

}  // namespace septet::verify
