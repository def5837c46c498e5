#include "verify/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "mig/layout.h"
#include "verify/acceptable.h"
#include "verify/claimed_layout.h"
#include "verify/layout_prices.h"

namespace septet::verify {

namespace {

using Profile = const mig::GpuInstanceProfile*;

// One pass over a certificate, front to back; each step objects and goes on where it can.
class Check {
 public:
  explicit Check(const Certificate& certificate) : certificate_(certificate) {}

  Verdict run() {
    check_pools();
    check_workloads();
    // What follows looks products and workloads up; it would only repeat those objections.
    if (!verdict_.holds()) return std::move(verdict_);
    if (certificate_.fits) {
      check_layouts();
      check_placed();
    }
    check_prices();
    return std::move(verdict_);
  }

 private:
  template <typename... Words>
  void object(std::string at, fmt::format_string<Words...> format, Words&&... words) {
    constexpr std::size_t kMost = 20;
    if (verdict_.objections.size() < kMost)
      verdict_.objections.push_back(
          {std::move(at), fmt::format(format, std::forward<Words>(words)...)});
  }

  std::optional<mig::Layout> layout_of(const mig::Geometry& geometry,
                                       std::vector<mig::Instance> instances,
                                       const std::vector<std::string>& more,
                                       const std::string& at) {
    auto layout = claimed_layout(geometry, std::move(instances), more, at);
    if (layout) return std::move(*layout);
    object(layout.error().at, "{}", layout.error().what);
    return std::nullopt;
  }

  void check_pools() {
    std::set<const mig::Product*> products;
    for (std::size_t p = 0; p < certificate_.pools.size(); ++p) {
      const PoolClaim& pool = certificate_.pools[p];
      const std::string at = fmt::format("/pools/{}", p);
      const mig::Product* const product = mig::find_product(pool.product);
      if (product == nullptr) {
        object(at + "/product", "{} is no product in septet's tables", pool.product);
        continue;
      }
      products.insert(product);
      const auto held = layout_of(product->geometry, {}, pool.holds, at + "/holds");
      if (!held) continue;
      pools_.push_back({product, *held});
      if (pool.holds.empty()) continue;
      verdict_.gpus_held += pool.gpus;
      verdict_.instances_held += pool.gpus * pool.holds.size();
    }
    verdict_.products = products.size();
  }

  void check_workloads() {
    std::set<std::string> names;
    for (std::size_t w = 0; w < certificate_.workloads.size(); ++w) {
      const WorkloadClaim& workload = certificate_.workloads[w];
      const std::string at = fmt::format("/workloads/{}", w);
      if (!names.insert(workload.name).second) object(at, "{} is listed twice", workload.name);
      if (workload.replicas == 0) object(at + "/replicas", "{} has none", workload.name);
      for (std::size_t i = 0; i < workload.products.size(); ++i) {
        if (mig::find_product(workload.products[i]) == nullptr)
          object(fmt::format("{}/products/{}", at, i), "{} is no product in septet's tables",
                 workload.products[i]);
      }
      any_apart_ = any_apart_ || workload.apart;
      verdict_.replicas += workload.replicas;
    }
  }

  void check_layouts() {
    std::vector<Whole> used(pools_.size(), 0);
    for (std::size_t i = 0; i < certificate_.layouts.size(); ++i) {
      const LayoutClaim& claim = certificate_.layouts[i];
      const std::string at = fmt::format("/layouts/{}", i);
      if (claim.pool >= pools_.size()) {
        object(at + "/pool", "there is no pool {}", claim.pool);
        continue;
      }
      const auto& [product, held] = pools_[claim.pool];
      // With what the pool holds in it: a layout that would touch that is refused as illegal.
      const auto layout = layout_of(product->geometry, held.instances(), claim.adds, at + "/adds");
      if (!layout) continue;
      used[claim.pool] += claim.gpus;
      verdict_.gpus_cut += claim.gpus;
      cost_ += Whole{certificate_.pools[claim.pool].cost} * claim.gpus;
      for (const mig::Instance& instance : layout->instances()) {
        const auto& there = held.instances();
        if (std::ranges::find(there, instance) == there.end())
          instances_[{product, instance.profile}] += claim.gpus;
      }
      if (any_apart_) check_carried(i, *product);
    }
    for (std::size_t p = 0; p < used.size(); ++p) {
      if (used[p] > certificate_.pools[p].gpus)
        object(fmt::format("/pools/{}/gpus", p), "the layouts take {} GPUs of this pool's {}",
               to_string(used[p]), certificate_.pools[p].gpus);
    }
    if (cost_ != certificate_.cost)
      object("/cost_thousandths", "the layouts cost {}, not {}", to_string(cost_),
             certificate_.cost);
  }

  // Where replicas keep apart, every GPU says what it carries in which instance.
  void check_carried(std::size_t i, const mig::Product& product) {
    const LayoutClaim& claim = certificate_.layouts[i];
    const std::string at = fmt::format("/layouts/{}/carries", i);
    if (claim.carries.size() != claim.adds.size())
      return object(at, "{} workloads for {} instances", claim.carries.size(), claim.adds.size());
    std::set<std::string> there;
    for (std::size_t c = 0; c < claim.carries.size(); ++c) {
      const auto workload =
          std::ranges::find(certificate_.workloads, claim.carries[c], &WorkloadClaim::name);
      if (workload == certificate_.workloads.end()) {
        object(fmt::format("{}/{}", at, c), "there is no workload {}", claim.carries[c]);
        continue;
      }
      if (!there.insert(workload->name).second && workload->apart)
        object(fmt::format("{}/{}", at, c), "{} is on the same GPU twice", workload->name);
      const std::string& added = claim.adds[c];
      const Profile profile = product.geometry.find_name(added.substr(0, added.rfind('@')));
      carried_[{workload->name, &product, profile}] += claim.gpus;
    }
  }

  void check_placed() {
    std::map<std::string, Whole> served;
    for (std::size_t i = 0; i < certificate_.placed.size(); ++i) {
      const PlacedClaim& claim = certificate_.placed[i];
      const std::string at = fmt::format("/placed/{}", i);
      const auto workload =
          std::ranges::find(certificate_.workloads, claim.workload, &WorkloadClaim::name);
      const mig::Product* const product = mig::find_product(claim.product);
      const Profile profile =
          product == nullptr ? nullptr : product->geometry.find_name(claim.profile);
      if (workload == certificate_.workloads.end()) {
        object(at + "/workload", "there is no workload {}", claim.workload);
      } else if (profile == nullptr) {
        object(at + "/profile", "{} has no profile {}", claim.product, claim.profile);
      } else if (!allowed(*product, *workload)) {
        object(at + "/product", "{} may not run on {}", claim.workload, claim.product);
      } else if (!acceptable(product->geometry, *profile, *workload)) {
        object(at + "/profile", "{} of {} does not do for {}", claim.profile, claim.product,
               claim.workload);
      } else {
        served[claim.workload] += claim.replicas;
        take_instances(claim, *product, profile, at + "/replicas");
      }
    }
    for (std::size_t w = 0; w < certificate_.workloads.size(); ++w) {
      const WorkloadClaim& workload = certificate_.workloads[w];
      if (served[workload.name] < workload.replicas)
        object(fmt::format("/workloads/{}/replicas", w), "{} of {}'s {} replicas have a place",
               to_string(served[workload.name]), workload.name, workload.replicas);
    }
  }

  void take_instances(const PlacedClaim& claim, const mig::Product& product, Profile profile,
                      const std::string& at) {
    Whole& left = instances_[{&product, profile}];
    left -= claim.replicas;
    if (left < 0)
      object(at, "{} replicas, {} more than the layouts have {} of {}", claim.replicas,
             to_string(-left), claim.profile, claim.product);
    if (!any_apart_) return;
    Whole& carried = carried_[{claim.workload, &product, profile}];
    carried -= claim.replicas;
    if (carried < 0)
      object(at, "{} replicas, {} more than the layouts carry of {} in {} of {}", claim.replicas,
             to_string(-carried), claim.workload, claim.profile, claim.product);
  }

  // Fills prices_ by workload; objects to one that is missing, twice, unknown or negative.
  bool read_replica_prices() {
    const std::size_t before = verdict_.objections.size();
    std::map<std::string, Fraction> by_name;
    for (const auto& [name, price] : certificate_.replica_prices) {
      const std::string at = "/prices/replica/" + name;
      if (price.negative()) object(at, "a price below zero proves nothing");
      if (!by_name.try_emplace(name, price).second) object(at, "is priced twice");
      if (std::ranges::find(certificate_.workloads, name, &WorkloadClaim::name) ==
          certificate_.workloads.end())
        object(at, "there is no such workload");
    }
    for (const WorkloadClaim& workload : certificate_.workloads) {
      const auto price = by_name.find(workload.name);
      if (price == by_name.end()) {
        object("/prices/replica", "{} has no price", workload.name);
      } else {
        prices_.push_back(price->second);
      }
    }
    return verdict_.objections.size() == before;
  }

  void check_prices() {
    if (certificate_.gpu_prices.size() != pools_.size())
      return object("/prices/gpu", "{} prices for {} pools", certificate_.gpu_prices.size(),
                    pools_.size());
    if (!read_replica_prices()) return;
    std::optional<Fraction> bound = Fraction(0);
    for (std::size_t w = 0; bound && w < prices_.size(); ++w) {
      const auto paid = product(prices_[w], Whole{certificate_.workloads[w].replicas});
      bound = paid ? sum(*bound, *paid) : std::nullopt;
    }
    for (std::size_t p = 0; bound && p < pools_.size(); ++p) {
      price_pool(p);
      const auto worth = product(certificate_.gpu_prices[p], Whole{certificate_.pools[p].gpus});
      bound = worth ? difference(*bound, *worth) : std::nullopt;
    }
    if (!bound) return object("/prices", "the numbers are too large to be summed exactly");
    check_bound(*bound);
  }

  void price_pool(std::size_t p) {
    const Fraction& price = certificate_.gpu_prices[p];
    const std::string at = fmt::format("/prices/gpu/{}", p);
    if (price.negative()) object(at, "a price below zero proves nothing");
    const auto& [product, held] = pools_[p];
    const Whole cost = certificate_.fits ? Whole{certificate_.pools[p].cost} : 0;
    const auto allowed = sum(price, Fraction(cost));
    const auto slots = slot_prices(*product, certificate_, prices_);
    const auto dearest = slots ? dearest_layout(product->geometry, held, *slots) : std::nullopt;
    if (!allowed || !dearest) return object(at, "the numbers are too large to be summed exactly");
    verdict_.layouts_priced += dearest->visited;
    const auto beyond = difference(dearest->worth, *allowed);
    if (!beyond) return object(at, "the numbers are too large to be summed exactly");
    if (beyond->numerator() > 0)
      object(at, "the layout {} is worth {}, more than a GPU's cost and price together, {}",
             mig::to_string(dearest->layout), to_string(dearest->worth), to_string(*allowed));
  }

  void check_bound(const Fraction& bound) {
    verdict_.bound = bound;
    if (bound != certificate_.bound)
      object("/bound_thousandths", "the prices give {}, not {}", to_string(bound),
             to_string(certificate_.bound));
    if (!certificate_.fits) {
      if (bound.numerator() <= 0)
        object("/bound_thousandths",
               "the prices do not prove it impossible: the replicas are "
               "worth no more than the GPUs");
      return;
    }
    // Costs of plans are sums of pools' costs, so multiples of their greatest common divisor.
    std::uint64_t step = 0;
    for (const PoolClaim& pool : certificate_.pools) step = std::gcd(step, pool.cost);
    const Whole least = std::max<Whole>(0, rounded_up(bound, std::max<std::uint64_t>(step, 1)));
    verdict_.least = static_cast<std::uint64_t>(least);
    if (cost_ - least != certificate_.gap)
      object("/gap_thousandths", "between cost {} and least {} lies {}, not {}", to_string(cost_),
             to_string(least), to_string(cost_ - least), certificate_.gap);
  }

  struct CheckedPool {
    const mig::Product* product = nullptr;
    mig::Layout held;
  };

  const Certificate& certificate_;
  Verdict verdict_;
  std::vector<CheckedPool> pools_;
  std::map<std::pair<const mig::Product*, Profile>, Whole> instances_;  // new ones, not yet taken
  // Where replicas keep apart: by workload and instance, not yet counted.
  std::map<std::tuple<std::string, const mig::Product*, Profile>, Whole> carried_;
  bool any_apart_ = false;  // some workload has no two replicas on one GPU
  Whole cost_ = 0;
  std::vector<Fraction> prices_;  // by workload
};

}  // namespace

Verdict check(const Certificate& certificate) { return Check(certificate).run(); }

}  // namespace septet::verify
