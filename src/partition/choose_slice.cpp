#include "partition/choose_slice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoted.h"
#include "mig/profile_name.h"
#include "partition/apply.h"
#include "plan/place.h"

namespace septet::partition {

namespace {

bool considered(const mig::Gpu& gpu, const SliceWish& wish) {
  return !gpu.problem && gpu.geometry && gpu.mode == mig::MigMode::kOn &&
         gpu.pending == mig::MigMode::kOn && (!wish.gpu || *wish.gpu == gpu.index);
}

bool is_free(const mig::GpuInstance& instance, const mig::GpuInstanceProfile& profile) {
  if (instance.profile_id != profile.id || plan::in_use(instance)) return false;
  const auto* const whole = profile.default_compute();
  return whole != nullptr && instance.compute.size() == 1 &&
         instance.compute[0].profile_id == whole->id;
}

std::optional<ChosenSlice> free_one(const mig::Gpu& gpu, const mig::GpuInstanceProfile& profile) {
  const plan::GpuCut cut = plan::cut_of(gpu);
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (!is_free(instance, profile)) continue;
    for (const plan::InstanceCut& there : cut.instances)
      if (there.profile_id == instance.profile_id && there.at == instance.at)
        return ChosenSlice{gpu.index, there, {}};
  }
  return std::nullopt;
}

// One more of the profile beside everything that is there.
Result<ChosenSlice> cut_one(const mig::Node& node, const mig::Gpu& gpu,
                            const mig::GpuInstanceProfile& profile) {
  const plan::GpuCut before = plan::cut_of(gpu);
  plan::Wanted wanted;
  wanted.leave_rest = true;
  const auto one = plan::whole_instance(profile, {}).compute;
  for (const plan::InstanceCut& there : before.instances)
    if (there.profile_id == profile.id)
      wanted.instances.push_back({&profile, there.at.start, there.compute});
  wanted.instances.push_back({&profile, std::nullopt, one});
  const plan::GpuCut target = TRY(plan::place(gpu, wanted));
  ChosenSlice chosen{gpu.index, {}, plan::diff(node, {target})};
  const bool destroys = std::ranges::any_of(chosen.plan.steps,
                                            [](const plan::Step& step) { return step.destroys(); });
  for (const plan::InstanceCut& there : target.instances) {
    const bool known = std::ranges::any_of(before.instances, [&](const plan::InstanceCut& held) {
      return plan::same_place(held, there);
    });
    if (!known && there.profile_id == profile.id) chosen.cut = there;
  }
  if (destroys || chosen.cut.name.empty())
    return fail(Code::kInfeasible, fmt::format("GPU {} has no room for it", gpu.index));
  if (auto obstacle = partition::obstacle(chosen.plan, node, {}))
    return std::unexpected(*std::move(obstacle));
  return chosen;
}

// (profile, start) pairs that the cut takes from what could still be made on its GPU.
Result<unsigned> room_lost(const mig::Gpu& gpu, const ChosenSlice& chosen) {
  const mig::Layout before = TRY(mig::layout_of(gpu));
  mig::Occupancy taken = before.occupancy();
  const mig::Geometry& geometry = gpu.geometry->geometry;
  const unsigned room = plan::room_left(geometry, taken);
  taken.add(*geometry.find_id(chosen.cut.profile_id), chosen.cut.at);
  return room - plan::room_left(geometry, taken);
}

Error nothing_to_cut(const SliceWish& wish) {
  return {Code::kInfeasible,
          wish.gpu ? fmt::format("GPU {} cannot be cut now: it is not there, or not in MIG mode",
                                 *wish.gpu)
                   : std::string("no GPU of this node is in MIG mode"),
          "as root, septet smi -i N -mig 1 turns it on (septet doctor says what stands in the way)",
          0, nullptr};
}

}  // namespace

Result<ChosenSlice> choose_slice(const mig::Node& node, const SliceWish& wish) {
  std::optional<ChosenSlice> best;
  std::optional<Error> refused, unknown_profile;
  unsigned least = 0;
  for (const mig::Gpu& gpu : node.gpus) {
    if (!considered(gpu, wish)) continue;
    const auto profile = mig::match_profile(gpu.geometry->geometry, wish.profile);
    if (!profile) {
      if (!unknown_profile) unknown_profile = profile.error();
      continue;
    }
    if (auto found = free_one(gpu, **profile)) return *std::move(found);
  }
  for (const mig::Gpu& gpu : node.gpus) {
    if (!considered(gpu, wish)) continue;
    const auto profile = mig::match_profile(gpu.geometry->geometry, wish.profile);
    if (!profile) continue;
    auto chosen = cut_one(node, gpu, **profile);
    if (!chosen) {
      if (!refused) refused = std::move(chosen).error();
      continue;
    }
    const unsigned lost = TRY(room_lost(gpu, *chosen));
    if (best && lost >= least) continue;
    best = *std::move(chosen);
    least = lost;
  }
  if (best) return *std::move(best);
  if (refused) {
    refused->code = Code::kBusy;
    return fail_because(
        *std::move(refused),
        fmt::format("no slice {} is free, and none can be cut without disturbing somebody",
                    quoted(wish.profile)),
        "wait for one (septet status shows who has them), or ask for a smaller one");
  }
  if (unknown_profile) return std::unexpected(*std::move(unknown_profile));
  return std::unexpected(nothing_to_cut(wish));
}

}  // namespace septet::partition
