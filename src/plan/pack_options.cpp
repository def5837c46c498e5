#include "plan/pack_options.h"

#include <algorithm>
#include <bit>
#include <map>

#include "mig/fit_table.h"

namespace septet::plan {

namespace {

using Profile = const mig::GpuInstanceProfile*;

// What keeping and adding in one layout comes to, per row of the geometry.
struct Tally {
  std::vector<std::uint16_t> created, serving;
  unsigned created_total = 0, destroyed = 0;
};

class Enumerator {
 public:
  Enumerator(const mig::Geometry& geometry, const std::vector<Held>& held,
             const ClassProfiles& profiles, const Fill& cap)
      : geometry_(geometry), table_(geometry), held_(held), profiles_(profiles), cap_(cap) {}

  std::vector<Option> run() {
    const auto use = [this](const mig::GpuInstanceProfile& profile) {
      return asked(&profile) || std::ranges::any_of(held_, [&profile](const Held& held) {
               return held.instance.profile == &profile;
             });
    };
    mig::visit_layouts(geometry_, use, [this](const mig::Layout& layout) { consider(layout); });
    return std::move(options_);
  }

 private:
  bool asked(Profile profile) const {
    return std::ranges::find(profiles_, profile) != profiles_.end();
  }
  std::size_t row(Profile profile) const {
    return static_cast<std::size_t>(profile - geometry_.profiles.data());
  }

  // False: the layout drops an instance in use, or adds one that nobody asked for.
  bool tally(const mig::Layout& layout, Tally& tally) const {
    tally.created.assign(geometry_.profiles.size(), 0);
    tally.serving.assign(geometry_.profiles.size(), 0);
    for (const mig::Instance& instance : layout.instances()) ++tally.created[row(instance.profile)];
    tally.created_total = static_cast<unsigned>(layout.instances().size());
    for (const Held& held : held_) {
      if (std::ranges::find(layout.instances(), held.instance) == layout.instances().end()) {
        if (held.busy) return false;
        ++tally.destroyed;
        continue;
      }
      --tally.created[row(held.instance.profile)];
      --tally.created_total;
      if (held.serves) ++tally.serving[row(held.instance.profile)];
    }
    for (const mig::GpuInstanceProfile& profile : geometry_.profiles) {
      if (tally.created[row(&profile)] > 0 && !asked(&profile)) return false;
    }
    return true;
  }

  void consider(const mig::Layout& layout) {
    Tally counts;
    if (!tally(layout, counts)) return;
    Fill fill(profiles_.size(), 0);
    distribute(layout, counts, 0, fill);
  }

  // All ways to hand the instances of `layout` to the classes: what is created must be taken by
  // somebody, what stays may be.
  void distribute(const mig::Layout& layout, const Tally& tally, std::size_t next, Fill& fill) {
    if (next == fill.size()) return keep(layout, tally, fill);
    const Profile profile = profiles_[next];
    if (profile == nullptr) return distribute(layout, tally, next + 1, fill);
    unsigned taken = 0;
    bool last = true;  // the last class that could take what is created of this profile
    for (std::size_t other = 0; other < fill.size(); ++other) {
      if (profiles_[other] != profile) continue;
      if (other < next) taken += fill[other];
      if (other > next) last = false;
    }
    const unsigned created = tally.created[row(profile)];
    const unsigned available = created + tally.serving[row(profile)];
    for (unsigned count = 0; count <= std::min<unsigned>(cap_[next], available - taken); ++count) {
      if (last && taken + count < created) continue;
      fill[next] = static_cast<std::uint16_t>(count);
      distribute(layout, tally, next + 1, fill);
    }
    fill[next] = 0;
  }

  int room_of(const mig::Layout& layout) const {
    return std::popcount(table_.fits(layout.occupancy()));
  }

  void keep(const mig::Layout& layout, const Tally& tally, const Fill& fill) {
    const auto [slot, added] = by_fill_.try_emplace(fill, options_.size());
    if (added) {
      options_.push_back({fill, tally.created_total, tally.destroyed, layout});
      room_.push_back(room_of(layout));
      return;
    }
    Option& best = options_[slot->second];
    const auto cost = std::pair(tally.created_total, tally.destroyed);
    const auto best_cost = std::pair(best.created, best.destroyed);
    if (cost > best_cost) return;
    const int room = room_of(layout);
    if (cost == best_cost && room <= room_[slot->second]) return;
    best = {fill, tally.created_total, tally.destroyed, layout};
    room_[slot->second] = room;
  }

  const mig::Geometry& geometry_;
  const mig::FitTable table_;
  const std::vector<Held>& held_;
  const ClassProfiles& profiles_;
  const Fill& cap_;
  std::vector<Option> options_;
  std::vector<int> room_;
  std::map<Fill, std::size_t> by_fill_;
};

bool fill_covers(const Fill& a, const Fill& b) {
  return std::ranges::equal(a, b, [](std::uint16_t x, std::uint16_t y) { return x >= y; });
}

}  // namespace

std::vector<Option> options_of(const mig::Geometry& geometry, const std::vector<Held>& held,
                               const ClassProfiles& profiles, const Fill& cap) {
  return Enumerator(geometry, held, profiles, cap).run();
}

std::vector<const Option*> maximal_options(const std::vector<Option>& options) {
  std::vector<const Option*> maximal;
  for (const Option& option : options) {
    const bool covered = std::ranges::any_of(options, [&option](const Option& other) {
      return &other != &option && other.fill != option.fill && fill_covers(other.fill, option.fill);
    });
    if (!covered) maximal.push_back(&option);
  }
  return maximal;
}

}  // namespace septet::plan
