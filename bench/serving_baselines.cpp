#include "serving_baselines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace septet::bench {

namespace {

constexpr std::array<unsigned, 5> kSizes = {1, 2, 3, 4, 7};
constexpr unsigned kWhole = 7;
constexpr unsigned kBrokenUp = 4;  // GPUs with at most so many slices in use

struct Piece {
  std::size_t service = 0;
  unsigned slices = 0;
};
using Gpu = std::vector<Piece>;

unsigned used(const Gpu& gpu) {
  unsigned sum = 0;
  for (const Piece& piece : gpu) sum += piece.slices;
  return sum;
}

bool holds_three(const Gpu& gpu) {
  return std::ranges::any_of(gpu, [](const Piece& piece) { return piece.slices == 3; });
}

unsigned best_per_slice(const Reach& service) {
  unsigned best = 0;
  for (const unsigned size : kSizes) {
    const double now = service.by_slices[size] / size;
    if (now > 0.0 && (best == 0 || now > service.by_slices[best] / best)) best = size;
  }
  return best;
}

// The smallest that covers `rest`; the largest admissible when none does.
unsigned covering(const Reach& service, double rest) {
  unsigned last = 0;
  for (const unsigned size : kSizes) {
    if (service.by_slices[size] <= 0.0) continue;
    last = size;
    if (service.by_slices[size] >= rest) break;
  }
  return last;
}

// Where the fewest slices stay free; ParvaGPU keeps two 3g apart, for it has one place for them.
void put(std::vector<Gpu>& gpus, const Piece& piece, bool apart) {
  Gpu* best = nullptr;
  for (Gpu& gpu : gpus) {
    if (used(gpu) + piece.slices > kWhole) continue;
    if (apart && piece.slices == 3 && holds_three(gpu)) continue;
    // Two 3g take all memory units: nothing goes beside them.
    const bool two_threes = std::ranges::count(gpu, 3u, &Piece::slices) == 2;
    if (two_threes) continue;
    if (piece.slices == 3 && holds_three(gpu) && used(gpu) != 3) continue;
    if (best == nullptr || used(gpu) > used(*best)) best = &gpu;
  }
  if (best == nullptr) best = &gpus.emplace_back();
  best->push_back(piece);
}

void put_all(std::vector<Gpu>& gpus, std::vector<Piece> pieces, bool apart) {
  std::ranges::stable_sort(pieces, std::ranges::greater{}, &Piece::slices);
  for (const Piece& piece : pieces) put(gpus, piece, apart);
}

std::vector<Cut> cuts_of(const std::vector<Gpu>& gpus) {
  std::vector<Cut> cuts;
  for (const Gpu& gpu : gpus) {
    if (gpu.empty()) continue;
    Cut& cut = cuts.emplace_back();
    for (const Piece& piece : gpu) cut.push_back(piece.slices);
  }
  return cuts;
}

// In ones and twos: twos where they give more than twice a one.
std::vector<Piece> broken_up(const Reach& service, std::size_t index, double& owed) {
  const double one = service.by_slices[1], two = service.by_slices[2];
  std::vector<Piece> pieces;
  const auto take = [&](unsigned slices, double count) {
    for (double i = 0; i < count; ++i) {
      pieces.push_back({index, slices});
      owed -= service.by_slices[slices];
    }
  };
  if (two > 0.0 && (one <= 0.0 || two / 2 > one))
    take(2, one > 0.0 ? std::floor(owed / two) : std::ceil(owed / two));
  if (one > 0.0) take(1, std::max(0.0, std::ceil(owed / one)));
  return pieces;
}

void break_up(std::vector<Gpu>& gpus, const std::vector<Reach>& services) {
  std::vector<double> owed(services.size(), 0.0);
  for (std::size_t g = gpus.size(); g-- > 0;) {
    if (used(gpus[g]) > kBrokenUp) continue;
    for (const Piece& piece : Gpu(gpus[g])) {
      const Reach& service = services[piece.service];
      if (service.by_slices[1] <= 0.0 && service.by_slices[2] <= 0.0) continue;
      const auto at = std::ranges::find_if(gpus[g], [&piece](const Piece& one) {
        return one.service == piece.service && one.slices == piece.slices;
      });
      if (at == gpus[g].end()) continue;
      gpus[g].erase(at);
      owed[piece.service] += service.by_slices[piece.slices];
      put_all(gpus, broken_up(service, piece.service, owed[piece.service]), true);
    }
  }
}

}  // namespace

std::vector<Reach> reach_of(const plan::ServicesPlan& plan) {
  std::vector<Reach> services;
  for (const plan::PlannedService& service : plan.services) {
    Reach reach;
    reach.rate = service.workload.objective->per_second;
    for (const plan::ServingOption& option : service.sizes->best) {
      const unsigned slices = option.profile->slices;
      if (slices < 8)
        reach.by_slices[slices] = std::max(reach.by_slices[slices], option.per_second);
    }
    services.push_back(reach);
  }
  return services;
}

unsigned whole_gpus(const std::vector<Reach>& services) {
  double sum = 0.0;
  for (const Reach& service : services) sum += std::ceil(service.rate / service.by_slices[7]);
  return static_cast<unsigned>(sum);
}

unsigned smallest_sizes(const std::vector<Reach>& services) {
  std::vector<Gpu> gpus;
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const unsigned size = covering(services[i], 0.0);
    const double count = std::ceil(services[i].rate / services[i].by_slices[size]);
    for (double k = 0; k < count; ++k) pieces.push_back({i, size});
  }
  put_all(gpus, std::move(pieces), false);
  return static_cast<unsigned>(gpus.size());
}

unsigned four_two_one(const plan::ServicesPlan& plan) {
  std::vector<const mig::GpuInstanceProfile*> profiles;
  for (const auto* slot : plan.table.slots) {
    const bool wanted = slot->slices == 4 || slot->slices == 2 || slot->slices == 1;
    if (wanted && slot->classic()) profiles.push_back(slot);
  }
  plan::SlotTable table = plan::slot_table(*plan.table.geometry, profiles);
  plan::SlotColumn whole;
  table.columns.resize(table.size());
  for (std::size_t s = 0; s < table.size(); ++s) {
    table.columns[s].holds = {};
    table.columns[s].holds[s] = 1;
    whole.holds[s] = 1;
  }
  table.columns.push_back(whole);
  std::vector<plan::ServiceDemand> demands;
  double alone = 0.0;
  for (std::size_t i = 0; i < plan.demands.size(); ++i) {
    plan::ServiceDemand demand{plan.demands[i].need, {}};
    for (std::size_t s = 0; s < table.size(); ++s) {
      const auto from = std::ranges::find(plan.table.slots, table.slots[s]);
      demand.gives[s] =
          plan.demands[i].gives[static_cast<std::size_t>(from - plan.table.slots.begin())];
    }
    if (std::ranges::max(demand.gives) > 0) {
      demands.push_back(demand);
    } else {
      const auto most = static_cast<double>(std::ranges::max(plan.demands[i].gives));
      alone += std::ceil(static_cast<double>(demand.need) / most);
    }
  }
  const unsigned together = demands.empty() ? 0 : plan::serve(table, demands).gpus;
  return together + static_cast<unsigned>(alone);
}

std::vector<Cut> parva(const std::vector<Reach>& services) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const Reach& service = services[i];
    const unsigned best = best_per_slice(service);
    double count = std::floor(service.rate / service.by_slices[best]);
    if (count * service.by_slices[best] >= service.rate) --count;
    for (double k = 0; k < count; ++k) pieces.push_back({i, best});
    pieces.push_back({i, covering(service, service.rate - count * service.by_slices[best])});
  }
  std::vector<Gpu> gpus;
  put_all(gpus, std::move(pieces), true);
  break_up(gpus, services);
  return cuts_of(gpus);
}

std::vector<Cut> turkkan(const std::vector<Reach>& services) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const unsigned best = best_per_slice(services[i]);
    const double count = std::ceil(services[i].rate / services[i].by_slices[best]);
    for (double k = 0; k < count; ++k) pieces.push_back({i, best});
  }
  std::vector<Gpu> gpus;
  put_all(gpus, std::move(pieces), false);
  return cuts_of(gpus);
}

}  // namespace septet::bench
