#include "fleet_baselines.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace septet::bench {

namespace {

using Profile = const mig::GpuInstanceProfile*;
using Gpus = std::vector<mig::Occupancy>;

// Puts an instance at its lowest free start; false: it does not fit.
bool place(const mig::Geometry& geometry, mig::Occupancy& gpu, Profile profile) {
  const std::uint16_t starts = mig::free_starts(geometry, gpu, *profile);
  if (starts == 0) return false;
  gpu.add(*profile, {static_cast<std::uint8_t>(std::countr_zero(starts)), profile->size});
  return true;
}

// At the start that leaves most starts for whatever comes next: what Turkkan et al. say in words
// (3g to the right half, 1g where it wastes least) for every geometry.
bool place_sparing(const mig::Geometry& geometry, mig::Occupancy& gpu, Profile profile) {
  std::optional<mig::Occupancy> best;
  int best_left = -1;
  for (std::uint16_t starts = mig::free_starts(geometry, gpu, *profile); starts != 0;
       starts = static_cast<std::uint16_t>(starts & (starts - 1))) {
    mig::Occupancy with = gpu;
    with.add(*profile, {static_cast<std::uint8_t>(std::countr_zero(starts)), profile->size});
    int left = 0;
    for (const auto& other : geometry.profiles)
      left += std::popcount(mig::free_starts(geometry, with, other));
    if (left <= best_left) continue;
    best_left = left;
    best = with;
  }
  if (best) gpu = *best;
  return best.has_value();
}
using Place = bool (*)(const mig::Geometry&, mig::Occupancy&, Profile);

std::uint64_t first_fit(const mig::Geometry& geometry, const std::vector<Profile>& order) {
  Gpus gpus;
  // Where the search for a profile may begin: GPUs never empty here, so what was full stays full.
  std::vector<std::size_t> from(geometry.profiles.size(), 0);
  for (const Profile profile : order) {
    std::size_t& gpu = from[static_cast<std::size_t>(profile - geometry.profiles.data())];
    while (gpu < gpus.size() && !place(geometry, gpus[gpu], profile)) ++gpu;
    if (gpu < gpus.size()) continue;
    gpus.emplace_back();
    place(geometry, gpus.back(), profile);
  }
  return gpus.size();
}

// The GPU with the fewest (or, to balance, the most) free memory units on which it fits. GPUs are
// kept in buckets of equal occupancy: they are alike.
template <typename Better>
std::optional<mig::Occupancy> choose(
    const mig::Geometry& geometry,
    const std::vector<std::pair<mig::Occupancy, std::uint64_t>>& gpus, Profile profile,
    Better better) {
  std::optional<mig::Occupancy> chosen;
  for (const auto& [occupancy, count] : gpus) {
    if (count == 0 || mig::free_starts(geometry, occupancy, *profile) == 0) continue;
    if (!chosen || better(std::popcount(occupancy.units), std::popcount(chosen->units)))
      chosen = occupancy;
  }
  return chosen;
}

class Buckets {
 public:
  void add(const mig::Occupancy& occupancy, std::uint64_t count) {
    for (auto& [known, gpus] : all) {
      if (known == occupancy) {
        gpus += count;
        return;
      }
    }
    all.emplace_back(occupancy, count);
  }
  void move(const mig::Geometry& geometry, mig::Occupancy gpu, Profile profile, Place put = place) {
    for (auto& [known, gpus] : all) {
      if (known == gpu) --gpus;
    }
    put(geometry, gpu, profile);
    add(gpu, 1);
  }
  std::vector<std::pair<mig::Occupancy, std::uint64_t>> all;
};

std::uint64_t best_fit(const mig::Geometry& geometry, const std::vector<Profile>& order,
                       Place put = place) {
  Buckets buckets;
  std::uint64_t gpus = 0;
  for (const Profile profile : order) {
    auto chosen = choose(geometry, buckets.all, profile, std::greater<>{});
    if (!chosen) {
      ++gpus;
      buckets.add({}, 1);
      chosen = mig::Occupancy{};
    }
    buckets.move(geometry, *chosen, profile, put);
  }
  return gpus;
}

// Largest first, where least stays free; two 3g never share a GPU, for ParvaGPU has one place for
// them. What it breaks up afterwards are services' rates; instances are given here.
std::uint64_t parva(const mig::Geometry& geometry, const std::vector<Profile>& order) {
  struct Kind {
    mig::Occupancy occupancy;
    bool three = false;
    std::uint64_t gpus = 0;
  };
  std::vector<Kind> kinds;
  std::uint64_t gpus = 0;
  for (const Profile profile : order) {
    const bool three = profile->slices == 3;
    Kind chosen;
    int fullest = -1;
    for (Kind& kind : kinds) {
      if (kind.gpus == 0 || (three && kind.three)) continue;
      if (mig::free_starts(geometry, kind.occupancy, *profile) == 0) continue;
      const int taken = std::popcount(kind.occupancy.units);
      if (taken <= fullest) continue;
      fullest = taken;
      chosen = kind;
    }
    const auto same = [&kinds](const Kind& one) {
      return std::ranges::find_if(kinds, [&one](const Kind& kind) {
        return kind.occupancy == one.occupancy && kind.three == one.three;
      });
    };
    if (fullest < 0) {
      ++gpus;
    } else {
      --same(chosen)->gpus;
    }
    place_sparing(geometry, chosen.occupancy, profile);
    chosen.three = chosen.three || three;
    chosen.gpus = 1;
    if (const auto known = same(chosen); known != kinds.end()) {
      ++known->gpus;
    } else {
      kinds.push_back(chosen);
    }
  }
  return gpus;
}

bool balanced_on(const mig::Geometry& geometry, const std::vector<Profile>& order,
                 std::uint64_t gpus) {
  Buckets buckets;
  buckets.add({}, gpus);
  for (const Profile profile : order) {
    const auto chosen = choose(geometry, buckets.all, profile, std::less<>{});
    if (!chosen) return false;
    buckets.move(geometry, *chosen, profile);
  }
  return true;
}

// It needs to know its fleet: the smallest one, in steps of a fiftieth, on which all find a place.
std::uint64_t load_balanced(const mig::Geometry& geometry, const std::vector<Profile>& order,
                            std::uint64_t least) {
  std::uint64_t gpus = least;
  while (gpus < order.size() && !balanced_on(geometry, order, gpus)) gpus += least / 50 + 1;
  return gpus;
}

// Seven 1g a GPU; an instance takes as many as it has memory units (7 for a whole GPU), as if it
// could be split.
std::uint64_t seven_of_one(const std::vector<Profile>& order) {
  std::uint64_t leaves = 0;
  for (const Profile profile : order) leaves += std::min<unsigned>(profile->size, 7);
  return (leaves + 6) / 7;
}

// 4g + 2g + 1g a GPU; an instance takes the smallest of the three that is as large, or a whole GPU.
std::uint64_t four_two_one(const std::vector<Profile>& order) {
  std::uint64_t ones = 0, twos = 0, fours = 0, whole = 0;
  for (const Profile profile : order) {
    if (profile->size > 4) {
      ++whole;
    } else if (profile->size > 2) {
      ++fours;
    } else if (profile->size > 1) {
      ++twos;
    } else {
      ++ones;
    }
  }
  // What is left over of a larger kind takes the smaller ones.
  std::uint64_t gpus = fours;
  while (gpus < twos && gpus - fours < twos - gpus) ++gpus;
  const auto fits = [&](std::uint64_t count) {
    if (count < fours) return false;
    std::uint64_t spare = count - fours;
    if (twos > count && twos - count > spare) return false;
    spare -= twos > count ? twos - count : 0;
    spare += count > twos ? count - twos : 0;
    return ones <= count + spare;
  };
  while (!fits(gpus)) ++gpus;
  return gpus + whole;
}

}  // namespace

std::vector<Baseline> baselines(const plan::OneProduct& product,
                                const std::vector<std::uint64_t>& demand, std::mt19937_64& random) {
  const mig::Geometry& geometry = product.geometry();
  std::vector<Profile> order;
  for (std::size_t c = 0; c < demand.size(); ++c)
    order.insert(order.end(), demand[c], product.classes()[c].profiles.front());
  std::ranges::shuffle(order, random);
  auto decreasing = order;
  std::ranges::stable_sort(decreasing, std::ranges::greater{}, [](Profile profile) {
    return std::pair(profile->size, profile->slices);
  });
  return {{"first-fit", first_fit(geometry, order)},
          {"best-fit", best_fit(geometry, order)},
          {"first-fit decreasing", first_fit(geometry, decreasing)},
          {"Turkkan's rules", best_fit(geometry, decreasing, place_sparing)},
          {"ParvaGPU's allocator", parva(geometry, decreasing)},
          {"load-balanced", load_balanced(geometry, order, product.fewest_gpus(demand))},
          {"7x 1g, if work could be split", seven_of_one(order)},
          {"4-2-1", four_two_one(order)},
          {"whole GPUs", order.size()}};
}

}  // namespace septet::bench
