#include "plan/place_open.h"

#include <algorithm>

namespace septet::plan {

namespace {

WantedInstance filled(const mig::GpuInstanceProfile& profile, std::optional<std::uint8_t> start) {
  return {&profile, start, whole_instance(profile, {}).compute};
}

class Chooser {
 public:
  Chooser(const mig::Geometry& geometry, const Wanted& wanted,
          const std::function<void(const Wanted&)>& visit)
      : units_(geometry.units), slices_(geometry.slices), open_(wanted.open), visit_(visit) {
    // Alike ones side by side, so that their choices need only be told apart by how many.
    std::vector<OpenInstance> sorted;
    for (const OpenInstance& one : open_) {
      const auto alike = std::ranges::find(sorted, one);
      sorted.insert(alike, one);
    }
    open_ = std::move(sorted);
    now_ = wanted;
    now_.open.clear();
    unsigned units = 0, slices = 0;
    for (const WantedInstance& one : now_.instances) {
      units += one.profile->size;
      slices += one.profile->slices;
    }
    choose(0, 0, units, slices);
  }

 private:
  void choose(std::size_t next, std::size_t from, unsigned units, unsigned slices) {
    if (units > units_ || slices > slices_) return;
    if (next == open_.size()) return visit_(now_);
    const OpenInstance& one = open_[next];
    for (std::size_t i = from; i < one.one_of.size(); ++i) {
      const mig::GpuInstanceProfile& profile = *one.one_of[i];
      now_.instances.push_back(filled(profile, one.start));
      const bool alike = next + 1 < open_.size() && open_[next + 1] == one;
      choose(next + 1, alike ? i : 0, units + profile.size, slices + profile.slices);
      now_.instances.pop_back();
    }
  }

  unsigned units_, slices_;
  std::vector<OpenInstance> open_;
  const std::function<void(const Wanted&)>& visit_;
  Wanted now_;
};

}  // namespace

void visit_choices(const mig::Geometry& geometry, const Wanted& wanted,
                   const std::function<void(const Wanted&)>& visit) {
  Chooser(geometry, wanted, visit);
}

Wanted smallest_choice(const Wanted& wanted) {
  Wanted settled = wanted;
  settled.open.clear();
  for (const OpenInstance& one : wanted.open)
    settled.instances.push_back(filled(*one.one_of.front(), one.start));
  return settled;
}

}  // namespace septet::plan
