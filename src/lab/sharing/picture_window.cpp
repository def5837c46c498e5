#include "lab/sharing/picture_window.h"

#include <algorithm>

#include "lab/sharing/arrivals.h"

namespace septet::lab::sharing {

namespace picture {
namespace {

constexpr double kRequests = 60.0, kLongest = 4.0, kShortest = 0.02;
constexpr int kStarts = 200;  // evenly; and where some tenant begins
// What a change of layout takes beyond its overhead: draining, and the driver's calls.
constexpr double kChanging = 60.0;

struct Window {
  double from = 0, to = 0;
};

double length_of(const Scenario& scenario, const std::vector<Client>& clients) {
  double rate = 0.0;
  for (const Client& client : clients) {
    const auto mean = mean_rate(client.tenant->arrivals, scenario.seconds);
    rate += mean ? *mean : 1.0 / seconds_on(client.tenant->work, {1.0, 1.0});
  }
  return std::clamp(kRequests / std::max(rate, 1e-9), kShortest, kLongest);
}

// A closed loop asks all the time, within its active parts.
bool has_work(const Client& client, Window window) {
  const Arrivals& arrivals = client.tenant->arrivals;
  if (arrivals.kind != Arrivals::Kind::kClosed) {
    const auto next =
        std::ranges::lower_bound(client.arrivals, window.from, {}, &TracedArrival::at);
    return next != client.arrivals.end() && next->at < window.to;
  }
  return arrivals.active.empty() || std::ranges::any_of(arrivals.active, [&](const auto& part) {
           return part.first <= window.from && part.second >= window.to;
         });
}

bool changing(const Scenario& scenario, Window window) {
  return std::ranges::any_of(scenario.changes, [&](const LayoutChange& change) {
    return window.to > change.at && window.from < change.at + change.overhead_seconds + kChanging;
  });
}

std::vector<double> starts_of(const Scenario& scenario, double length) {
  const double last = std::max(scenario.warm_up, scenario.seconds - length);
  std::vector<double> starts;
  for (int i = 0; i <= kStarts; ++i)
    starts.push_back(scenario.warm_up + (last - scenario.warm_up) * i / kStarts);
  for (const Tenant& tenant : scenario.tenants) {
    for (const auto& [from, to] : tenant.arrivals.active)
      if (from >= scenario.warm_up && from <= last) starts.push_back(from);
  }
  std::ranges::sort(starts);
  return starts;
}

}  // namespace
}  // namespace picture

std::pair<double, double> picture_window(const Scenario& scenario,
                                         const std::vector<Client>& clients) {
  const double length = picture::length_of(scenario, clients);
  double best = scenario.warm_up;
  std::ptrdiff_t most = -1;
  for (const double from : picture::starts_of(scenario, length)) {
    const picture::Window window{from, from + length};
    if (picture::changing(scenario, window)) continue;
    const auto busy = std::ranges::count_if(
        clients, [&](const Client& client) { return picture::has_work(client, window); });
    if (busy <= most) continue;
    most = busy;
    best = from;
  }
  return {best, std::min(scenario.seconds, best + length)};
}

}  // namespace septet::lab::sharing
