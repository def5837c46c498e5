#include "plan/pack_bound.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace septet::plan {

namespace {

using Weigh = std::function<unsigned(const mig::GpuInstanceProfile&)>;

// How many of each row of the geometry a layout holds; every layout's, each once.
using Counts = std::set<std::vector<std::uint8_t>>;

Counts counts_of(const mig::Geometry& geometry, const ClassProfiles& profiles) {
  const auto asked = [&profiles](const mig::GpuInstanceProfile& profile) {
    return std::ranges::find(profiles, &profile) != profiles.end();
  };
  Counts counts;
  mig::visit_layouts(geometry, asked, [&](const mig::Layout& layout) {
    std::vector<std::uint8_t> count(geometry.profiles.size(), 0);
    for (const mig::Instance& instance : layout.instances()) {
      ++count[static_cast<std::size_t>(instance.profile - geometry.profiles.data())];
    }
    counts.insert(std::move(count));
  });
  return counts;
}

// The most weight that one layout of this kind carries, each profile counting for the heaviest
// class it can serve.
unsigned most_of(const mig::Geometry& geometry, const Counts& counts, const ClassProfiles& profiles,
                 const std::vector<unsigned>& weight) {
  std::vector<unsigned> by_row(geometry.profiles.size(), 0);
  for (std::size_t c = 0; c < profiles.size(); ++c) {
    if (profiles[c] == nullptr) continue;
    unsigned& heaviest = by_row[static_cast<std::size_t>(profiles[c] - geometry.profiles.data())];
    heaviest = std::max(heaviest, weight[c]);
  }
  unsigned most = 0;
  for (const auto& count : counts) {
    unsigned carried = 0;
    for (std::size_t row = 0; row < count.size(); ++row) carried += by_row[row] * count[row];
    most = std::max(most, carried);
  }
  return most;
}

class Arguments {
 public:
  Arguments(const std::vector<const mig::Geometry*>& kinds,
            const std::vector<ClassProfiles>& profiles)
      : kinds_(kinds), profiles_(profiles) {
    for (std::size_t k = 0; k < kinds.size(); ++k)
      counts_.push_back(counts_of(*kinds[k], profiles[k]));
  }

  void add(std::string what, const Weigh& weigh) {
    Argument argument;
    argument.what = std::move(what);
    const std::size_t classes = profiles_.empty() ? 0 : profiles_[0].size();
    for (std::size_t c = 0; c < classes; ++c) argument.weight.push_back(least(c, weigh));
    argument.most = 0;
    for (std::size_t k = 0; k < kinds_.size(); ++k) {
      argument.most =
          std::max(argument.most, most_of(*kinds_[k], counts_[k], profiles_[k], argument.weight));
    }
    if (argument.most > 0) found_.push_back(std::move(argument));
  }

  std::vector<Argument> take() { return std::move(found_); }

 private:
  // A class weighs what it weighs on the kind of GPU where it is lightest: the bound holds for all.
  unsigned least(std::size_t c, const Weigh& weigh) const {
    unsigned weight = 0;
    bool first = true;
    for (const ClassProfiles& profiles : profiles_) {
      if (profiles[c] == nullptr) continue;
      weight = first ? weigh(*profiles[c]) : std::min(weight, weigh(*profiles[c]));
      first = false;
    }
    return weight;
  }

  const std::vector<const mig::Geometry*>& kinds_;
  const std::vector<ClassProfiles>& profiles_;
  std::vector<Counts> counts_;
  std::vector<Argument> found_;
};

}  // namespace

std::vector<Argument> arguments_for(const std::vector<const mig::Geometry*>& kinds,
                                    const std::vector<ClassProfiles>& profiles) {
  std::set<unsigned> slices, sizes;
  std::set<std::string_view> names;
  for (const ClassProfiles& kind : profiles) {
    for (const auto* profile : kind) {
      if (profile == nullptr) continue;
      slices.insert(profile->slices);
      sizes.insert(profile->size);
      names.insert(profile->name);
    }
  }
  Arguments arguments(kinds, profiles);
  arguments.add("memory units", [](const auto& profile) { return profile.size; });
  arguments.add("compute slices", [](const auto& profile) { return profile.slices; });
  for (const unsigned least : slices) {
    arguments.add(fmt::format("instances of {} slices or more", least),
                  [least](const auto& profile) { return profile.slices >= least ? 1u : 0u; });
  }
  for (const unsigned least : sizes) {
    arguments.add(fmt::format("instances of {} memory units or more", least),
                  [least](const auto& profile) { return profile.size >= least ? 1u : 0u; });
  }
  arguments.add("pairs of memory units", [](const auto& profile) { return profile.size / 2u; });
  for (const std::string_view name : names) {
    arguments.add(fmt::format("instances of {}", name),
                  [name](const auto& profile) { return profile.name == name ? 1u : 0u; });
  }
  return arguments.take();
}

unsigned needed(const Argument& argument, const Fill& demand) {
  unsigned asked = 0;
  for (std::size_t c = 0; c < demand.size(); ++c) asked += argument.weight[c] * demand[c];
  return (asked + argument.most - 1) / argument.most;
}

unsigned lower_bound(const std::vector<Argument>& arguments, const Fill& demand) {
  unsigned bound = 0;
  for (const Argument& argument : arguments) bound = std::max(bound, needed(argument, demand));
  return bound;
}

std::string explain_bound(const std::vector<Argument>& arguments, const Fill& demand) {
  const auto best = std::ranges::max_element(
      arguments, {}, [&demand](const Argument& argument) { return needed(argument, demand); });
  if (best == arguments.end()) return "nothing is asked for";
  unsigned asked = 0;
  for (std::size_t c = 0; c < demand.size(); ++c) asked += best->weight[c] * demand[c];
  return fmt::format("{} {} are asked for, one GPU holds {}", asked, best->what, best->most);
}

}  // namespace septet::plan
