#include "web/planned.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "mig/sha1.h"
#include "partition/history.h"
#include "partition/holders.h"
#include "partition/layout_targets.h"
#include "partition/parted_targets.h"
#include "web/answer.h"

namespace septet::web {

namespace {

std::string count_text(unsigned count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// Why not everything fits, and what would.
Error no_room(const plan::NodePlan& packed) {
  unsigned asked = 0, placed = 0;
  std::string part, why;
  for (std::size_t w = 0; w < packed.workloads.size(); ++w) {
    const plan::Sized& sized = packed.workloads[w];
    asked += sized.workload.replicas;
    placed += packed.packing.placed[w];
    if (packed.packing.placed[w] > 0)
      part += fmt::format("{}{} of {}", part.empty() ? "" : ", ", packed.packing.placed[w],
                          sized.workload.name);
    if (sized.misfit) why += "; " + sized.misfit->what;
  }
  if (!packed.packing.argument.empty()) {
    why += fmt::format("; {}: {} at the least, {} can be used", packed.packing.argument,
                       count_text(packed.packing.bound, "GPU"), packed.kind_of.size());
  }
  return {
      Code::kInfeasible,
      fmt::format("only {} of {} fit on this node{}", placed, count_text(asked, "replica"), why),
      part.empty() ? "lower what they need, or free GPUs" : "these fit: " + part, 0, nullptr};
}

Result<> fill_from(const std::vector<plan::Workload>& workloads, const mig::Node& node,
                   Planned& planned) {
  planned.packed = TRY(plan::plan_node(node, workloads, {}));
  if (!planned.packed->fits()) return std::unexpected(no_room(*planned.packed));
  planned.plan = planned.packed->plan;
  for (const plan::UnusableGpu& gpu : planned.packed->unusable)
    planned.notes.push_back(fmt::format("GPU {} is not used: {}", gpu.gpu, gpu.why));
  return {};
}

Result<> fill_from(const Undo& undo, const mig::Node& node, partition::Journal* journal,
                   Planned& planned) {
  if (journal == nullptr) {
    return fail(Code::kNotFound, "no change of this node is recorded",
                "what is applied from now on can be undone");
  }
  auto rollback = TRY(partition::plan_rollback(*journal, node, undo.which));
  planned.plan = std::move(rollback.plan);
  planned.title = fmt::format("api rollback {}", rollback.change.id);
  planned.notes.push_back(fmt::format("back to before change {} ({} by {}, {})", rollback.change.id,
                                      rollback.change.verb, rollback.change.actor.user,
                                      partition::utc_text(rollback.change.began_ns)));
  for (const std::string& uuid : rollback.missing)
    planned.notes.push_back(uuid + " is not on this node any more");
  return {};
}

Json cut_json(const plan::GpuCut& cut, const plan::GpuCut& other) {
  Json instances = Json::array();
  for (const plan::InstanceCut& instance : cut.instances) {
    const bool stays = std::ranges::any_of(other.instances, [&](const plan::InstanceCut& there) {
      return plan::satisfies(there, instance) || plan::satisfies(instance, there);
    });
    instances.push_back({{"profile", instance.name},
                         {"start", instance.at.start},
                         {"size", instance.at.size},
                         {"stays", stays}});
  }
  return {{"gpu", cut.gpu},
          {"uuid", cut.uuid},
          {"mig", cut.mode == mig::MigMode::kOn},
          {"instances", std::move(instances)}};
}

std::string holder_name(const mig::Process& process) {
  const partition::Holder holder = partition::holder_of(process);
  std::string name = process.name.empty() ? holder.command : process.name;
  if (process.pid == 0) return name;  // a pod that kubelet names
  const std::string slurm = holder.owner.job.empty() ? "" : ", Slurm job " + holder.owner.job;
  return fmt::format("{} (pid {}{})", name.empty() ? "process" : name, process.pid, slurm);
}

Json blocked_json(const plan::Plan& plan) {
  Json list = Json::array();
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const plan::Step& step = plan.steps[s];
    if (step.in_the_way.empty()) continue;
    Json by = Json::array();
    for (const mig::Process& process : step.in_the_way) by.push_back(holder_name(process));
    list.push_back({{"step", s + 1}, {"text", plan::to_string(step)}, {"by", std::move(by)}});
  }
  return list;
}

std::string replica_name(const plan::NodePlan& packed, const plan::Replica& replica) {
  const plan::Workload& workload = packed.workloads[replica.demand].workload;
  return workload.replicas == 1 ? workload.name
                                : fmt::format("{}#{}", workload.name, replica.number + 1);
}

// Why this profile and no smaller one.
std::string because(const plan::NodePlan& packed, const plan::Replica& replica, unsigned kind) {
  const auto& sizing = packed.workloads[replica.demand].by_kind[kind];
  if (!sizing) return "";
  if (sizing->named) return fmt::format("named; it has {}", sizing->gives);
  std::string text = fmt::format(
      "{}: it has {}", plan::to_string(packed.workloads[replica.demand].workload), sizing->gives);
  if (const auto* const smaller = sizing->next_smaller())
    text += fmt::format("; {} {}", smaller->profile->name, smaller->why);
  return text;
}

Json workloads_json(const std::optional<plan::NodePlan>& packed) {
  if (!packed) return nullptr;
  Json list = Json::array();
  for (std::size_t b = 0; b < packed->packing.bins.size(); ++b) {
    const plan::PackedBin& bin = packed->packing.bins[b];
    for (const plan::PackedInstance& instance : bin.instances) {
      if (!instance.replica) continue;
      list.push_back({{"name", replica_name(*packed, *instance.replica)},
                      {"gpu", bin.gpu},
                      {"profile", instance.instance.profile->name},
                      {"start", instance.instance.at.start},
                      {"why", because(*packed, *instance.replica, packed->kind_of[b])}});
    }
  }
  return list;
}

}  // namespace

Result<Planned> plan_of(const PlanRequest& request, const mig::Node& node,
                        partition::Journal* journal, bool allow_reset) {
  Planned planned;
  planned.title = "api";
  if (const auto* const workloads = std::get_if<std::vector<plan::Workload>>(&request.wanted)) {
    TRY(fill_from(*workloads, node, planned));
  } else if (const auto* const undo = std::get_if<Undo>(&request.wanted)) {
    TRY(fill_from(*undo, node, journal, planned));
  } else {
    const auto* const layout = std::get_if<partition::NamedLayout>(&request.wanted);
    auto targets = layout != nullptr ? partition::targets_of(*layout, node)
                                     : partition::targets_of(
                                           std::get<partition::PartedConfig>(request.wanted), node);
    if (!targets) return std::unexpected(without_place(std::move(targets).error()));
    planned.plan = plan::diff(node, *targets);
  }
  partition::ApplyOptions options;
  options.allow_reset = allow_reset;
  planned.obstacle = partition::obstacle(planned.plan, node, options);
  return planned;
}

std::string hash_of(const plan::Plan& plan) {
  Json json = plan::to_json(plan);
  for (Json& step : json["steps"]) step.erase("in_the_way");
  const std::string text = compact(json);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::string digits;
  for (const std::uint8_t byte : mig::sha1(std::span(bytes, text.size())))
    digits += fmt::format("{:02x}", byte);
  return digits;
}

Json planned_json(const Planned& planned) {
  const plan::Plan& plan = planned.plan;
  Json json{{"hash", hash_of(plan)}};
  json["steps"] = plan::to_json(plan)["steps"];
  json["from"] = Json::array();
  json["to"] = Json::array();
  for (std::size_t i = 0; i < plan.from.size(); ++i) {
    json["from"].push_back(cut_json(plan.from[i], plan.to[i]));
    json["to"].push_back(cut_json(plan.to[i], plan.from[i]));
  }
  json["blocked"] = blocked_json(plan);
  json["needs_reset"] = plan.needs_reset();
  json["needs_reboot"] = plan.needs_reboot();
  json["obstacle"] = planned.obstacle ? error_json(*planned.obstacle) : Json(nullptr);
  json["notes"] = planned.notes;
  json["workloads"] = workloads_json(planned.packed);
  return json;
}

}  // namespace septet::web
