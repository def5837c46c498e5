#include "mig/layout.h"

#include <algorithm>

namespace septet::mig {

namespace {

// A placement is legal only inside the axis: geometry may come from a driver, so its rows are not
// trusted to stay within their own number of units.
bool is_placement(const Geometry& geometry, const GpuInstanceProfile& profile, Placement at) {
  return at.size > 0 && profile.allows(at) && at.start + at.size <= geometry.units;
}

// Budgets do not depend on where an instance goes, only on what is there.
Refusal budget_refusal(const Geometry& geometry, const Occupancy& taken,
                       const GpuInstanceProfile& profile) {
  const Media media = profile.media;
  if (media == Media::kMe && taken.me != 0) return Refusal::kMediaBudget;
  if (media != Media::kNoMe && taken.all_me != 0) return Refusal::kAllMediaBudget;
  if (media == Media::kAllMe && taken.with_media != 0) return Refusal::kAllMediaBudget;
  if (!geometry.one_compute_one_graphics) return Refusal::kNone;
  const unsigned same_kind = profile.graphics ? taken.graphics : taken.compute_only;
  return same_kind != 0 ? Refusal::kGraphicsBudget : Refusal::kNone;
}

bool belongs_to(const Geometry& geometry, const GpuInstanceProfile* profile) {
  return std::ranges::any_of(geometry.profiles,
                             [&](const GpuInstanceProfile& row) { return &row == profile; });
}

std::unexpected<Error> refuse(const Instance& instance, Refusal refusal) {
  const bool never = refusal == Refusal::kNotAPlacement;
  return fail(never ? Code::kInvalidArgument : Code::kInfeasible,
              "place " + to_string(instance) + ": " + std::string(to_string(refusal)));
}

}  // namespace

void Occupancy::add(const GpuInstanceProfile& profile, Placement at) {
  const auto count = [](std::uint8_t& counter, bool one_more) {
    counter = static_cast<std::uint8_t>(counter + (one_more ? 1 : 0));
  };
  units = static_cast<std::uint16_t>(units | at.mask());
  count(me, profile.media == Media::kMe);
  count(all_me, profile.media == Media::kAllMe);
  count(with_media, profile.media != Media::kNoMe);
  count(graphics, profile.graphics);
  count(compute_only, !profile.graphics);
}

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return "may be added";
    case Refusal::kNotAPlacement: return "the profile does not allow that start";
    case Refusal::kOverlap: return "memory units are taken by another instance";
    case Refusal::kMediaBudget: return "the GPU has one +me instance already and allows one";
    case Refusal::kAllMediaBudget:
      return "+me.all leaves media engines to no other instance (only -me)";
    case Refusal::kGraphicsBudget:
      return "this GPU holds at most one compute and one graphics instance";
  }
  return "unknown";
}

Refusal may_add(const Geometry& geometry, const Occupancy& taken, const GpuInstanceProfile& profile,
                Placement at) {
  if (!is_placement(geometry, profile, at)) return Refusal::kNotAPlacement;
  if ((taken.units & at.mask()) != 0) return Refusal::kOverlap;
  return budget_refusal(geometry, taken, profile);
}

std::uint16_t free_starts(const Geometry& geometry, const Occupancy& taken,
                          const GpuInstanceProfile& profile) {
  if (budget_refusal(geometry, taken, profile) != Refusal::kNone) return 0;
  unsigned open = 0;
  for (std::uint8_t start = 0; start < 16; ++start) {
    const Placement at{start, profile.size};
    if (is_placement(geometry, profile, at) && (taken.units & at.mask()) == 0) open |= 1u << start;
  }
  return static_cast<std::uint16_t>(open);
}

// Lowest start first packs the most intervals of one size, so greedy is exact.
unsigned remaining(const Geometry& geometry, const Occupancy& taken,
                   const GpuInstanceProfile& profile) {
  Occupancy now = taken;
  unsigned count = 0;
  for (std::uint8_t start = 0; start < 16; ++start) {
    const Placement at{start, profile.size};
    if (may_add(geometry, now, profile, at) != Refusal::kNone) continue;
    now.add(profile, at);
    ++count;
  }
  return count;
}

Result<Layout> Layout::make(const Geometry& geometry, std::vector<Instance> instances) {
  std::ranges::stable_sort(instances, {}, [](const Instance& instance) { return instance.at; });
  Occupancy taken;
  for (const Instance& instance : instances) {
    if (!belongs_to(geometry, instance.profile)) {
      return fail(Code::kInvalidArgument,
                  "place " + to_string(instance) + ": the GPU has no such profile");
    }
    const Refusal refusal = may_add(geometry, taken, *instance.profile, instance.at);
    if (refusal != Refusal::kNone) return refuse(instance, refusal);
    taken.add(*instance.profile, instance.at);
  }
  return Layout(std::move(instances));
}

Occupancy Layout::occupancy() const {
  Occupancy taken;
  for (const Instance& instance : instances_) taken.add(*instance.profile, instance.at);
  return taken;
}

unsigned Layout::compute_slices() const {
  unsigned slices = 0;
  for (const Instance& instance : instances_) slices += instance.profile->slices;
  return slices;
}

std::string to_string(const Instance& instance) {
  const std::string name(instance.profile == nullptr ? "?" : instance.profile->name);
  return name + "@" + std::to_string(instance.at.start);
}

std::string to_string(const Layout& layout) {
  std::string text;
  for (const Instance& instance : layout.instances()) {
    if (!text.empty()) text += ' ';
    text += to_string(instance);
  }
  return text.empty() ? "(empty)" : text;
}

// Every legal layout is one path of instances by ascending start, so walking paths meets each once.
class LayoutWalk {
 public:
  LayoutWalk(const Geometry& geometry, const ProfileFilter& use,
             const std::function<void(const Layout&)>& visit)
      : geometry_(geometry), visit_(visit) {
    for (const GpuInstanceProfile& profile : geometry.profiles) {
      if (use(profile)) used_.push_back(&profile);
    }
  }

  void from(std::uint8_t first_start, const Occupancy& taken) {
    visit_(layout_);
    for (std::uint8_t start = first_start; start < geometry_.units && start < 16; ++start) {
      for (const GpuInstanceProfile* profile : used_) place(*profile, start, taken);
    }
  }

 private:
  void place(const GpuInstanceProfile& profile, std::uint8_t start, const Occupancy& taken) {
    const Placement at{start, profile.size};
    if (may_add(geometry_, taken, profile, at) != Refusal::kNone) return;
    Occupancy with = taken;
    with.add(profile, at);
    layout_.instances_.push_back({&profile, at});
    from(static_cast<std::uint8_t>(start + profile.size), with);
    layout_.instances_.pop_back();
  }

  const Geometry& geometry_;
  const std::function<void(const Layout&)>& visit_;
  std::vector<const GpuInstanceProfile*> used_;
  Layout layout_;
};

void visit_layouts(const Geometry& geometry, const ProfileFilter& use,
                   const std::function<void(const Layout&)>& visit) {
  LayoutWalk(geometry, use, visit).from(0, {});
}

bool maximal(const Geometry& geometry, const Layout& layout, const ProfileFilter& use) {
  const Occupancy taken = layout.occupancy();
  return std::ranges::none_of(geometry.profiles, [&](const GpuInstanceProfile& profile) {
    return use(profile) && free_starts(geometry, taken, profile) != 0;
  });
}

std::vector<Layout> layouts(const Geometry& geometry, const ProfileFilter& use, bool only_maximal) {
  std::vector<Layout> found;
  visit_layouts(geometry, use, [&](const Layout& layout) {
    if (!only_maximal || maximal(geometry, layout, use)) found.push_back(layout);
  });
  return found;
}

}  // namespace septet::mig
