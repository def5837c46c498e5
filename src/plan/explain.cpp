#include "plan/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "mig/default_placement.h"
#include "plan/fitting.h"

namespace septet::plan {

namespace {

using Profile = const mig::GpuInstanceProfile*;

auto largest_first(Profile profile) {
  return std::tuple(-int{profile->size}, -int{profile->slices}, profile->id);
}

mig::Occupancy occupied(const std::vector<mig::Instance>& held) {
  mig::Occupancy taken;
  for (const mig::Instance& instance : held) taken.add(*instance.profile, instance.at);
  return taken;
}

// Where a list of creates first fails: each at its given start, or where the driver puts it.
std::optional<std::size_t> refused_at(const mig::Geometry& geometry, mig::Occupancy taken,
                                      const std::vector<Wish>& wishes) {
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    std::optional<mig::Placement> at;
    if (wishes[i].start) {
      const mig::Placement fixed{*wishes[i].start, wishes[i].profile->size};
      if (mig::may_add(geometry, taken, *wishes[i].profile, fixed) == mig::Refusal::kNone)
        at = fixed;
    } else {
      at = mig::default_placement(geometry, taken, *wishes[i].profile);
    }
    if (!at) return i;
    taken.add(*wishes[i].profile, *at);
  }
  return std::nullopt;
}

// An order that works without placements, the one that starts with the largest if that does.
std::vector<Profile> order_that_works(const mig::Geometry& geometry, const mig::Occupancy& taken,
                                      const std::vector<Wish>& wishes) {
  constexpr int kMostOrders = 50'000;  // more than any multiset of seven profiles has
  std::vector<Profile> order;
  for (const Wish& wish : wishes) order.push_back(wish.profile);
  std::ranges::sort(order, {}, largest_first);
  const auto less = [](Profile a, Profile b) { return largest_first(a) < largest_first(b); };
  for (int tried = 0; tried < kMostOrders; ++tried) {
    std::vector<Wish> bare;
    for (const Profile profile : order) bare.push_back({profile, {}});
    if (!refused_at(geometry, taken, bare)) return order;
    if (!std::next_permutation(order.begin(), order.end(), less)) break;
  }
  return {};
}

// The most of the wish that fits: slices first, then memory units, then instances.
std::vector<Profile> largest_part(const std::vector<Wish>& wishes, const Fitting& fitting) {
  const Count asked = fitting.count_of(wishes);
  const mig::Layout* best = nullptr;
  Count best_count;
  std::tuple<unsigned, unsigned, unsigned> best_size;
  for (const auto& [count, layout] : fitting.all()) {
    if (!std::ranges::equal(count, asked, [](auto a, auto b) { return a <= b; })) continue;
    unsigned slices = 0, units = 0, instances = 0;
    Count left = count;
    for (const Wish& wish : wishes) {
      if (left[fitting.row(wish.profile)] == 0) continue;
      --left[fitting.row(wish.profile)];
      slices += wish.profile->slices;
      units += wish.profile->size;
      ++instances;
    }
    const std::tuple size(slices, units, instances);
    if (best != nullptr && size <= best_size) continue;
    best = &layout;
    best_count = count;
    best_size = size;
  }
  std::vector<Profile> part;
  for (const Wish& wish : wishes) {
    if (best == nullptr || best_count[fitting.row(wish.profile)] == 0) continue;
    --best_count[fitting.row(wish.profile)];
    part.push_back(wish.profile);
  }
  return part;
}

void explain_yes(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                 const std::vector<Wish>& wishes, const mig::Layout& layout, Explanation& answer) {
  answer.fits = true;
  answer.layout = layout;
  for (const mig::Instance& instance : layout.instances()) {
    if (std::ranges::find(held, instance) == held.end()) answer.created.push_back(instance);
  }
  std::ranges::stable_sort(answer.created, {},
                           [](const mig::Instance& i) { return largest_first(i.profile); });
  const mig::Occupancy taken = occupied(held);
  const auto refused = refused_at(geometry, taken, wishes);
  answer.given_order_fails = refused.has_value();
  answer.first_refused = refused.value_or(0);
  answer.working_order = order_that_works(geometry, taken, wishes);
}

}  // namespace

Explanation explain(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                    const std::vector<Wish>& wishes) {
  const Fitting fitting(geometry, held, wishes);
  Explanation answer;
  answer.layouts_tried = fitting.layouts();
  const mig::Layout* const layout = fitting.find(fitting.count_of(wishes));
  if (layout != nullptr) {
    explain_yes(geometry, held, wishes, *layout, answer);
    return answer;
  }
  if (const mig::Layout* const now = fitting.find(fitting.count_of({}))) answer.layout = *now;
  answer.reason = why_not(geometry, held, wishes, fitting);
  answer.nearest = nearest_that_fit(geometry, wishes, fitting);
  answer.largest_part = largest_part(wishes, fitting);
  return answer;
}

std::vector<Profile> wished_profiles(const std::vector<Wish>& wishes) {
  std::vector<Profile> profiles;
  for (const Wish& wish : wishes) profiles.push_back(wish.profile);
  return profiles;
}

std::string count_text(const std::vector<Profile>& profiles) {
  std::vector<std::pair<Profile, unsigned>> counts;
  for (const Profile profile : profiles) {
    const auto known = std::ranges::find(counts, profile, &std::pair<Profile, unsigned>::first);
    if (known == counts.end()) {
      counts.emplace_back(profile, 1);
    } else {
      ++known->second;
    }
  }
  std::string text;
  for (const auto& [profile, count] : counts) {
    if (!text.empty()) text += " + ";
    text += count == 1 ? std::string(profile->name) : fmt::format("{}x {}", count, profile->name);
  }
  return text;
}

}  // namespace septet::plan
