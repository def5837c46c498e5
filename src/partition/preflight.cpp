#include "partition/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "partition/run_step.h"
#include "plan/refusal.h"

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::GpuCut;
using plan::InstanceCut;
using plan::Plan;
using plan::Step;

Result<> check_start(const GpuCut& from, const mig::Gpu& gpu) {
  const GpuCut now = plan::cut_of(gpu);
  if (now == from) return {};
  return fail(Code::kConflict,
              fmt::format("the node changed since the plan was made\n"
                          "  planned from {}\n  now          {}",
                          plan::to_string(from), plan::to_string(now)),
              "plan again; nothing was changed");
}

Result<> check_compute(const mig::GpuInstanceProfile& profile, const InstanceCut& wanted) {
  if (profile.compute.empty()) return {};  // this driver does not tell
  unsigned slices = 0;
  for (const plan::ComputeCut& compute : wanted.compute) {
    const auto* const row = profile.find_compute(compute.profile_id);
    if (row == nullptr || (compute.at && compute.at->size != row->size)) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{} holds no compute instance {}", wanted.name, compute.name),
                  "plan again; nothing was changed");
    }
    slices += row->slices;
  }
  if (slices <= profile.slices) return {};
  return fail(Code::kInfeasible,
              fmt::format("{} has {} slices, its compute instances take {}", wanted.name,
                          profile.slices, slices),
              "ask for fewer or smaller ones; nothing was changed");
}

// A target this GPU can take: a plan may come from a file that somebody edited.
Result<> check_target(const GpuCut& to, const mig::Gpu& gpu) {
  if (to.mode != MigMode::kOn) return {};
  if (gpu.mode == MigMode::kUnsupported || gpu.geometry == nullptr) {
    return fail(Code::kNotSupported, fmt::format("GPU {} ({}) cannot be cut", gpu.index, gpu.name));
  }
  const mig::Geometry& geometry = gpu.geometry->geometry;
  std::vector<mig::Instance> instances;
  for (const InstanceCut& wanted : to.instances) {
    const auto* const profile = geometry.find_id(wanted.profile_id);
    if (profile == nullptr) {
      return fail(Code::kInvalidArgument,
                  fmt::format("GPU {} has no profile {} (id {})", gpu.index, wanted.name,
                              wanted.profile_id),
                  "`septet profiles` lists what it has; nothing was changed");
    }
    TRY(check_compute(*profile, wanted));
    instances.push_back({profile, wanted.at});
  }
  if (auto legal = mig::Layout::make(geometry, std::move(instances)); !legal) {
    return fail_because(std::move(legal).error(),
                        fmt::format("GPU {} cannot be cut like this", gpu.index),
                        "`septet explain` tells what fits; nothing was changed");
  }
  return {};
}

// Its GPU instance goes too, and says the same.
bool said_by_instance(const Step& step, const std::vector<const Step*>& blocked) {
  return step.kind == plan::StepKind::kDestroyCompute &&
         std::ranges::any_of(blocked, [&step](const Step* other) {
           return other->kind == plan::StepKind::kDestroyInstance && other->gpu == step.gpu &&
                  other->at == step.at;
         });
}

Error busy(const std::vector<const Step*>& blocked, const Plan& plan,
           const std::vector<mig::Gpu>& gpus) {
  std::string what = "somebody is in the way";
  std::set<std::string> said, names;
  for (const Step* const step : blocked) {
    if (step->destroys()) names.insert(force_name(*step));
    if (said_by_instance(*step, blocked)) continue;
    const std::string line =
        fmt::format("\n  {}: in use by {}", plan::to_string(*step), plan::who(step->in_the_way));
    if (said.insert(line).second) what += line;
  }
  for (std::size_t i = 0; i < plan.to.size(); ++i) {
    const auto gpu = std::ranges::find(gpus, plan.to[i].gpu, &mig::Gpu::index);
    const bool collides = std::ranges::any_of(blocked, [&plan, i](const Step* step) {
      return step->gpu == plan.to[i].gpu && step->destroys();
    });
    if (!collides || gpu == gpus.end() || plan.to[i].mode != MigMode::kOn) continue;
    what += fmt::format("\n  GPU {}: without stopping anybody, of what is wanted fits: {}",
                        gpu->index, plan::part_beside_users(*gpu, plan.to[i]));
  }
  std::string remedy = "stop those processes, or plan around them";
  if (!names.empty()) {
    remedy += "; to end them and destroy what they use:";
    for (const std::string& name : names) remedy += " --force " + name;
  }
  return {Code::kBusy, std::move(what), remedy + "; nothing was changed", 0, nullptr};
}

Error needs_reset(const Plan& plan) {
  std::string gpus;
  for (const Step& step : plan.steps) {
    if (step.stop != plan::Stop::kReset) continue;
    gpus += fmt::format("{}{}", gpus.empty() ? "" : ", ", step.gpu);
  }
  return {Code::kNeedsReset, fmt::format("the change of MIG mode needs a reset of GPU {}", gpus),
          "give --allow-reset when nothing that matters runs there; nothing was changed", 0,
          nullptr};
}

std::optional<Error> in_the_way(const Plan& plan, const std::vector<mig::Gpu>& gpus,
                                const Force& force, bool allow_reset) {
  if (const auto blocked = force.blocked(plan.steps); !blocked.empty())
    return busy(blocked, plan, gpus);
  if (plan.needs_reset() && !allow_reset) return needs_reset(plan);
  return std::nullopt;
}

// Ending a process frees everything it uses: it may use nothing that was not named.
Result<> check_force(const Plan& plan, const Force& force, const std::vector<mig::Gpu>& gpus) {
  for (const Step& step : plan.steps) {
    if (!force.allows(step)) continue;
    for (const mig::Process& process : step.in_the_way) {
      for (const mig::Gpu& gpu : gpus) {
        for (const mig::GpuInstance& instance : gpu.instances) {
          if (std::ranges::find(instance.processes, process.pid, &mig::Process::pid) ==
              instance.processes.end())
            continue;
          const bool named = std::ranges::any_of(plan.steps, [&](const Step& other) {
            return other.gpu == gpu.index && other.at == instance.at && force.allows(other);
          });
          if (named) continue;
          return fail(
              Code::kBusy,
              fmt::format("{} also uses {} at {} of GPU {}, which force does not name",
                          plan::who({process}), instance.name, instance.at.start, gpu.index),
              "stop it by hand, or plan around it; nothing was changed");
        }
      }
    }
  }
  return {};
}

}  // namespace

std::optional<Error> obstacle(const Plan& plan, const mig::Node& node,
                              const ApplyOptions& options) {
  auto force = Force::make(options.force, plan.from);
  if (!force) return std::move(force).error();
  return in_the_way(plan, node.gpus, *force, options.allow_reset);
}

Result<Force> preflight(const Plan& plan, driver::Driver& driver, const ApplyOptions& options) {
  Force force = TRY(Force::make(options.force, plan.from));
  Plan now = plan;  // with whoever is in the way by now
  std::vector<mig::Gpu> gpus;
  for (std::size_t i = 0; i < plan.from.size(); ++i) {
    const mig::Gpu gpu = TRY(look(driver, plan.from[i].gpu, options.patience));
    TRY(check_start(plan.from[i], gpu));
    TRY(check_target(plan.to[i], gpu));
    for (Step& step : now.steps) {
      if (step.gpu == gpu.index) step.in_the_way = plan::users_in_the_way(step, gpu);
    }
    gpus.push_back(gpu);
  }
  if (auto found = in_the_way(now, gpus, force, options.allow_reset))
    return std::unexpected(*std::move(found));
  TRY(check_force(now, force, gpus));
  return force;
}

}  // namespace septet::partition
