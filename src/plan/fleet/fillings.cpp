#include "plan/fleet/fillings.h"

#include <algorithm>
#include <map>

namespace septet::plan {

namespace {

bool pack_alike(const mig::Geometry& geometry, const mig::GpuInstanceProfile& a,
                const mig::GpuInstanceProfile& b) {
  return a.size == b.size && a.starts == b.starts && a.media == b.media &&
         (!geometry.one_compute_one_graphics || a.graphics == b.graphics);
}

// Walks the placements by ascending start beside what is held; each multiset is kept once.
class FillingWalk {
 public:
  FillingWalk(const mig::Geometry& geometry, const std::vector<PackingClass>& classes)
      : geometry_(geometry), classes_(classes), added_(classes.size(), 0) {}

  void from(std::uint8_t first_start, const mig::Occupancy& taken) {
    found_.try_emplace(added_, placed_);
    for (std::uint8_t start = first_start; start < geometry_.units && start < 16; ++start) {
      for (std::size_t c = 0; c < classes_.size(); ++c) place(c, start, taken);
    }
  }

  std::vector<Filling> take() {
    std::vector<Filling> fillings;
    for (auto& [added, placed] : found_) fillings.push_back({added, std::move(placed)});
    return fillings;
  }

 private:
  void place(std::size_t c, std::uint8_t start, const mig::Occupancy& taken) {
    const mig::GpuInstanceProfile& profile = *classes_[c].profiles.front();
    const mig::Placement at{start, profile.size};
    if (mig::may_add(geometry_, taken, profile, at) != mig::Refusal::kNone) return;
    mig::Occupancy with = taken;
    with.add(profile, at);
    placed_.push_back({&profile, at});
    ++added_[c];
    from(static_cast<std::uint8_t>(start + profile.size), with);
    --added_[c];
    placed_.pop_back();
  }

  const mig::Geometry& geometry_;
  const std::vector<PackingClass>& classes_;
  ClassCount added_;
  std::vector<mig::Instance> placed_;
  std::map<ClassCount, std::vector<mig::Instance>> found_;
};

bool covers(const ClassCount& a, const ClassCount& b) {
  return std::ranges::equal(a, b, [](std::uint16_t x, std::uint16_t y) { return x >= y; });
}

}  // namespace

std::vector<PackingClass> packing_classes(const mig::Geometry& geometry) {
  std::vector<PackingClass> classes;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    const auto alike = std::ranges::find_if(classes, [&](const PackingClass& known) {
      return pack_alike(geometry, *known.profiles.front(), profile);
    });
    if (alike == classes.end()) {
      classes.push_back({{&profile}});
    } else {
      alike->profiles.push_back(&profile);
    }
  }
  return classes;
}

std::size_t class_of(const std::vector<PackingClass>& classes,
                     const mig::GpuInstanceProfile* profile) {
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (std::ranges::find(classes[c].profiles, profile) != classes[c].profiles.end()) return c;
  }
  SEPTET_ASSERT(!"the profile is of another geometry");
  return classes.size();
}

std::vector<Filling> all_fillings(const mig::Geometry& geometry,
                                  const std::vector<PackingClass>& classes,
                                  const std::vector<mig::Instance>& held) {
  mig::Occupancy taken;
  for (const mig::Instance& instance : held) taken.add(*instance.profile, instance.at);
  FillingWalk walk(geometry, classes);
  walk.from(0, taken);
  return walk.take();
}

std::vector<Filling> fullest_fillings(const mig::Geometry& geometry,
                                      const std::vector<PackingClass>& classes,
                                      const std::vector<mig::Instance>& held) {
  const std::vector<Filling> all = all_fillings(geometry, classes, held);
  std::vector<Filling> fullest;
  for (const Filling& filling : all) {
    const bool covered = std::ranges::any_of(all, [&filling](const Filling& other) {
      return other.added != filling.added && covers(other.added, filling.added);
    });
    if (!covered) fullest.push_back(filling);
  }
  return fullest;
}

}  // namespace septet::plan
