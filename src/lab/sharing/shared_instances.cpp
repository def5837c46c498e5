#include "lab/sharing/shared_instances.h"

#include <algorithm>
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

double fullest_instance(const Scenario& scenario, const std::vector<Client>& clients,
                        const Seating& seating) {
  std::vector<std::vector<double>> kernels;
  for (const auto& domains : seating.gpus) kernels.emplace_back(domains.size(), 0.0);
  double fullest = 0.0;
  for (std::size_t c = 0; c < clients.size(); ++c) {
    const Seat& seat = *seating.seats[c];
    const Work& work = clients[c].tenant->work;
    const plan::Share share = seating.gpus[seat.gpu][seat.domain].share;
    const double rate = rate_of(clients[c], scenario.seconds);
    double& sum = kernels[seat.gpu][seat.domain];
    sum += rate * kernel_seconds_on(work, share) * std::min(1.0, work.most_sm / share.sm);
    fullest = std::max({fullest, sum, rate * seconds_on(work, share)});
  }
  return fullest;
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
