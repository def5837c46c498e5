// lab/sharing/seats_mig.cpp — instances for everybody: the scenario's, or chosen and packed.
#include <algorithm>
#include <map>
#include <numeric>

#include "lab/model/memory_fit.h"
#include "lab/model/transfer.h"
#include "lab/sharing/instance_size.h"
#include "lab/sharing/shared_instances.h"
#include "plan/pack.h"

namespace septet::lab::sharing {

namespace {

using Profile = const mig::GpuInstanceProfile*;

// The layouts of the fewest GPUs that hold one instance of each profile; nullopt: more than `most`.
std::optional<std::vector<mig::Layout>> packed(const mig::Geometry& geometry,
                                               const std::vector<Profile>& wanted, unsigned most) {
  std::map<std::pair<unsigned, std::string_view>, std::pair<Profile, unsigned>> kinds;
  for (const Profile profile : wanted) {
    auto& kind = kinds[{16u - profile->size, profile->name}];
    kind.first = profile;
    ++kind.second;
  }
  plan::PackRequest request;
  request.kinds = {&geometry};
  for (unsigned gpu = 0; gpu < most; ++gpu) request.bins.push_back({gpu, 0, 0, {}});
  for (const auto& [key, kind] : kinds) request.demands.push_back({kind.second, {kind.first}});
  request.budget = 200'000;
  const plan::Packing packing = plan::pack(request);
  if (!packing.complete) return std::nullopt;
  std::vector<mig::Layout> layouts;
  for (const plan::PackedBin& bin : packing.bins) {
    if (!bin.used) continue;
    std::vector<mig::Instance> instances;
    for (const plan::PackedInstance& packed : bin.instances) instances.push_back(packed.instance);
    auto layout = mig::Layout::make(geometry, std::move(instances));
    SEPTET_ASSERT(layout.has_value());
    layouts.push_back(*std::move(layout));
  }
  return layouts;
}

struct Wish {
  std::size_t client = 0;
  Choice choice;
};

// Who asked for no latency takes what is left on the GPUs in use, a size at a time.
void grow(const Scenario& scenario, const std::vector<Client>& clients, std::vector<Wish>& wishes,
          std::vector<mig::Layout>& layouts) {
  const mig::Geometry& geometry = scenario.gpu.product->geometry;
  const auto sizes = plain_profiles(scenario.gpu);
  const auto most = static_cast<unsigned>(layouts.size());
  for (bool grew = true; grew;) {
    grew = false;
    for (Wish& wish : wishes) {
      if (wish.choice.given || clients[wish.client].tenant->objective_seconds) continue;
      const Profile before = wish.choice.profile;
      for (auto next = std::ranges::find(sizes, before); next != sizes.end(); ++next) {
        const auto faster = [&](Profile profile) {
          return seconds_on(clients[wish.client].tenant->work, *share_on(scenario.gpu, *profile));
        };
        if (faster(*next) >= faster(before)) continue;
        wish.choice.profile = *next;
        std::vector<Profile> wanted;
        for (const Wish& one : wishes) wanted.push_back(one.choice.profile);
        auto larger = packed(geometry, wanted, most);
        if (larger) {
          layouts = *std::move(larger);
          grew = true;
          break;
        }
        wish.choice.profile = before;
      }
    }
  }
}

std::vector<Domain> domains_of(const GpuModel& gpu, Mode mode, const mig::Layout& layout) {
  std::vector<Domain> domains;
  for (const mig::Instance& instance : layout.instances()) {
    Domain domain;
    domain.share = *share_on(gpu, *instance.profile);
    domain.discipline = mode == Mode::kMigMps ? Discipline::kTogether : Discipline::kTurns;
    domain.weight = static_cast<double>(instance.profile->slices) / gpu.product->geometry.slices;
    domain.link_cap = link_cap(gpu, *instance.profile);
    domain.instance = instance;
    domains.push_back(domain);
  }
  return domains;
}

Seating seating_on(const GpuModel& gpu, Mode mode, const std::vector<mig::Layout>& layouts) {
  Seating seating;
  seating.layouts = layouts;
  for (const mig::Layout& layout : layouts) seating.gpus.push_back(domains_of(gpu, mode, layout));
  return seating;
}

bool active_within(const Client& client, double from, double to) {
  const auto& parts = client.tenant->arrivals.active;
  return parts.empty() || std::ranges::any_of(parts, [&](const auto& part) {
           return part.first < to && part.second > from;
         });
}

struct Offer {
  Seat seat;
  Profile profile;
  bool taken = false;
};

// The instance of this wish: of the profile it names; else the smallest that suits it, or the
// largest there is for one that asked for no latency.
Offer* best_offer(const Scenario& scenario, const Client& client, const Choice& choice,
                  std::vector<Offer>& offers) {
  Offer* best = nullptr;
  double least = 0.0;
  for (Offer& offer : offers) {
    if (offer.taken) continue;
    if (choice.given && choice.profile != nullptr && offer.profile == choice.profile) return &offer;
    const Estimate estimate = estimate_in(scenario, client, *offer.profile);
    if (!estimate.fits) continue;
    const bool small = client.tenant->objective_seconds && estimate.meets;
    const double cost =
        small ? -100.0 + offer.profile->size + 0.01 * offer.profile->slices
              : seconds_on(client.tenant->work, *share_on(scenario.gpu, *offer.profile));
    if (best == nullptr || cost < least) {
      best = &offer;
      least = cost;
    }
  }
  return best;
}

// Each client its own instance, those that want most first. False: somebody got none.
bool hand_out(const Scenario& scenario, const std::vector<Client>& clients,
              const std::vector<Wish>& wishes, double until, Seating& seating) {
  std::vector<Offer> offers;
  for (unsigned gpu = 0; gpu < seating.gpus.size(); ++gpu) {
    for (unsigned d = 0; d < seating.gpus[gpu].size(); ++d)
      offers.push_back({{gpu, d, 0.0}, seating.gpus[gpu][d].instance->profile});
  }
  std::vector<const Wish*> order;
  for (const Wish& wish : wishes) order.push_back(&wish);
  std::ranges::stable_sort(order, [&](const Wish* a, const Wish* b) {
    const auto rank = [&](const Wish* wish) {
      const Client& client = clients[wish->client];
      const int size = wish->choice.profile == nullptr ? 0 : wish->choice.profile->size;
      return std::tuple(!active_within(client, seating.at, until), !wish->choice.given,
                        !client.tenant->objective_seconds.has_value(), -size);
    };
    return rank(a) < rank(b);
  });
  seating.seats.assign(clients.size(), std::nullopt);
  bool all = true;
  for (const Wish* wish : order) {
    Offer* offer = best_offer(scenario, clients[wish->client], wish->choice, offers);
    if (offer == nullptr) {
      all = false;
      continue;
    }
    offer->taken = true;
    seating.seats[wish->client] = offer->seat;
  }
  return all;
}

Result<std::vector<Wish>> wishes_of(const Scenario& scenario, const std::vector<Client>& clients) {
  std::vector<Wish> wishes;
  for (std::size_t c = 0; c < clients.size(); ++c)
    wishes.push_back({c, TRY(choose_size(scenario, clients[c]))});
  return wishes;
}

Result<std::vector<mig::Layout>> layouts_of(const GpuModel& gpu,
                                            const std::vector<std::vector<std::string>>& named) {
  const mig::Geometry& geometry = gpu.product->geometry;
  std::vector<mig::Layout> layouts;
  for (const auto& names : named) {
    std::vector<Profile> wanted;
    for (const std::string& name : names) {
      const Profile profile = geometry.find_name(name);
      if (profile == nullptr || !share_on(gpu, *profile))
        return fail(Code::kInvalidArgument,
                    std::string(gpu.product->id) + " has no profile " + name + " with known SMs",
                    "septet profiles --product " + std::string(gpu.product->id));
      wanted.push_back(profile);
    }
    layouts.push_back(TRY(plan::place(geometry, {}, wanted)));
  }
  return layouts;
}

// The layouts that the scenario gives, at the start and after each change.
Result<Seats> given_seats(const Scenario& scenario, Mode mode, const std::vector<Client>& clients) {
  const std::vector<Wish> wishes = TRY(wishes_of(scenario, clients));
  Seats seats;
  std::vector<LayoutChange> all = {{0.0, scenario.layouts, 0.0}};
  all.insert(all.end(), scenario.changes.begin(), scenario.changes.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double until = i + 1 < all.size() ? all[i + 1].at : scenario.seconds;
    Seating seating = seating_on(scenario.gpu, mode, TRY(layouts_of(scenario.gpu, all[i].layouts)));
    seating.at = all[i].at;
    seating.overhead_seconds = all[i].overhead_seconds;
    const bool everybody = mode == Mode::kMigMps
                               ? share_instances(scenario, clients, seating)
                               : hand_out(scenario, clients, wishes, until, seating);
    if (!everybody && all.size() == 1) {
      seats.impossible = "the layouts given have no instance with enough memory for each tenant";
      return seats;
    }
    seats.seatings.push_back(std::move(seating));
  }
  return seats;
}

Result<Seats> chosen_seats(const Scenario& scenario, const std::vector<Client>& clients,
                           unsigned most) {
  std::vector<Wish> wishes = TRY(wishes_of(scenario, clients));
  Seats seats;
  std::vector<Profile> wanted;
  for (const Wish& wish : wishes) {
    const Client& client = clients[wish.client];
    if (wish.choice.profile == nullptr) {
      seats.impossible = client.name + " does not fit the memory of " +
                         (wish.choice.given ? client.tenant->profile : "any instance");
      return seats;
    }
    if (!wish.choice.meets && client.tenant->objective_seconds)
      seats.notes.push_back(
          client.name + (wish.choice.given ? ": its profile does not meet" : ": no profile meets") +
          " its objective, by the model");
    wanted.push_back(wish.choice.profile);
  }
  auto layouts = packed(scenario.gpu.product->geometry, wanted, most);
  if (!layouts) {
    seats.impossible = "the instances needed do not fit on " + std::to_string(most) +
                       (most == 1 ? " GPU" : " GPUs");
    return seats;
  }
  grow(scenario, clients, wishes, *layouts);
  for (Wish& wish : wishes) wish.choice.given = true;  // exactly what was packed
  Seating seating = seating_on(scenario.gpu, Mode::kMig, *layouts);
  const bool all = hand_out(scenario, clients, wishes, scenario.seconds, seating);
  SEPTET_ASSERT(all);
  seats.seatings.push_back(std::move(seating));
  return seats;
}

// Of the layouts with at least two instances the one that strains its tenants least.
Seats shared_seats(const Scenario& scenario, const std::vector<Client>& clients,
                   const SimulateOptions& options) {
  Seats seats;
  const unsigned most = std::min(options.gpus.value_or(scenario.most_gpus), scenario.most_gpus);
  const unsigned least = options.gpus.value_or(1);
  for (unsigned gpus = std::min(least, most); gpus <= most; ++gpus) {
    std::optional<Seating> best;
    double least_strain = 0.0;
    for (const mig::Layout& layout : layouts_to_share(scenario.gpu)) {
      Seating seating =
          seating_on(scenario.gpu, Mode::kMigMps, std::vector<mig::Layout>(gpus, layout));
      if (!share_instances(scenario, clients, seating)) continue;
      const double strained = strain(scenario, clients, seating);
      if (best && strained >= least_strain - 1e-9) continue;
      best = std::move(seating);
      least_strain = strained;
    }
    if (!best) continue;
    seats.seatings.push_back(*std::move(best));
    return seats;
  }
  seats.impossible = "the memory of all does not fit the instances of " + std::to_string(most) +
                     (most == 1 ? " GPU" : " GPUs");
  return seats;
}

}  // namespace

Result<Seats> seats_in_instances(const Scenario& scenario, Mode mode,
                                 const std::vector<Client>& clients,
                                 const SimulateOptions& options) {
  if (!scenario.layouts.empty()) return given_seats(scenario, mode, clients);
  if (mode == Mode::kMigMps) return shared_seats(scenario, clients, options);
  return chosen_seats(scenario, clients,
                      std::min(options.gpus.value_or(scenario.most_gpus), scenario.most_gpus));
}

}  // namespace septet::lab::sharing
