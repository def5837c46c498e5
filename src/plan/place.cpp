#include "plan/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <tuple>

#include "plan/explain.h"
#include "plan/keep_compute.h"
#include "plan/place_open.h"
#include "plan/place_search.h"
#include "plan/refusal.h"

namespace septet::plan {

namespace {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;

struct HeldInstance {
  const mig::GpuInstance* live = nullptr;
  const mig::GpuInstanceProfile* profile = nullptr;
  std::vector<HeldCompute> compute;

  // In-use compute instances; one for a GPU instance that is in use without any.
  unsigned busy() const {
    const auto count = std::ranges::count_if(compute, &HeldCompute::busy);
    return std::max<unsigned>(static_cast<unsigned>(count), in_use(*live) ? 1 : 0);
  }
};

bool busy_inside(const mig::GpuInstance& instance, const mig::ComputeInstance& compute) {
  return std::ranges::any_of(instance.processes, [&compute](const mig::Process& process) {
    // A process without a compute instance id may be in any of them: it counts for each.
    return !process.compute_instance || *process.compute_instance == compute.id;
  });
}

struct Placed {
  GpuCut cut;
  Gain gain;
  unsigned room = 0;
};

class Placer {
 public:
  Placer(const mig::Gpu& gpu, const Wanted& wanted)
      : gpu_(gpu), geometry_(gpu.geometry->geometry), wanted_(wanted) {
    if (gpu.product != nullptr) architecture_ = gpu.product->architecture;
    for (const mig::GpuInstance& live : gpu.instances) {
      HeldInstance held{&live, geometry_.find_id(live.profile_id), {}};
      for (const mig::ComputeInstance& compute : live.compute)
        held.compute.push_back({compute.profile_id, compute.at, busy_inside(live, compute)});
      held_.push_back(std::move(held));
    }
  }

  // nullopt: no room.
  Result<std::optional<Placed>> run() {
    for (WantedInstance& one : wanted_.instances) {
      one.profile = geometry_.find_id(one.profile->id);
      if (one.profile == nullptr) {
        return fail(Code::kInvalidArgument, fmt::format("GPU {} has no such profile", gpu_.index),
                    "`septet profiles` lists what it has");
      }
      TRY(add(one));
    }
    std::vector<Fixture> fixtures;
    for (const HeldInstance& held : held_) {
      if (wanted_.leave_rest) fixtures.push_back(fixture(held));
    }
    const auto places = search_places(geometry_, groups_, fixtures);
    if (!places) return std::optional<Placed>{};
    return Placed{cut(places->chosen), places->gain, places->room};
  }

 private:
  Result<> add(const WantedInstance& one) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const WantedInstance& like = *of_group_[g];
      if (like.profile != one.profile || like.start != one.start || like.compute != one.compute)
        continue;
      ++groups_[g].count;
      return {};
    }
    unsigned starts = one.profile->starts;
    if (one.start) starts &= *one.start < 16 ? 1u << *one.start : 0u;
    Group group{one.profile, static_cast<std::uint16_t>(starts), 1, std::vector<Gain>(16)};
    auto afresh = keep_compute(*one.profile, architecture_, {}, one.compute);
    if (!afresh) return does_not_hold(one);
    for (const HeldInstance& held : held_) {
      if (held.profile != one.profile) continue;
      const ComputeKeep keep = keep_inside(one, held);
      const unsigned busy = std::max(keep.busy, held.busy() != 0 && held.compute.empty() ? 1u : 0u);
      group.gain[held.live->at.start] = {busy, held.live->at.size, 2 + 2 * keep.kept};
    }
    groups_.push_back(std::move(group));
    of_group_.push_back(&one);
    afresh_.push_back(std::move(afresh->cuts));
    return {};
  }

  ComputeKeep keep_inside(const WantedInstance& one, const HeldInstance& held) const {
    if (wanted_.by_width && same_widths(one, held)) {
      const auto count = static_cast<unsigned>(held.compute.size());
      ComputeKeep all{held.busy(), count, {}};
      for (const mig::ComputeInstance& compute : held.live->compute)
        all.cuts.push_back({compute.profile_id, compute.name, {}, {}});
      return all;
    }
    // That it fits, add() has made sure.
    return *keep_compute(*one.profile, architecture_, held.compute, one.compute);
  }

  static bool same_widths(const WantedInstance& one, const HeldInstance& held) {
    std::vector<unsigned> want, have;
    for (const ComputeCut& cut : one.compute)
      want.push_back(one.profile->find_compute(cut.profile_id)->slices);
    for (const HeldCompute& compute : held.compute) have.push_back(compute.at.size);
    std::ranges::sort(want);
    std::ranges::sort(have);
    return want == have;
  }

  static Result<> does_not_hold(const WantedInstance& one) {
    std::string inside;
    for (const ComputeCut& compute : one.compute)
      inside += fmt::format("{}{}", inside.empty() ? "" : " ", compute.name);
    return fail(Code::kInfeasible,
                fmt::format("{} cannot hold {} together", one.profile->name, inside),
                "`septet profiles` lists the compute instances of each profile");
  }

  // Staying as it is saves its destruction.
  static Fixture fixture(const HeldInstance& held) {
    const auto compute = static_cast<unsigned>(held.compute.size());
    return {{held.profile, held.live->at}, {held.busy(), held.live->at.size, 1 + compute}};
  }

  GpuCut cut(const std::vector<Chosen>& chosen) const {
    GpuCut target{gpu_.index, gpu_.uuid, mig::MigMode::kOn, mig::MigMode::kOn, {}};
    for (const Chosen& one : chosen) target.instances.push_back(instance(one));
    if (wanted_.leave_rest) {
      for (const InstanceCut& there : cut_of(gpu_).instances) {
        const bool serves =
            std::ranges::any_of(chosen, [&there](const Chosen& one) { return one.at == there.at; });
        if (!serves) target.instances.push_back(there);
      }
    }
    std::ranges::sort(target.instances, {},
                      [](const InstanceCut& instance) { return instance.at.start; });
    return target;
  }

  InstanceCut instance(const Chosen& chosen) const {
    const WantedInstance& one = *of_group_[chosen.group];
    InstanceCut made{one.profile->id, std::string(one.profile->name), chosen.at,
                     afresh_[chosen.group]};
    for (const HeldInstance& held : held_) {
      if (held.profile != one.profile || held.live->at != chosen.at) continue;
      made.compute = keep_inside(one, held).cuts;
    }
    return made;
  }

  const mig::Gpu& gpu_;
  const mig::Geometry& geometry_;
  Wanted wanted_;  // with the rows of this GPU's own geometry
  mig::Architecture architecture_ = mig::Architecture::kHopper;  // the stricter one
  std::vector<HeldInstance> held_;
  std::vector<Group> groups_;
  std::vector<const WantedInstance*> of_group_;
  std::vector<std::vector<ComputeCut>> afresh_;  // by group: in a new instance
};

// Of all ways to settle what is open the one that is best placed, smaller profiles breaking ties.
Result<std::optional<Placed>> best_choice(const mig::Gpu& gpu, const Wanted& wanted) {
  using Smallness = std::pair<int, int>;
  std::optional<Placed> best;
  Smallness best_small;
  Result<> failed;
  visit_choices(gpu.geometry->geometry, wanted, [&](const Wanted& choice) {
    if (!failed) return;
    auto placed = Placer(gpu, choice).run();
    if (!placed) {
      failed = std::unexpected(std::move(placed).error());
      return;
    }
    if (!*placed) return;
    Smallness small;
    for (const WantedInstance& one : choice.instances) {
      small.first -= one.profile->size;
      small.second -= one.profile->slices;
    }
    if (best && std::tie((*placed)->gain, small, (*placed)->room) <=
                    std::tie(best->gain, best_small, best->room))
      return;
    best = *std::move(placed);
    best_small = small;
  });
  TRY(failed);
  return best;
}

}  // namespace

unsigned room_left(const mig::Geometry& geometry, const mig::Occupancy& taken) {
  int pairs = 0;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    pairs += std::popcount(mig::free_starts(geometry, taken, profile));
  }
  return static_cast<unsigned>(pairs);
}

unsigned room_left(const mig::Geometry& geometry, const mig::Layout& layout) {
  return room_left(geometry, layout.occupancy());
}

Result<GpuCut> place(const mig::Gpu& gpu, const Wanted& wanted) {
  (void)TRY(mig::layout_of(gpu));  // so that every find_id succeeds
  auto placed =
      wanted.open.empty() ? TRY(Placer(gpu, wanted).run()) : TRY(best_choice(gpu, wanted));
  if (placed) return std::move(placed->cut);
  std::vector<Wish> wishes;
  for (const WantedInstance& one : smallest_choice(wanted).instances)
    wishes.push_back({gpu.geometry->geometry.find_id(one.profile->id), one.start});
  return std::unexpected(refusal(gpu, wishes, wanted.leave_rest));
}

Result<mig::Layout> place(const mig::Geometry& geometry, const std::vector<Held>& held,
                          const Profiles& wanted) {
  std::vector<Group> groups;
  for (const auto* profile : wanted) {
    const auto known = std::ranges::find(groups, profile, &Group::profile);
    if (known != groups.end()) {
      ++known->count;
      continue;
    }
    Group group{profile, profile->starts, 1, std::vector<Gain>(16)};
    for (const Held& have : held) {
      if (have.instance.profile != profile) continue;
      group.gain[have.instance.at.start] = {have.busy ? 1u : 0u, have.instance.at.size, 1};
    }
    groups.push_back(std::move(group));
  }
  const auto places = search_places(geometry, groups, {});
  if (!places) {
    return fail(Code::kInfeasible, count_text(wanted) + " does not fit on one GPU",
                "`septet explain` tells why, and what fits instead");
  }
  std::vector<mig::Instance> instances;
  for (const Chosen& one : places->chosen) instances.push_back({groups[one.group].profile, one.at});
  return mig::Layout::make(geometry, std::move(instances));
}

}  // namespace septet::plan
