#include "plan/serve/put_together.h"

#include <algorithm>
#include <cmath>

namespace septet::plan {

namespace {

constexpr std::size_t kMostPool = 600;         // covers per service to swap between
constexpr std::size_t kMostNear = 500;         // of them, made to be near the cheapest
constexpr std::size_t kServicesToEnrich = 64;  // up to so many get near-cheapest covers as well
constexpr unsigned kTries = 4;                 // of another start
constexpr int kParts = 16;                     // steps between two covers
constexpr std::size_t kMostSwaps = 1'500'000;  // looked at, by all kicks together

void add(SlotCounts& to, const SlotCounts& counts, int sign) {
  for (std::size_t s = 0; s < kMostSlots; ++s) to[s] += sign * counts[s];
}

class Mixer {
 public:
  Mixer(const SlotTable& table, const std::vector<ServiceDemand>& demands,
        const PriceSearchResult& prices, unsigned target, unsigned passes)
      : table_(table),
        demands_(demands),
        prices_(prices),
        target_(target),
        passes_(passes),
        fit_(table) {
    fill_pool();
  }

  Together run() {
    Together best;
    for (unsigned attempt = 0; attempt < kTries; ++attempt) {
      start(attempt);
      Together one = improve();
      if (best.covers.empty() || one.gpus < best.gpus) best = std::move(one);
      if (best.gpus <= target_) break;
    }
    return best;
  }

 private:
  void fill_pool() {
    pool_.resize(demands_.size());
    for (std::size_t i = 0; i < demands_.size(); ++i) {
      for (const CoverRound& round : prices_.rounds) offer(i, round.covers[i]);
      if (demands_.size() > kServicesToEnrich) continue;
      mix_rounds(i);
      enrich(i);
    }
  }

  // Between two covers of the best mixture lie others that cost the same: so much of the one, so
  // much of the other, and what is then missing at its cheapest.
  void mix_rounds(std::size_t service) {
    std::vector<const SlotCounts*> ends;
    for (const CoverRound& round : prices_.rounds) {
      const auto same = [&](const SlotCounts* other) { return *other == round.covers[service]; };
      if (round.weight > 1e-9 && std::ranges::none_of(ends, same))
        ends.push_back(&round.covers[service]);
    }
    for (const SlotCounts* const a : ends) {
      for (const SlotCounts* const b : ends) {
        for (int part = 1; a < b && part < kParts; ++part) {
          SlotCounts between{};
          for (std::size_t s = 0; s < table_.size(); ++s)
            between[s] = ((*a)[s] * part + (*b)[s] * (kParts - part)) / kParts;
          offer(service, completed(service, between));
        }
      }
    }
  }

  SlotCounts completed(std::size_t service, SlotCounts uses) const {
    ServiceDemand rest = demands_[service];
    for (std::size_t s = 0; s < table_.size(); ++s) rest.need -= uses[s] * rest.gives[s];
    if (rest.need > 0) add(uses, cheapest_cover(rest, prices_.least.prices, table_.size()).uses, 1);
    return uses;
  }

  // Covers that cost next to nothing more than the cheapest; how little decides how many there are.
  void enrich(std::size_t service) {
    const ServiceDemand& demand = demands_[service];
    const std::int64_t cheapest = cheapest_cover(demand, prices_.least.prices, table_.size()).price;
    for (std::int64_t slack = kPriceUnit / 2; slack > kPriceUnit / 20'000; slack /= 3) {
      const auto near =
          covers_within(demand, prices_.least.prices, table_.size(), cheapest + slack, kMostNear);
      for (const Cover& cover : near) offer(service, cover.uses);
      if (!near.empty()) return;
    }
  }

  void offer(std::size_t service, const SlotCounts& cover) {
    auto& pool = pool_[service];
    if (pool.size() < kMostPool && std::ranges::find(pool, cover) == pool.end())
      pool.push_back(cover);
  }

  // Deals the rounds out over the services in proportion to their weights, the largest services
  // first; later attempts begin elsewhere in the deal.
  void start(unsigned attempt) {
    std::vector<double> owed(prices_.rounds.size(), 0.0);
    for (std::size_t r = 0; r < owed.size(); ++r)
      owed[r] = prices_.rounds[r].weight * attempt / kTries;
    std::vector<std::size_t> order(demands_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::ranges::greater{}, [this](std::size_t i) {
      return fractional_price(demands_[i], prices_.least.prices, table_.size());
    });
    covers_.assign(demands_.size(), SlotCounts{});
    total_ = {};
    for (const std::size_t i : order) {
      const double size =
          static_cast<double>(fractional_price(demands_[i], prices_.least.prices, table_.size()));
      for (std::size_t r = 0; r < owed.size(); ++r) owed[r] += prices_.rounds[r].weight * size;
      const auto most = std::ranges::max_element(owed);
      *most -= size;
      covers_[i] = prices_.rounds[static_cast<std::size_t>(most - owed.begin())].covers[i];
      add(total_, covers_[i], 1);
    }
  }

  // How far the sum is from fitting: squares of what each known price has too much.
  double excess(const SlotCounts& total) const {
    double sum = 0.0;
    for (const auto& price : fit_.known_prices()) {
      double value = -static_cast<double>(target_);
      for (std::size_t s = 0; s < table_.size(); ++s) value += price[s] * total[s];
      if (value > 1e-7) sum += value * value;
    }
    return sum;
  }

  bool pass() {
    bool changed = false;
    double now = excess(total_);
    for (std::size_t i = 0; i < demands_.size() && now > 0.0; ++i) {
      swaps_ += pool_[i].size();
      for (const SlotCounts& other : pool_[i]) {
        SlotCounts total = total_;
        add(total, covers_[i], -1);
        add(total, other, 1);
        const double then = excess(total);
        if (then >= now - 1e-12) continue;
        now = then;
        total_ = total;
        covers_[i] = other;
        changed = true;
      }
    }
    return changed;
  }

  // Stuck: gives three services other covers, goes down from there, and stays if that is no worse.
  bool kick(unsigned seed) {
    std::uint64_t random = 0x9e3779b97f4a7c15u + seed;
    const double before = excess(total_);
    while (swaps_ < kMostSwaps && demands_.size() <= kServicesToEnrich) {
      const auto covers = covers_;
      const SlotCounts total = total_;
      for (int k = 0; k < 3; ++k) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const std::size_t i = (random >> 33) % covers_.size();
        const SlotCounts& other = pool_[i][(random >> 20) % pool_[i].size()];
        add(total_, covers_[i], -1);
        add(total_, other, 1);
        covers_[i] = other;
      }
      while (pass()) {
      }
      const double now = excess(total_);
      if (now < before - 1e-12) return true;
      if (now <= before + 1e-12) continue;
      covers_ = covers;
      total_ = total;
    }
    return false;
  }

  Together improve() {
    for (unsigned done = 0; done < passes_; ++done) {
      const double gpus = fit_.fractional(total_);
      if (gpus <= target_ + 1e-6) {
        if (auto columns = fit_.into(total_, target_)) return counted(*std::move(columns));
        break;
      }
      if (!pass() && !kick(done)) break;
    }
    return counted(fit_.into_fewest(total_));
  }

  Together counted(std::vector<unsigned> columns) const {
    Together found{covers_, std::move(columns), 0};
    for (const unsigned count : found.columns) found.gpus += count;
    return found;
  }

  const SlotTable& table_;
  const std::vector<ServiceDemand>& demands_;
  const PriceSearchResult& prices_;
  const unsigned target_, passes_;
  FitCounts fit_;
  std::vector<std::vector<SlotCounts>> pool_;
  std::vector<SlotCounts> covers_;
  SlotCounts total_{};
  std::size_t swaps_ = 0;
};

}  // namespace

SlotCounts sum_of(const std::vector<SlotCounts>& covers) {
  SlotCounts total{};
  for (const SlotCounts& cover : covers) add(total, cover, 1);
  return total;
}

Together put_together(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                      const PriceSearchResult& prices, unsigned target, unsigned passes) {
  return Mixer(table, demands, prices, target, passes).run();
}

}  // namespace septet::plan
