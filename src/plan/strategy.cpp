#include "plan/strategy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "mig/profile_name.h"
#include "plan/explain.h"
#include "plan/place.h"

namespace septet::plan {

namespace {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;
using Score = std::array<int, 5>;  // compared in order, less is better

constexpr std::array kAll = {Strategy::kMixed, Strategy::kAllBalanced, Strategy::kHighPerformance,
                             Strategy::kMemoryBalanced, Strategy::kComputeBalanced};

// One plain profile per number of slices: of two the one with less memory. Smallest first.
Profiles plain_sizes(const mig::Geometry& geometry) {
  Profiles sizes;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.media != mig::Media::kPlain || profile.graphics) continue;
    const auto same =
        std::ranges::find(sizes, profile.slices, [](const auto* one) { return one->slices; });
    if (same == sizes.end()) {
      sizes.push_back(&profile);
    } else if (profile.size < (*same)->size) {
      *same = &profile;
    }
  }
  std::ranges::sort(sizes, {}, [](const auto* profile) { return profile->slices; });
  return sizes;
}

struct CutCandidate {
  const mig::Layout* layout = nullptr;
  int count = 0, different = 0;
  int idle_slices = 0, idle_units = 0;
  int least_slices = 0, most_slices = 0, least_units = 0, most_units = 0;
};

CutCandidate measured(const mig::Geometry& geometry, const mig::Layout& layout) {
  CutCandidate one{&layout, 0, 0, geometry.slices, geometry.units, 99, 0, 99, 0};
  std::vector<unsigned> sizes;
  for (const mig::Instance& instance : layout.instances()) {
    const int slices = instance.profile->slices, units = instance.at.size;
    ++one.count;
    one.idle_slices -= slices;
    one.idle_units -= units;
    one.least_slices = std::min(one.least_slices, slices);
    one.most_slices = std::max(one.most_slices, slices);
    one.least_units = std::min(one.least_units, units);
    one.most_units = std::max(one.most_units, units);
    sizes.push_back(instance.profile->slices);
  }
  std::ranges::sort(sizes);
  one.different = static_cast<int>(std::ranges::unique(sizes).begin() - sizes.begin());
  return one;
}

// What the strategy wants least of, most important first. nullopt: this is none of its layouts.
std::optional<Score> score(Strategy strategy, const CutCandidate& one) {
  switch (strategy) {
    case Strategy::kMixed:
      return Score{-one.different, one.idle_slices, -one.most_slices, one.count, one.idle_units};
    case Strategy::kHighPerformance:
      return Score{one.count == 0 ? 1 : 0, -one.most_slices, one.count, 0, 0};
    case Strategy::kMemoryBalanced:
      if (one.count < 2) return std::nullopt;
      return Score{one.idle_units, one.most_units - one.least_units, one.idle_slices, one.count, 0};
    case Strategy::kComputeBalanced:
      if (one.count < 2) return std::nullopt;
      return Score{one.idle_slices, one.most_slices - one.least_slices, one.idle_units, one.count,
                   0};
    case Strategy::kAllBalanced: return std::nullopt;  // made, not searched: see balanced()
  }
  SEPTET_ASSERT(false);
}

Profiles largest_first(const mig::Layout& layout) {
  Profiles profiles;
  for (const mig::Instance& instance : layout.instances()) profiles.push_back(instance.profile);
  std::ranges::stable_sort(profiles, std::ranges::greater{}, [](const auto* profile) {
    return std::pair(profile->slices, profile->size);
  });
  return profiles;
}

bool fits(const mig::Geometry& geometry, const Profiles& profiles) {
  return place(geometry, {}, profiles).has_value();
}

const mig::GpuInstanceProfile* largest_that_fits(const mig::Geometry& geometry,
                                                 const Profiles& sizes, std::size_t times) {
  const mig::GpuInstanceProfile* best = nullptr;
  for (const auto* size : sizes) {
    if (fits(geometry, Profiles(times, size))) best = size;
  }
  return best;
}

Profiles balanced(const mig::Geometry& geometry, const Profiles& sizes) {
  Profiles profiles;
  for (const std::size_t times : {2u, 3u}) {
    const auto* const size = largest_that_fits(geometry, sizes, times);
    if (size == nullptr) continue;
    profiles.push_back(size);
    if (!fits(geometry, profiles)) profiles.pop_back();
  }
  while (true) {
    profiles.push_back(sizes.front());
    if (fits(geometry, profiles)) continue;
    profiles.pop_back();
    return profiles;
  }
}

Result<StrategyLayout> answer_of(const mig::Geometry& geometry, const Profiles& profiles) {
  StrategyLayout answer;
  answer.layout = TRY(place(geometry, {}, profiles));
  answer.profiles = largest_first(answer.layout);
  const CutCandidate numbers = measured(geometry, answer.layout);
  answer.idle_slices = static_cast<unsigned>(std::max(0, numbers.idle_slices));
  answer.idle_units = static_cast<unsigned>(std::max(0, numbers.idle_units));
  return answer;
}

std::string why_impossible(const mig::Geometry& geometry, const Profiles& wish) {
  std::vector<Wish> wishes;
  for (const auto* profile : wish) wishes.push_back({profile, std::nullopt});
  const Explanation explained = explain(geometry, {}, wishes);
  if (explained.fits) return {};
  return fmt::format("{} is impossible: {}", count_text(wish), explained.reason);
}

// Two halves and, where they leave a compute slice, the smallest on it: what textbooks draw.
std::string textbook_balance(const mig::Geometry& geometry, const Profiles& sizes) {
  const auto* const half = largest_that_fits(geometry, sizes, 2);
  if (half == nullptr || 2u * half->slices >= geometry.slices) return {};
  return why_impossible(geometry, {half, half, sizes.front()});
}

}  // namespace

std::span<const Strategy> strategies() { return kAll; }

std::string_view to_string(Strategy strategy) {
  switch (strategy) {
    case Strategy::kMixed: return "mixed";
    case Strategy::kAllBalanced: return "all-balanced";
    case Strategy::kHighPerformance: return "high-performance";
    case Strategy::kMemoryBalanced: return "memory-balanced";
    case Strategy::kComputeBalanced: return "compute-balanced";
  }
  SEPTET_ASSERT(false);
}

std::string_view one_sentence(Strategy strategy) {
  switch (strategy) {
    case Strategy::kMixed: return "as many different sizes as fit at once, the largest possible";
    case Strategy::kAllBalanced:
      return "the largest size that fits twice, the largest that fits three times, and the "
             "smallest in what is left";
    case Strategy::kHighPerformance:
      return "the fewest instances with the most SMs: the whole GPU as one";
    case Strategy::kMemoryBalanced:
      return "two instances or more that give out all memory, in parts as equal as can be";
    case Strategy::kComputeBalanced:
      return "two instances or more that give out all compute slices, in parts as equal as can be";
  }
  SEPTET_ASSERT(false);
}

std::optional<Strategy> strategy_named(std::string_view name) {
  for (const Strategy strategy : kAll) {
    if (to_string(strategy) == name) return strategy;
  }
  return std::nullopt;
}

Result<StrategyLayout> strategy_layout(const mig::Geometry& geometry, Strategy strategy) {
  const Profiles sizes = plain_sizes(geometry);
  if (sizes.empty()) return fail(Code::kNotSupported, "this board has no plain profile");
  StrategyLayout answer;
  if (strategy == Strategy::kAllBalanced) {
    answer = TRY(answer_of(geometry, balanced(geometry, sizes)));
  } else {
    std::optional<std::pair<Score, Profiles>> best;
    mig::visit_layouts(
        geometry, [&sizes](const auto& profile) { return std::ranges::count(sizes, &profile) > 0; },
        [&](const mig::Layout& layout) {
          if (layout.instances().empty()) return;
          const auto now = score(strategy, measured(geometry, layout));
          if (now && (!best || *now < best->first)) best = {*now, largest_first(layout)};
        });
    if (!best) {
      return fail(Code::kNotSupported,
                  fmt::format("{}: this board cannot be cut in two", to_string(strategy)),
                  "use high-performance");
    }
    answer = TRY(answer_of(geometry, best->second));
  }
  if (answer.idle_slices > 0) {
    Profiles wish = answer.profiles;
    wish.push_back(sizes.front());
    answer.impossible = why_impossible(geometry, wish);
  } else if (strategy == Strategy::kMemoryBalanced) {
    answer.impossible = textbook_balance(geometry, sizes);
  }
  return answer;
}

Result<StrategyLayout> custom_layout(const mig::Geometry& geometry,
                                     const std::vector<std::string>& names) {
  if (names.empty()) return fail(Code::kInvalidArgument, "custom: no profiles are named");
  std::vector<Wish> wishes;
  Profiles wish;
  for (const std::string& name : names) {
    wish.push_back(TRY(mig::match_profile(geometry, name)));
    wishes.push_back({wish.back(), std::nullopt});
  }
  const Explanation explained = explain(geometry, {}, wishes);
  if (explained.fits) return answer_of(geometry, wish);
  Profiles nearest =
      explained.nearest.empty() ? explained.largest_part : explained.nearest.front().profiles;
  if (nearest.empty())
    return fail(Code::kInfeasible, count_text(wish) + " is impossible: " + explained.reason);
  StrategyLayout answer = TRY(answer_of(geometry, nearest));
  answer.impossible = fmt::format("{} is impossible: {}", count_text(wish), explained.reason);
  return answer;
}

}  // namespace septet::plan
