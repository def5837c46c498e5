#include "lab/sharing/arrivals.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace septet::lab::sharing {

namespace {

using List = std::vector<TracedArrival>;

List poisson(double rate, double seconds, Random random) {
  List list;
  for (double at = random.exponential(1.0 / rate); at < seconds;
       at += random.exponential(1.0 / rate))
    list.push_back({at, 1.0});
  return list;
}

List diurnal(const Arrivals& arrivals, double seconds, Random random) {
  const double most = arrivals.per_second * (1.0 + arrivals.swing);
  List list;
  for (double at = random.exponential(1.0 / most); at < seconds;
       at += random.exponential(1.0 / most)) {
    const double phase = 2.0 * std::numbers::pi * (at - arrivals.peak_at) / arrivals.period;
    const double rate = arrivals.per_second * (1.0 + arrivals.swing * std::cos(phase));
    if (random.uniform() * most < rate) list.push_back({at, 1.0});
  }
  return list;
}

List bursts(const Arrivals& arrivals, double seconds, Random random) {
  const double factor = std::max(1.0 + 1e-9, arrivals.burst_factor);
  const double rate = arrivals.per_second * factor;
  const double gap = arrivals.burst_seconds * (factor - 1.0);
  List list;
  // In the long run a burst is under way 1 / factor of the time: so also at the start.
  bool burst = random.uniform() < 1.0 / factor;
  for (double from = 0.0; from < seconds; burst = !burst) {
    const double to = from + random.exponential(burst ? arrivals.burst_seconds : gap);
    for (double at = from + random.exponential(1.0 / rate); burst && at < std::min(to, seconds);
         at += random.exponential(1.0 / rate))
      list.push_back({at, 1.0});
    from = to;
  }
  return list;
}

List all_arrivals(const Arrivals& arrivals, double seconds, Random random) {
  const bool none = arrivals.per_second <= 0.0;
  switch (arrivals.kind) {
    case Arrivals::Kind::kPoisson:
      return none ? List{} : poisson(arrivals.per_second, seconds, random);
    case Arrivals::Kind::kDiurnal: return none ? List{} : diurnal(arrivals, seconds, random);
    case Arrivals::Kind::kBursts: return none ? List{} : bursts(arrivals, seconds, random);
    case Arrivals::Kind::kTrace: {
      List list = arrivals.trace;
      std::erase_if(list, [&](const TracedArrival& one) { return one.at >= seconds; });
      return list;
    }
    case Arrivals::Kind::kClosed: return {};
  }
  return {};
}

}  // namespace

std::optional<double> next_active(const Arrivals& arrivals, double at) {
  if (arrivals.active.empty()) return at;
  std::optional<double> next;
  for (const auto& [from, to] : arrivals.active) {
    if (at >= to) continue;
    const double then = std::max(at, from);
    if (!next || then < *next) next = then;
  }
  return next;
}

std::vector<TracedArrival> open_arrivals(const Arrivals& arrivals, double seconds, Random random) {
  List list = all_arrivals(arrivals, seconds, random);
  std::erase_if(list, [&](const TracedArrival& one) {
    const auto then = next_active(arrivals, one.at);
    return !then || *then > one.at;
  });
  return list;
}

std::optional<double> mean_rate(const Arrivals& arrivals, double seconds) {
  switch (arrivals.kind) {
    case Arrivals::Kind::kPoisson:
    case Arrivals::Kind::kDiurnal:
    case Arrivals::Kind::kBursts: return arrivals.per_second;
    case Arrivals::Kind::kTrace: {
      const auto past = std::ranges::lower_bound(arrivals.trace, seconds, {}, &TracedArrival::at);
      return static_cast<double>(past - arrivals.trace.begin()) / seconds;
    }
    case Arrivals::Kind::kClosed: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace septet::lab::sharing
