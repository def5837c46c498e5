#include "publish/preferred_slices.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

namespace septet::publish {
namespace {

// More free slices of one resource on one GPU than any product has: only runs of them are tried.
constexpr std::size_t kMostEnumerated = 12;
constexpr std::size_t kRanks = 16;

// Compared from the front, more is better: minus the GPUs used, then the places open per rank of
// profile, the largest profile first.
struct Worth {
  std::array<std::int32_t, kRanks + 1> terms{};
  Worth& operator+=(const Worth& other) {
    for (std::size_t i = 0; i < terms.size(); ++i) terms.at(i) += other.terms.at(i);
    return *this;
  }
  friend auto operator<=>(const Worth&, const Worth&) = default;
};

// How large a profile is, whatever the board: its share of the memory units, then its slices.
using ProfileSize = std::pair<unsigned, unsigned>;
ProfileSize size_of(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile) {
  constexpr unsigned kFine = 840;  // divisible by all unit counts there are
  return {geometry.units == 0 ? 0 : profile.size * kFine / geometry.units, profile.slices};
}

struct OpenPlace {
  std::uint16_t units;
  std::size_t rank;
};

struct Part {
  const Device* device;
  std::size_t instance;  // of the GPU's list
};
struct Cut {  // what may be chosen on one GPU, and how good the best choice of each count is
  std::vector<Part> free;
  std::vector<std::uint32_t> best;  // by count: bits of `free`
  std::vector<Worth> worth;
};

class SlicePreference {
 public:
  SlicePreference(const mig::Node& node, const std::vector<SliceChoice>& candidates)
      : node_(node), candidates_(candidates) {
    for (const mig::Gpu& gpu : node_.gpus)
      if (std::ranges::any_of(
              candidates, [&gpu](const SliceChoice& one) { return one.device->gpu == gpu.index; }))
        gpus_.push_back(&gpu);
    rank_profiles();
  }

  std::vector<const Device*> best(unsigned count) {
    for (const mig::Gpu* gpu : gpus_) cuts_.push_back(cut_of(*gpu));
    const std::vector<std::size_t> counts = share_out(count);
    std::vector<const Device*> chosen;
    for (std::size_t g = 0; g < cuts_.size(); ++g)
      for (std::size_t i = 0; i < cuts_[g].free.size(); ++i)
        if (((cuts_[g].best.at(counts[g]) >> i) & 1u) != 0)
          chosen.push_back(cuts_[g].free[i].device);
    return chosen;
  }

 private:
  void rank_profiles() {
    for (const mig::Gpu* gpu : gpus_) {
      if (!gpu->geometry) continue;
      for (const auto& profile : gpu->geometry->geometry.profiles)
        if (profile.classic()) sizes_.push_back(size_of(gpu->geometry->geometry, profile));
    }
    std::ranges::sort(sizes_, std::greater<>());
    const auto twice = std::ranges::unique(sizes_);
    sizes_.erase(twice.begin(), twice.end());
    if (sizes_.size() > kRanks) sizes_.resize(kRanks);  // the smallest are not told apart
  }

  std::vector<OpenPlace> places_of(const mig::Geometry& geometry) const {
    std::vector<OpenPlace> places;
    for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
      if (!profile.classic()) continue;
      const auto rank = std::ranges::find(sizes_, size_of(geometry, profile)) - sizes_.begin();
      if (rank == std::ssize(sizes_)) continue;
      for (std::uint8_t start = 0; start < 16; ++start)
        if (((profile.starts >> start) & 1u) != 0)
          places.push_back(
              {mig::Placement{start, profile.size}.mask(), static_cast<std::size_t>(rank)});
    }
    return places;
  }

  Cut cut_of(const mig::Gpu& gpu) const {
    Cut cut;
    bool used = false;
    for (const SliceChoice& one : candidates_) {
      if (one.device->gpu != gpu.index) continue;
      used = used || one.must;
      const auto at = std::ranges::find(gpu.instances, one.device->gpu_instance.value_or(~0u),
                                        &mig::GpuInstance::id);
      if (!one.must)
        cut.free.push_back({one.device, static_cast<std::size_t>(at - gpu.instances.begin())});
    }
    const std::size_t most = cut.free.size();
    cut.best.assign(most + 1, 0);
    cut.worth.assign(most + 1, {});
    const auto places = gpu.geometry ? places_of(gpu.geometry->geometry) : std::vector<OpenPlace>{};
    std::vector<bool> seen(most + 1);
    const auto consider = [&](std::uint32_t subset) {
      const auto count = static_cast<std::size_t>(std::popcount(subset));
      const Worth worth = worth_of(gpu, cut, places, subset, used);
      if (seen[count] && !better(worth, subset, cut.worth[count], cut.best[count])) return;
      seen[count] = true;
      cut.worth[count] = worth;
      cut.best[count] = subset;
    };
    if (most <= kMostEnumerated) {
      for (std::uint32_t subset = 0; subset < (1u << most); ++subset) consider(subset);
    } else {
      for (std::size_t n = 0; n <= std::min<std::size_t>(most, 31); ++n)
        consider(static_cast<std::uint32_t>((1ull << n) - 1));
      cut.best.resize(std::min<std::size_t>(most, 31) + 1);
      cut.worth.resize(cut.best.size());
    }
    return cut;
  }

  // Among equals the subset whose first difference is in it.
  static bool better(const Worth& a, std::uint32_t a_set, const Worth& b, std::uint32_t b_set) {
    if (a != b) return a > b;
    const std::uint32_t differ = a_set ^ b_set;
    return (a_set & differ & (~differ + 1)) != 0;
  }

  // The GPU's worth when `subset` of its free slices is handed out as well.
  static Worth worth_of(const mig::Gpu& gpu, const Cut& cut, const std::vector<OpenPlace>& places,
                        std::uint32_t subset, bool used) {
    std::array<std::uint8_t, 32> left{};  // compute instances still free, by GPU instance
    for (std::size_t i = 0; i < cut.free.size() && i < 32; ++i)
      if (((subset >> i) & 1u) == 0 && cut.free[i].instance < left.size())
        ++left.at(cut.free[i].instance);
    std::uint16_t taken = 0;
    for (std::size_t i = 0; i < gpu.instances.size(); ++i) {
      const mig::GpuInstance& instance = gpu.instances[i];
      const std::size_t free = i < left.size() ? left.at(i) : 0;
      if (free < instance.compute.size()) taken |= instance.at.mask();
    }
    Worth worth;
    worth.terms[0] = used || subset != 0 ? -1 : 0;
    for (const OpenPlace& place : places)
      if ((place.units & taken) == 0) ++worth.terms.at(place.rank + 1);
    return worth;
  }

  // How many to take from each GPU. tail[k]: the best worth of the GPUs from here on with k taken.
  std::vector<std::size_t> share_out(unsigned count) const {
    std::size_t wanted = 0;
    for (const Cut& cut : cuts_) wanted += cut.best.size() - 1;
    wanted = std::min<std::size_t>(wanted, count);
    std::vector<std::optional<Worth>> tail(wanted + 1);
    tail[0] = Worth{};
    std::vector<std::vector<std::size_t>> from(cuts_.size(), std::vector<std::size_t>(wanted + 1));
    for (std::size_t g = cuts_.size(); g-- > 0;) {
      std::vector<std::optional<Worth>> next(wanted + 1);
      for (std::size_t k = 0; k <= wanted; ++k) {
        for (std::size_t here = std::min(k, cuts_[g].best.size() - 1) + 1; here-- > 0;) {
          if (!tail[k - here]) continue;
          Worth worth = *tail[k - here];
          worth += cuts_[g].worth[here];
          if (next[k] && worth <= *next[k]) continue;  // among equals most from the first GPU
          next[k] = worth;
          from[g][k] = here;
        }
      }
      tail = std::move(next);
    }
    std::vector<std::size_t> counts(cuts_.size());
    for (std::size_t g = 0; g < cuts_.size(); ++g) wanted -= counts[g] = from[g][wanted];
    return counts;
  }

  const mig::Node& node_;
  const std::vector<SliceChoice>& candidates_;
  std::vector<const mig::Gpu*> gpus_;
  std::vector<ProfileSize> sizes_;
  std::vector<Cut> cuts_;
};

}  // namespace

std::vector<const Device*> preferred_slices(const mig::Node& node,
                                            const std::vector<SliceChoice>& candidates,
                                            unsigned count) {
  return SlicePreference(node, candidates).best(count);
}

}  // namespace septet::publish
