#include "plan/online/tuned_value.h"

#include <algorithm>
#include <cmath>

#include "plan/online/losses.h"

namespace septet::plan::online {

namespace {

using Values = std::vector<double>;

struct Candidate {
  std::string name;
  Values value;
  double rehearsed = 0;
};

// Mean 0 and variance 1 in each pool's layouts taken together, so that mixtures mean something.
Values scaled(Values value) {
  double mean = 0;
  double square = 0;
  for (const double v : value) mean += v / static_cast<double>(value.size());
  for (const double v : value) square += (v - mean) * (v - mean);
  const double deviation = std::sqrt(square / static_cast<double>(value.size()));
  for (double& v : value) v = deviation > 0 ? (v - mean) / deviation : 0;
  return value;
}

Values by_layout(const std::vector<Pool>& pools,
                 const std::function<double(std::size_t pool, Shape::Layout layout)>& of) {
  Values value;
  for (std::size_t p = 0; p < pools.size(); ++p) {
    for (unsigned layout = 0; layout < pools[p].shape->layouts(); ++layout)
      value.push_back(of(p, static_cast<Shape::Layout>(layout)));
  }
  return value;
}

// Best-fit and FGD as potentials: a convex function of what is taken prefers the fuller GPU.
std::vector<Candidate> potentials(const std::vector<Pool>& pools, const Traffic& traffic) {
  double all = 0;
  for (const double rate : traffic.rate) all += rate;
  std::vector<double> share;
  for (const double rate : traffic.rate) share.push_back(rate / all);
  std::vector<std::vector<double>> shares;
  for (const Pool& pool : pools) shares.push_back(class_shares(pool, share));
  const auto fuller = [&](std::size_t p, Shape::Layout layout) {
    const double taken = double(pools[p].shape->taken_units(layout)) / pools[p].shape->units();
    return taken * taken;
  };
  const auto options = [&](std::size_t p, Shape::Layout layout) {
    return fuller(p, layout) + 0.001 * std::popcount(pools[p].shape->fits(layout));
  };
  const auto whole = [&](std::size_t p, Shape::Layout layout) {
    return -fgd_fragmentation(*pools[p].shape, layout, shares[p]);
  };
  return {{"fuller", scaled(by_layout(pools, fuller)), 0},
          {"fuller with options", scaled(by_layout(pools, options)), 0},
          {"fragmentation", scaled(by_layout(pools, whole)), 0}};
}

std::vector<Candidate> candidates(const std::vector<Pool>& pools, const Traffic& traffic) {
  struct Pair {
    double contacts, power;
    const char* name;
  };
  constexpr Pair kPairs[] = {
      {5, 0.7, "5 contacts, power 0.7"},   {5, 1.0, "5 contacts, power 1"},
      {5, 1.15, "5 contacts, power 1.15"}, {15, 0.55, "15 contacts, power 0.55"},
      {15, 0.7, "15 contacts, power 0.7"}, {15, 0.85, "15 contacts, power 0.85"},
      {15, 1.0, "15 contacts, power 1"},   {15, 1.15, "15 contacts, power 1.15"},
  };
  std::vector<Candidate> found;
  for (const Pair& pair : kPairs) {
    ValueTuning tuning;
    tuning.contacts = pair.contacts;
    tuning.power = pair.power;
    found.push_back({pair.name, scaled(room_value(pools, traffic, tuning).value), 0});
  }
  Values sum(found.front().value.size(), 0.0);
  for (const Candidate& one : found) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += one.value[i];
  }
  found.push_back({"all together", scaled(sum), 0});
  for (Candidate& one : potentials(pools, traffic)) found.push_back(std::move(one));
  return found;
}

class Tuning {
 public:
  Tuning(const std::vector<Pool>& pools, const Traffic& traffic, const TuningEffort& effort)
      : pools_(pools), traffic_(traffic), effort_(effort) {}

  TunedValue run() {
    std::vector<Candidate> tried = candidates(pools_, traffic_);
    screen(tried);
    Candidate best = tried.front();
    for (std::size_t i = 0; i < tried.size(); ++i) {
      for (const double weight : {0.3, -0.15}) mix_in(tried[i], weight, best);
    }
    return {std::move(best.value), std::move(best.name), best.rehearsed};
  }

 private:
  double rehearsed(const Values& value, std::uint64_t arrivals) const {
    return rehearse(pools_, traffic_, loss_of_value(pools_, value),
                    {arrivals, kGpus, effort_.seed});
  }

  // The best few, best first, as a long rehearsal sees them.
  void screen(std::vector<Candidate>& tried) const {
    const auto best_first = [&] {
      std::ranges::stable_sort(tried, std::greater<>{}, &Candidate::rehearsed);
    };
    for (Candidate& one : tried) one.rehearsed = rehearsed(one.value, effort_.screening);
    best_first();
    tried.resize(std::min<std::size_t>(tried.size(), kKept));
    for (Candidate& one : tried) one.rehearsed = rehearsed(one.value, effort_.final);
    best_first();
  }

  void mix_in(const Candidate& other, double weight, Candidate& best) const {
    Candidate mixed = best;
    for (std::size_t i = 0; i < mixed.value.size(); ++i) mixed.value[i] += weight * other.value[i];
    mixed.rehearsed = rehearsed(mixed.value, effort_.final);
    if (mixed.rehearsed < best.rehearsed + kNoise) return;
    mixed.name += (weight > 0 ? " + " : " - ") + other.name;
    best = std::move(mixed);
  }

  static constexpr std::uint32_t kGpus = 1000;
  static constexpr std::size_t kKept = 4;
  static constexpr double kNoise = 0.0005;
  const std::vector<Pool>& pools_;
  const Traffic& traffic_;
  TuningEffort effort_;
};

}  // namespace

Loss loss_of_value(const std::vector<Pool>& pools, const std::vector<double>& value) {
  std::vector<std::pair<const Shape*, std::size_t>> first;
  std::size_t group = 0;
  for (const Pool& pool : pools) {
    first.emplace_back(pool.shape.get(), group);
    group += pool.shape->layouts();
  }
  return [first, value](const Shape& shape, Shape::Layout layout, unsigned window) {
    std::size_t base = 0;
    for (const auto& [one, start] : first) {
      if (one != &shape) continue;
      base = start;
      break;
    }
    return value[base + layout] - value[base + shape.added(layout, window)];
  };
}

TunedValue tuned_value(const std::vector<Pool>& pools, const Traffic& traffic,
                       const TuningEffort& effort) {
  return Tuning(pools, traffic, effort).run();
}

}  // namespace septet::plan::online
