#include "cli/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/node_picture.h"

namespace septet::cli {

namespace {

using plan::NodePlan;
using plan::PackedBin;
using plan::PackedInstance;

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// Who has the instance at this place; empty: nobody.
std::string label_at(const NodePlan& packed, std::uint32_t gpu, mig::Placement at) {
  for (const PackedBin& bin : packed.packing.bins) {
    if (bin.gpu != gpu) continue;
    for (const PackedInstance& instance : bin.instances) {
      if (instance.instance.at == at && instance.replica)
        return replica_name(packed, *instance.replica);
    }
  }
  return {};
}

std::string because(const plan::Sized& sized, std::size_t kind) {
  const plan::Sizing& sizing = *sized.by_kind[kind];
  std::string text = plan::to_string(sized.workload);
  if (sizing.named) return fmt::format("named in the file; it has {}", sizing.gives);
  text = fmt::format("{}: it has {}", text, sizing.gives);
  if (const auto* smaller = sizing.next_smaller()) {
    text += fmt::format("; {} {}", smaller->profile->name, smaller->why);
  }
  return text;
}

std::string percent(unsigned part, unsigned whole) {
  return whole == 0 ? "-" : fmt::format("{:.0f}%", 100.0 * part / whole);
}

struct Shares {
  unsigned slices = 0, units = 0;              // of the instances that carry a replica
  unsigned gpu_slices = 0, gpu_units = 0;      // of the GPUs that carry one
  unsigned whole_slices = 0, whole_units = 0;  // of one GPU for each replica
  unsigned replicas = 0;
};

Shares shares_of(const NodePlan& packed) {
  Shares shares;
  for (std::size_t b = 0; b < packed.packing.bins.size(); ++b) {
    const PackedBin& bin = packed.packing.bins[b];
    const mig::Geometry& geometry = *packed.kinds[packed.kind_of[b]].geometry;
    if (!bin.used) continue;
    shares.gpu_slices += geometry.slices;
    shares.gpu_units += geometry.units;
    for (const PackedInstance& instance : bin.instances) {
      if (!instance.replica) continue;
      ++shares.replicas;
      shares.slices += instance.instance.profile->slices;
      shares.units += instance.instance.at.size;
      shares.whole_slices += geometry.slices;
      shares.whole_units += geometry.units;
    }
  }
  return shares;
}

std::string argument_text(const NodePlan& packed) {
  const plan::Packing& packing = packed.packing;
  std::string text = packing.argument;
  if (packing.fewest == packing.bound) {
    text += fmt::format(": no fewer than {} can do", plural(packing.fewest, "GPU"));
  } else if (packing.proven) {
    text += fmt::format(": at least {}; an exact search over every layout shows that {} are needed",
                        plural(packing.bound, "GPU"), packing.fewest);
  } else {
    text += fmt::format(": at least {}; the search was cut short, fewer may do",
                        plural(packing.bound, "GPU"));
  }
  if (packing.gpus > packing.fewest) {
    text += fmt::format("; keeping what is there takes {} (an empty node would need {})",
                        packing.gpus, packing.fewest);
  }
  return text;
}

std::string left_alone_text(const NodePlan& packed) {
  std::string idle, busy, shared;
  for (const PackedBin& bin : packed.packing.bins) {
    for (const PackedInstance& instance : bin.instances) {
      const std::string name = fmt::format("GPU {} {}", bin.gpu, mig::to_string(instance.instance));
      std::string& list = instance.replica ? shared : instance.busy ? busy : idle;
      if (instance.replica && !instance.busy) continue;
      list += (list.empty() ? "" : ", ") + name;
    }
  }
  std::string text;
  if (!idle.empty()) text += wrapped("  left alone     ", idle + " (idle, nobody asked for it)");
  if (!busy.empty()) text += wrapped("  planned around ", busy + " (in use)");
  if (!shared.empty()) {
    text +=
        wrapped("  counted        ",
                shared + " (in use already; taken as the workload's own, see --beside-running)");
  }
  return text;
}

// "gate from itself and from db, db from gate".
std::string kept_apart_text(const NodePlan& packed) {
  std::string text;
  for (const plan::Sized& sized : packed.workloads) {
    const plan::Workload& workload = sized.workload;
    std::string from = plan::kept_apart(workload, workload) ? "itself" : "";
    for (const std::string& other : workload.apart_from)
      from += (from.empty() ? "" : " and ") + other;
    if (!from.empty())
      text += fmt::format("{}{} from {}", text.empty() ? "" : ", ", workload.name, from);
  }
  return text;
}

}  // namespace

std::string replica_name(const NodePlan& packed, const plan::Replica& replica) {
  const plan::Workload& workload = packed.workloads[replica.demand].workload;
  return workload.replicas == 1 ? workload.name
                                : fmt::format("{}#{}", workload.name, replica.number + 1);
}

std::string wrapped(const std::string& first, const std::string& text, unsigned width) {
  std::string out = first;
  std::size_t column = first.size();
  bool fresh = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::size_t length = end - at;
    if (!fresh && column + 1 + length > width) {
      out += "\n" + std::string(first.size(), ' ');
      column = first.size();
      fresh = true;
    }
    if (!fresh) out += ' ';
    column += length + (fresh ? 0 : 1);
    out += text.substr(at, length);
    fresh = false;
    at = end + 1;
  }
  return out + "\n";
}

std::string sizing_text(const NodePlan& packed) {
  std::size_t widest = 8, profiles = 7;
  for (const plan::Sized& sized : packed.workloads) {
    widest = std::max(widest, std::min<std::size_t>(sized.workload.name.size(), 24));
    for (const auto& sizing : sized.by_kind) {
      if (sizing) profiles = std::max(profiles, sizing->profile->name.size());
    }
  }
  std::string text =
      fmt::format("  {:<{}}  {:>3}  {:<{}}  why\n", "workload", widest, "n", "profile", profiles);
  for (const plan::Sized& sized : packed.workloads) {
    std::string name = sized.workload.name;
    std::string count = fmt::format("{}", sized.workload.replicas);
    if (sized.misfit) {
      text += wrapped(fmt::format("  {:<{}}  {:>3}  {:<{}}  ", name, widest, count, "-", profiles),
                      sized.misfit->what);
    }
    for (std::size_t k = 0; k < sized.by_kind.size(); ++k) {
      if (!sized.by_kind[k]) continue;
      const std::string on =
          packed.kinds.size() > 1 ? fmt::format("on {}: ", packed.kinds[k].name) : "";
      text += wrapped(fmt::format("  {:<{}}  {:>3}  {:<{}}  ", name, widest, count,
                                  sized.by_kind[k]->profile->name, profiles),
                      on + because(sized, k));
      name.clear();
      count.clear();
    }
  }
  return text;
}

std::string packing_text(const NodePlan& packed) {
  const Shares shares = shares_of(packed);
  const std::size_t all = packed.packing.bins.size() + packed.unusable.size();
  std::string text = fmt::format("  GPUs           {} of {}\n", packed.packing.gpus, all);
  text += wrapped("  because        ", argument_text(packed));
  text += wrapped(
      "  in use there   ",
      fmt::format("{} of {} compute slices ({}), {} of {} memory slices ({})", shares.slices,
                  shares.gpu_slices, percent(shares.slices, shares.gpu_slices), shares.units,
                  shares.gpu_units, percent(shares.units, shares.gpu_units)));
  text += wrapped(
      "  one per GPU    ",
      fmt::format("a whole GPU for each replica would take {}, with {} of the compute and {} of "
                  "the memory slices asked for",
                  plural(shares.replicas, "GPU"), percent(shares.slices, shares.whole_slices),
                  percent(shares.units, shares.whole_units)));
  text += left_alone_text(packed);
  for (const plan::UnusableGpu& gpu : packed.unusable) {
    text += wrapped("  not used       ", fmt::format("GPU {}: {}", gpu.gpu, gpu.why));
  }
  if (const std::string apart = kept_apart_text(packed); !apart.empty())
    text += wrapped("  kept apart     ", apart);
  return text;
}

std::string misfit_text(const NodePlan& packed) {
  const bool by_priority = std::ranges::any_of(
      packed.workloads, [](const plan::Sized& sized) { return sized.workload.priority != 0; });
  std::string text =
      by_priority ? "what fits, in order of priority:\n" : "what fits, in the order of the file:\n";
  for (std::size_t w = 0; w < packed.workloads.size(); ++w) {
    const plan::Workload& workload = packed.workloads[w].workload;
    const unsigned placed = packed.packing.placed[w];
    text += fmt::format("  {:<24} {:>4} of {:<4}{}\n", workload.name, placed, workload.replicas,
                        placed == workload.replicas ? ""
                        : placed == 0               ? " does not fit"
                                                    : " do not all fit");
  }
  if (!packed.packing.argument.empty()) {
    text += wrapped("  because  ",
                    fmt::format("{}: {} at the least, {} can be used", packed.packing.argument,
                                plural(packed.packing.bound, "GPU"), packed.kind_of.size()));
  }
  for (const plan::UnusableGpu& gpu : packed.unusable) {
    text += wrapped("  not used ", fmt::format("GPU {}: {}", gpu.gpu, gpu.why));
  }
  if (!packed.packing.proven) text += "  the search was cut short: a little more may fit\n";
  return text;
}

std::string summary_text(const plan::Plan& plan) {
  unsigned created = 0, destroyed = 0, compute = 0;
  std::set<std::uint32_t> modes, resets;
  bool reboot = false;
  for (const plan::Step& step : plan.steps) {
    switch (step.kind) {
      case plan::StepKind::kCreateInstance: ++created; break;
      case plan::StepKind::kDestroyInstance: ++destroyed; break;
      case plan::StepKind::kSetMode: modes.insert(step.gpu); break;
      case plan::StepKind::kReset:
        if (step.stop == plan::Stop::kReboot) {
          reboot = true;
        } else {
          resets.insert(step.gpu);
        }
        break;
      case plan::StepKind::kCreateCompute:
      case plan::StepKind::kDestroyCompute: ++compute; break;
    }
  }
  std::string text =
      fmt::format("{}: {} to create, {} to destroy", plural(plan.steps.size(), "step"),
                  plural(created, "instance"), destroyed);
  if (created == 0 && destroyed == 0 && compute > 0) {
    text = fmt::format("{}: {} to change", plural(plan.steps.size(), "step"),
                       plural(compute, "compute instance"));
  }
  if (!modes.empty())
    text += fmt::format(", MIG mode of {} to change", plural(modes.size(), "GPU"));
  if (!resets.empty()) text += fmt::format(", {} to reset", plural(resets.size(), "GPU"));
  if (reboot) text += ", the node to reboot";
  return text;
}

std::string assignment_text(const mig::Node& node, const NodePlan& packed) {
  std::string text;
  for (std::size_t w = 0; w < packed.workloads.size(); ++w) {
    for (const mig::Gpu& gpu : node.gpus) {
      for (const PackedBin& bin : packed.packing.bins) {
        if (bin.gpu != gpu.index) continue;
        for (const PackedInstance& instance : bin.instances) {
          if (!instance.replica || instance.replica->demand != w) continue;
          const auto live =
              std::ranges::find(gpu.instances, instance.instance.at, &mig::GpuInstance::at);
          const bool device = live != gpu.instances.end() && !live->compute.empty();
          text += fmt::format(
              "  {:<18} GPU {:<2} {:<12} {}\n", replica_name(packed, *instance.replica), gpu.index,
              mig::to_string(instance.instance), device ? live->compute[0].uuid : "");
        }
      }
    }
  }
  return text;
}

std::string draw_assignment(const mig::Node& node, const NodePlan* packed, bool color) {
  PictureOptions options;
  options.details = false;
  options.color = color;
  if (packed != nullptr) {
    options.label = [packed](const mig::Gpu& gpu, const mig::GpuInstance& instance) {
      return label_at(*packed, gpu.index, instance.at);
    };
  }
  std::string text, free;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.instances.empty() && !gpu.problem) {
      free += fmt::format("{}{}", free.empty() ? "" : ", ", gpu.index);
    } else {
      text += draw_gpu(node, gpu, options);
    }
  }
  if (!free.empty())
    text += fmt::format("GPU {}: nothing on {}\n", free, free.contains(',') ? "them" : "it");
  return text;
}

}  // namespace septet::cli
