#include "lab/sharing/seats.h"

#include <algorithm>
#include <numeric>

#include "lab/model/memory_fit.h"
#include "lab/model/transfer.h"
#include "lab/sharing/arrivals.h"

namespace septet::lab::sharing {

namespace {

constexpr unsigned kMostMpsClients = 48;  // per device, Volta and later: NVIDIA MPS documentation

std::string fits_nowhere(const Scenario& scenario, Mode mode, unsigned most) {
  if (mode == Mode::kWholeGpu)
    return "one GPU each takes more GPUs than the " + std::to_string(scenario.most_gpus) +
           " there are";
  return "the memory of all does not fit on " + std::to_string(most) +
         (most == 1 ? " GPU" : " GPUs");
}

Domain whole(const GpuModel& gpu, Mode mode) {
  Domain domain;
  domain.discipline = mode == Mode::kMps || mode == Mode::kMpsPercentages ? Discipline::kTogether
                                                                          : Discipline::kTurns;
  domain.link_cap = link_bytes_per_second(gpu);
  return domain;
}

std::optional<std::vector<std::size_t>> spread(const Scenario& scenario, Mode mode,
                                               const std::vector<Client>& clients, unsigned gpus) {
  std::vector<Item> items;
  for (const Client& client : clients)
    items.push_back({load_of(client, scenario.seconds), resident_mib(client.tenant->work)});
  const bool together = mode == Mode::kMps || mode == Mode::kMpsPercentages;
  unsigned most = together ? kMostMpsClients : static_cast<unsigned>(clients.size());
  if (mode == Mode::kWholeGpu) most = 1;
  return balance(items, std::vector<Room>(gpus, {1.0, usable_mib(*scenario.gpu.product), most}));
}

}  // namespace

std::vector<Client> clients_of(const Scenario& scenario) {
  std::vector<Client> clients;
  const Random streams(scenario.seed);
  for (const Tenant& tenant : scenario.tenants) {
    for (unsigned i = 0; i < tenant.replicas; ++i) {
      const std::string number = tenant.replicas > 1 ? "#" + std::to_string(i + 1) : "";
      const Random random = streams.split(clients.size());
      clients.push_back({tenant.name + number, &tenant,
                         open_arrivals(tenant.arrivals, scenario.seconds, random.split(0)),
                         random.split(1)});
    }
  }
  return clients;
}

double load_of(const Client& client, double seconds) {
  const double alone = seconds_on(client.tenant->work, {1.0, 1.0});
  const Arrivals& arrivals = client.tenant->arrivals;
  if (const auto rate = mean_rate(arrivals, seconds)) return *rate * alone;
  return std::min(1.0, arrivals.clients * alone / (alone + arrivals.think));
}

std::optional<std::vector<std::size_t>> balance(const std::vector<Item>& items,
                                                const std::vector<Room>& rooms) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (items[a].memory != items[b].memory) return items[a].memory > items[b].memory;
    return items[a].load > items[b].load;
  });
  std::vector<double> load(rooms.size()), memory(rooms.size());
  std::vector<unsigned> held(rooms.size());
  std::vector<std::size_t> where(items.size());
  for (const std::size_t item : order) {
    std::optional<std::size_t> best;
    for (std::size_t room = 0; room < rooms.size(); ++room) {
      if (memory[room] + items[item].memory > rooms[room].memory) continue;
      if (held[room] >= rooms[room].most_items) continue;
      const auto after = [&](std::size_t r) {
        return (load[r] + items[item].load) / rooms[r].capacity;
      };
      if (!best || after(room) < after(*best)) best = room;
    }
    if (!best) return std::nullopt;
    where[item] = *best;
    load[*best] += items[item].load;
    memory[*best] += items[item].memory;
    ++held[*best];
  }
  return where;
}

Seats seats_on_whole_gpus(const Scenario& scenario, Mode mode, const std::vector<Client>& clients,
                          const SimulateOptions& options) {
  const auto count = static_cast<unsigned>(clients.size());
  unsigned gpus = mode == Mode::kWholeGpu ? count : options.gpus.value_or(1);
  const unsigned most = options.gpus.value_or(scenario.most_gpus);
  auto where = spread(scenario, mode, clients, gpus);
  while (!where && gpus < std::min(most, count)) where = spread(scenario, mode, clients, ++gpus);
  Seats seats;
  if (!where || gpus > std::max(most, options.gpus.value_or(0)) || gpus > scenario.most_gpus) {
    seats.impossible = fits_nowhere(scenario, mode, std::min(most, scenario.most_gpus));
    return seats;
  }
  Seating seating;
  seating.gpus.assign(gpus, {whole(scenario.gpu, mode)});
  std::vector<unsigned> on(gpus);
  for (const std::size_t gpu : *where) ++on[gpu];
  for (std::size_t c = 0; c < clients.size(); ++c) {
    const auto gpu = static_cast<unsigned>((*where)[c]);
    const double asked = clients[c].tenant->thread_percentage / 100.0;
    const double cap = asked > 0.0 ? asked : 1.0 / on[gpu];
    seating.seats.push_back(Seat{gpu, 0, mode == Mode::kMpsPercentages ? cap : 0.0});
  }
  seats.seatings.push_back(std::move(seating));
  return seats;
}

Result<Seats> find_seats(const Scenario& scenario, Mode mode, const std::vector<Client>& clients,
                         const SimulateOptions& options) {
  switch (mode) {
    case Mode::kWholeGpu:
    case Mode::kTimeSlicing:
    case Mode::kMps:
    case Mode::kMpsPercentages: return seats_on_whole_gpus(scenario, mode, clients, options);
    case Mode::kMig:
    case Mode::kMigMps: return seats_in_instances(scenario, mode, clients, options);
  }
  return fail(Code::kInternal, "no such mode");
}

}  // namespace septet::lab::sharing
