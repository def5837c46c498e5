#include "plan/online/tuned_value.h"

#include <algorithm>
#include <cmath>

#include "plan/online/losses.h"

namespace septet::plan::online {

namespace {

using Values = std::vector<double>;

struct Candidate {
  std::string name;
  Values kept, left;
  double screened = 0, rehearsed = 0;  // share accepted in a short and in a long rehearsal
};

// What is kept has variance 1, so that mixtures mean something.
Candidate candidate(std::string name, Values kept, Values left) {
  double mean = 0;
  double square = 0;
  const double count = static_cast<double>(kept.size());
  for (const double v : kept) mean += v / count;
  for (const double v : kept) square += (v - mean) * (v - mean) / count;
  const double scale = square > 0 ? 1 / std::sqrt(square) : 1;
  for (double& v : kept) v *= scale;
  for (double& v : left) v *= scale;
  return {std::move(name), std::move(kept), std::move(left)};
}

void add(Candidate& to, const Candidate& other, double weight) {
  for (std::size_t i = 0; i < to.kept.size(); ++i) {
    to.kept[i] += weight * other.kept[i];
    to.left[i] += weight * other.left[i];
  }
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

// Best-fit, best index and FGD, said in what is kept and what is left.
std::vector<Candidate> known_ways(const std::vector<Pool>& pools, const Traffic& traffic) {
  double all = 0;
  for (const double rate : traffic.rate) all += rate;
  std::vector<double> share;
  for (const double rate : traffic.rate) share.push_back(rate / all);
  std::vector<std::vector<double>> shares;
  for (const Pool& pool : pools) shares.push_back(class_shares(pool, share));
  const Values free = by_layout(pools, [&](std::size_t p, Shape::Layout layout) {
    return double(pools[p].shape->free_units(layout)) / pools[p].shape->units();
  });
  const Values options = by_layout(pools, [&](std::size_t p, Shape::Layout layout) {
    return 1e-3 * std::popcount(pools[p].shape->fits(layout));
  });
  const Values whole = by_layout(pools, [&](std::size_t p, Shape::Layout layout) {
    return -fgd_fragmentation(*pools[p].shape, layout, shares[p]);
  });
  return {candidate("best-fit", free, Values(free.size(), 0.0)),
          candidate("best index", free, options), candidate("fragmentation", whole, whole)};
}

// Neighbours in this list are alike, so that each search but the first is a short one.
std::vector<Candidate> candidates(const std::vector<Pool>& pools, const Traffic& traffic) {
  struct Pair {
    double contacts, power;
    const char* name;
  };
  constexpr Pair kPairs[] = {
      {5, 0.7, "5 contacts, power 0.7"},   {5, 1.0, "5 contacts, power 1"},
      {5, 1.15, "5 contacts, power 1.15"}, {15, 1.15, "15 contacts, power 1.15"},
      {15, 1.0, "15 contacts, power 1"},   {15, 0.85, "15 contacts, power 0.85"},
      {15, 0.7, "15 contacts, power 0.7"}, {15, 0.55, "15 contacts, power 0.55"},
  };
  constexpr unsigned kFirst = 600, kNext = 250;  // sweeps
  std::vector<ValueTuning> tunings;
  for (const Pair& pair : kPairs) {
    ValueTuning& tuning = tunings.emplace_back();
    tuning.contacts = pair.contacts;
    tuning.power = pair.power;
    tuning.sweeps = tunings.size() == 1 ? kFirst : kNext;
  }
  std::vector<Candidate> found;
  const std::vector<RoomValue> values = room_values(pools, traffic, tunings);
  for (std::size_t i = 0; i < values.size(); ++i)
    found.push_back(candidate(kPairs[i].name, values[i].value, values[i].value));
  Candidate sum = found.front();
  for (std::size_t i = 1; i < found.size(); ++i) add(sum, found[i], 1);
  found.push_back(candidate("all together", sum.kept, sum.left));
  for (Candidate& one : known_ways(pools, traffic)) found.push_back(std::move(one));
  return found;
}

class Tuning {
 public:
  Tuning(const std::vector<Pool>& pools, const Traffic& traffic, const TuningEffort& effort)
      : pools_(pools),
        traffic_(traffic),
        effort_(lengthened(effort, offered_load(pools, traffic))),
        noise_(kNoise * static_cast<double>(effort.final) / static_cast<double>(effort_.final)),
        rehearsals_(pools, traffic,
                    {std::max(effort_.screening, effort_.final), kGpus, effort.seed}) {}

  TunedValue run() {
    std::vector<Candidate> tried = candidates(pools_, traffic_);
    screen(tried);
    Candidate best = tried.front();
    for (std::size_t i = 0; i < tried.size(); ++i) {
      for (const double weight : {0.3, -0.15}) mix_in(tried[i], weight, best);
    }
    if (effort_.move_share > 0) lean_on_moves(best);
    return {std::move(best.kept), std::move(best.left), std::move(best.name), best.rehearsed};
  }

 private:
  // Where one request in two hundred is refused, ways differ by few of them: more are looked at.
  static TuningEffort lengthened(TuningEffort effort, double load) {
    if (load < kFewRefusals) {
      effort.screening *= kLonger;
      effort.final *= kLonger;
    }
    return effort;
  }

  double rehearsed(const Candidate& one, std::uint64_t arrivals) const {
    return rehearsals_.accepted(loss_of_value(pools_, one.kept, one.left), arrivals);
  }

  // The best few, best first, as a long rehearsal sees them.
  void screen(std::vector<Candidate>& tried) const {
    const auto best_first = [&] {
      std::ranges::stable_sort(tried, std::greater<>{}, &Candidate::rehearsed);
    };
    for (Candidate& one : tried) one.rehearsed = rehearsed(one, effort_.screening);
    best_first();
    tried.resize(std::min<std::size_t>(tried.size(), kKept));
    for (Candidate& one : tried) {
      one.screened = one.rehearsed;
      one.rehearsed = rehearsed(one, effort_.final);
    }
    best_first();
  }

  void mix_in(const Candidate& other, double weight, Candidate& best) const {
    Candidate mixed = best;
    add(mixed, other, weight);
    // On the same requests: what is behind after the first of them is rarely ahead at the end.
    mixed.screened = rehearsed(mixed, effort_.screening);
    if (mixed.screened < best.screened - noise_) return;
    mixed.rehearsed = rehearsed(mixed, effort_.final);
    if (mixed.rehearsed < best.rehearsed + noise_) return;
    mixed.name += (weight > 0 ? " + " : " - ") + other.name;
    best = std::move(mixed);
  }

  // Half the value that counts on moves, unless that is seen to do worse beside them.
  void lean_on_moves(Candidate& best) const {
    ValueTuning tuning;
    tuning.moved_out = 2;
    tuning.move_share = effort_.move_share;
    const Values value = room_value(pools_, traffic_, tuning).value;
    Candidate leaning = best;
    add(leaning, candidate("moves", value, value), 1);
    const auto beside = [&](const Candidate& one) {
      return rehearse(pools_, traffic_, loss_of_value(pools_, one.kept, one.left),
                      {effort_.final / 2, kGpus, effort_.seed, effort_.move_share});
    };
    const double with = beside(leaning);
    if (with < beside(best) - 2 * noise_) return;
    best = std::move(leaning);
    best.name += ", half by what moves allow";
    best.rehearsed = with;
  }

  static constexpr std::uint32_t kGpus = 1000;
  static constexpr std::size_t kKept = 4;
  static constexpr double kNoise = 0.0005;     // of a rehearsal of the asked length
  static constexpr double kFewRefusals = 0.9;  // of the fleet's memory units offered
  static constexpr unsigned kLonger = 3;
  const std::vector<Pool>& pools_;
  const Traffic& traffic_;
  TuningEffort effort_;
  double noise_;
  Rehearsals rehearsals_;
};

}  // namespace

Loss loss_of_value(const std::vector<Pool>& pools, const std::vector<double>& kept,
                   const std::vector<double>& left) {
  std::vector<std::pair<const Shape*, std::size_t>> first;
  std::size_t group = 0;
  for (const Pool& pool : pools) {
    first.emplace_back(pool.shape.get(), group);
    group += pool.shape->layouts();
  }
  return [first, kept, left](const Shape& shape, Shape::Layout layout, unsigned window) {
    std::size_t base = 0;
    for (const auto& [one, start] : first) {
      if (one != &shape) continue;
      base = start;
      break;
    }
    return kept[base + layout] - left[base + shape.added(layout, window)];
  };
}

TunedValue tuned_value(const std::vector<Pool>& pools, const Traffic& traffic,
                       const TuningEffort& effort) {
  return Tuning(pools, traffic, effort).run();
}

TunedValue guessed_value(const std::vector<Pool>& pools, const Traffic& traffic, std::string why) {
  const Values value = room_value(pools, traffic, {}).value;
  return {value, value, std::move(why), 0};
}

}  // namespace septet::plan::online
