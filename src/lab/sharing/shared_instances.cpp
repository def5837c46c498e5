#include "lab/sharing/shared_instances.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lab/model/memory_fit.h"
#include "lab/sharing/arrivals.h"

namespace septet::lab::sharing {

namespace {

// MPS allows fewer clients in an instance, in proportion to its size: facts.md, 4.
unsigned most_clients(const Domain& domain) {
  return std::max(1u, static_cast<unsigned>(48.0 * domain.weight));
}

double rate_of(const Client& client, double seconds) {
  const auto rate = mean_rate(client.tenant->arrivals, seconds);
  if (rate) return *rate;
  return load_of(client, seconds) / seconds_on(client.tenant->work, {1.0, 1.0});
}

bool closed(const Client& client) {
  return client.tenant->arrivals.kind == Arrivals::Kind::kClosed;
}

// What runs in one instance: kernels of requests per second of time, and of closed loops, which are
// there always.
struct Company {
  double load = 0, always = 0;
};

double strain_of(const Client& client, plan::Share share, const Company& company, double rate) {
  constexpr double kFull = 0.95, kTail = 4.6, kBeyond = 10.0;  // ln 100: a tail of 1 %
  const Work& work = client.tenant->work;
  const double kernels = kernel_seconds_on(work, share);
  const double alone = seconds_on(work, share);
  const double own = closed(client) ? kernels / alone : 0.0;
  const double others = std::max(0.0, company.always - own);
  const double takes = alone + kernels * others;
  const double busy = std::min(kFull, std::max(company.load, closed(client) ? 0.0 : rate * takes));
  const double waits = takes * busy / (2.0 * (1.0 - busy));
  double sum = std::log((takes + waits) / seconds_on(work, {1.0, 1.0}));
  const auto& objective = client.tenant->objective_seconds;
  const double tail = takes + kTail * waits;
  if (objective && tail > *objective) sum += kBeyond * std::log(tail / *objective);
  return sum;
}

}  // namespace

bool share_instances(const Scenario& scenario, const std::vector<Client>& clients,
                     Seating& seating) {
  std::vector<Seat> places;
  std::vector<Room> rooms;
  for (unsigned gpu = 0; gpu < seating.gpus.size(); ++gpu) {
    for (unsigned d = 0; d < seating.gpus[gpu].size(); ++d) {
      const Domain& domain = seating.gpus[gpu][d];
      places.push_back({gpu, d, 0.0});
      rooms.push_back({domain.share.sm,
                       usable_mib(*scenario.gpu.product, *domain.instance->profile),
                       most_clients(domain)});
    }
  }
  std::vector<Item> items;
  for (const Client& client : clients) {
    const double rate = rate_of(client, scenario.seconds);
    items.push_back(
        {rate * sm_seconds_on(client.tenant->work, {1.0, 1.0}), resident_mib(client.tenant->work)});
  }
  const auto where = balance(items, rooms);
  if (!where) return false;
  seating.seats.clear();
  for (const std::size_t room : *where) seating.seats.emplace_back(places[room]);
  return true;
}

double strain(const Scenario& scenario, const std::vector<Client>& clients,
              const Seating& seating) {
  std::vector<std::vector<Company>> domains;
  for (const auto& gpu : seating.gpus) domains.emplace_back(gpu.size());
  for (std::size_t c = 0; c < clients.size(); ++c) {
    const Seat& seat = *seating.seats[c];
    const Work& work = clients[c].tenant->work;
    const plan::Share share = seating.gpus[seat.gpu][seat.domain].share;
    Company& company = domains[seat.gpu][seat.domain];
    const double part = std::min(1.0, work.most_sm / share.sm) * kernel_seconds_on(work, share);
    if (closed(clients[c])) {
      company.always += part / seconds_on(work, share);
    } else {
      company.load += part * rate_of(clients[c], scenario.seconds);
    }
  }
  double sum = 0.0;
  for (std::size_t c = 0; c < clients.size(); ++c) {
    const Seat& seat = *seating.seats[c];
    const plan::Share share = seating.gpus[seat.gpu][seat.domain].share;
    sum += strain_of(clients[c], share, domains[seat.gpu][seat.domain],
                     rate_of(clients[c], scenario.seconds));
  }
  return sum;
}

std::vector<mig::Layout> layouts_to_share(const GpuModel& gpu) {
  const auto plain = [&](const mig::GpuInstanceProfile& profile) {
    return profile.media == mig::Media::kPlain && !profile.graphics &&
           share_on(gpu, profile).has_value();
  };
  std::set<std::vector<std::string_view>> seen;
  std::vector<mig::Layout> result;
  for (const mig::Layout& layout : mig::layouts(gpu.product->geometry, plain, true)) {
    if (layout.instances().size() < 2) continue;
    std::vector<std::string_view> names;
    for (const mig::Instance& instance : layout.instances())
      names.push_back(instance.profile->name);
    std::ranges::sort(names);
    if (seen.insert(names).second) result.push_back(layout);
  }
  return result;
}

}  // namespace septet::lab::sharing
