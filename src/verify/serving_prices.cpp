#include "verify/serving_prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "verify/cheaper_cover.h"
#include "verify/layout_prices.h"

namespace septet::verify {

namespace {

constexpr std::size_t kStepsOfOne = 1'000'000;
constexpr std::size_t kStepsOfAll = 10'000'000;
constexpr Whole kMostDenominator = 1'000'000'000'000'000;

class ServingPriceCheck {
 public:
  ServingPriceCheck(const mig::Geometry& geometry, const ServingCertificate& certificate)
      : geometry_(geometry), certificate_(certificate) {}

  ServingPrices run() {
    read_sizes();
    if (answer_.objections.empty()) price_layouts();
    // Cheapest covers are asked for at prices that are lawful only.
    if (answer_.objections.empty()) find_denominator();
    if (answer_.objections.empty()) price_services();
    return std::move(answer_);
  }

 private:
  void object(std::string at, std::string what) {
    constexpr std::size_t kMost = 20;
    if (answer_.objections.size() < kMost)
      answer_.objections.push_back({std::move(at), std::move(what)});
  }

  void read_sizes() {
    by_row_.resize(geometry_.profiles.size());
    for (const auto& [name, price] : certificate_.size_prices) {
      const std::string at = pointer_to("/prices/size", name);
      const mig::GpuInstanceProfile* const profile = geometry_.find_name(name);
      if (profile == nullptr) {
        object(at, "there is no such profile");
        continue;
      }
      if (price.negative()) object(at, "a price below zero proves nothing");
      if (!by_name_.try_emplace(name, price).second) object(at, "is priced twice");
      by_row_[static_cast<std::size_t>(profile - geometry_.profiles.data())] = price;
    }
    for (const ServiceClaim& service : certificate_.services) {
      for (const SizeOption& option : service.options) {
        if (!by_name_.contains(option.profile))
          object("/prices/size", option.profile + " has no price");
      }
    }
  }

  void price_layouts() {
    const auto dearest = dearest_layout(geometry_, {}, {by_row_, {}});
    if (!dearest) return object("/prices/size", "the numbers are too large to be summed exactly");
    answer_.layouts_priced = dearest->visited;
    const auto beyond = difference(dearest->worth, Fraction(1));
    if (!beyond || beyond->numerator() > 0)
      object("/prices/size",
             fmt::format("the layout {} is worth {}, more than a GPU",
                         mig::to_string(dearest->layout), to_string(dearest->worth)));
  }

  void find_denominator() {
    for (const auto& [name, price] : by_name_) {
      if (price.denominator() > kMostDenominator) return too_fine();
      const auto common = std::gcd(static_cast<std::uint64_t>(denominator_),
                                   static_cast<std::uint64_t>(price.denominator()));
      denominator_ *= price.denominator() / common;
      if (denominator_ > kMostDenominator) return too_fine();
    }
  }
  void too_fine() {
    object("/prices/size", "no common denominator up to 10^15: they cannot be compared exactly");
  }

  void price_services() {
    std::map<std::string, const Fraction*> prices;
    for (const auto& [name, price] : certificate_.service_prices) prices.emplace(name, &price);
    std::optional<Fraction> bound = Fraction(0);
    for (const ServiceClaim& service : certificate_.services) {
      const auto price = prices.find(service.workload.name);
      if (price == prices.end()) {
        object("/prices/service", service.workload.name + " has no price");
        continue;
      }
      price_service(service, *price->second);
      bound = bound ? sum(*bound, *price->second) : std::nullopt;
      prices.erase(price);
    }
    for (const auto& [name, price] : prices)
      object(pointer_to("/prices/service", name), "there is no such service");
    if (!bound) object("/prices/service", "the numbers are too large to be summed exactly");
    answer_.bound = bound;
  }

  void price_service(const ServiceClaim& service, const Fraction& price) {
    const std::string at = pointer_to("/prices/service", service.workload.name);
    if (price.negative()) return object(at, "a price below zero proves nothing");
    const auto scaled = product(price, denominator_);
    if (!scaled) return object(at, "is too large to be compared exactly");
    std::vector<PricedOption> options;
    for (const SizeOption& option : service.options) {
      const Fraction& one = by_name_.find(option.profile)->second;
      options.push_back(
          {Whole{option.per_second}, one.numerator() * (denominator_ / one.denominator())});
    }
    std::size_t steps = std::min(kStepsOfOne, steps_);
    const std::size_t before = steps;
    const CheaperCover cheaper =
        cheaper_cover(Whole{service.rate}, std::move(options), rounded_up(*scaled, 1), steps);
    steps_ -= before - steps;
    if (cheaper.answer == Cheaper::kYes)
      object(at, fmt::format("whole instances carry it for {}, less than {}",
                             to_string(*Fraction::make(cheaper.price, denominator_)),
                             to_string(price)));
    if (cheaper.answer == Cheaper::kUndecided)
      object(at, fmt::format("{} steps do not decide whether anything less carries it", before));
  }

  const mig::Geometry& geometry_;
  const ServingCertificate& certificate_;
  ServingPrices answer_;
  std::map<std::string, Fraction> by_name_;
  std::vector<Fraction> by_row_;
  Whole denominator_ = 1;
  std::size_t steps_ = kStepsOfAll;
};

}  // namespace

ServingPrices check_serving_prices(const mig::Geometry& geometry,
                                   const ServingCertificate& certificate) {
  return ServingPriceCheck(geometry, certificate).run();
}

}  // namespace septet::verify
