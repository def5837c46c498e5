#include "plan/plan_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/serve/on_node.h"

namespace septet::plan {

namespace {

using mig::MigMode;

bool same_profile(const mig::GpuInstanceProfile& a, const mig::GpuInstanceProfile& b) {
  return a.id == b.id && a.name == b.name && a.size == b.size && a.slices == b.slices &&
         a.starts == b.starts && a.memory_mib == b.memory_mib && a.sm == b.sm;
}

bool same_geometry(const mig::Geometry& a, const mig::Geometry& b) {
  return a.units == b.units && std::ranges::equal(a.profiles, b.profiles, same_profile);
}

// Why nothing can be put on this GPU; empty: it can be used.
std::string unusable_because(const mig::Gpu& gpu) {
  if (gpu.problem) return "its state is unknown: " + *gpu.problem;
  if (gpu.mode == MigMode::kUnsupported || gpu.geometry == nullptr) return "cannot be cut (no MIG)";
  if (gpu.mode == MigMode::kOff && !gpu.processes.empty()) {
    return "MIG is off and the whole GPU is in use by " + who(gpu.processes);
  }
  return {};
}

unsigned mode_cost(const mig::Gpu& gpu) {
  if (gpu.mode == MigMode::kOn) return 0;
  const bool ampere =
      gpu.product != nullptr && gpu.product->architecture == mig::Architecture::kAmpere;
  return ampere ? 2 : 1;
}

class NodePlanner {
 public:
  NodePlanner(const mig::Node& node, PlanOptions options) : node_(node), options_(options) {}

  Result<NodePlan> run(std::vector<Workload> workloads) {
    by_product_ = std::ranges::any_of(
        workloads, [](const Workload& workload) { return !workload.products.empty(); });
    for (const mig::Gpu& gpu : node_.gpus) TRY(add(gpu));
    if (request_.bins.empty()) {
      std::string why;
      for (const UnusableGpu& gpu : plan_.unusable)
        why += fmt::format("\n  GPU {}: {}", gpu.gpu, gpu.why);
      return fail(Code::kNotSupported, "no GPU of this node can be used" + why);
    }
    for (const Kind& kind : plan_.kinds) request_.kinds.push_back(kind.geometry);
    for (Workload& workload : workloads) TRY(size(std::move(workload)));
    plan_.packing = TRY(pack_fitting());
    if (plan_.packing.complete) plan_.plan = diff(node_, targets());
    return std::move(plan_);
  }

 private:
  Result<> add(const mig::Gpu& gpu) {
    if (std::string why = unusable_because(gpu); !why.empty()) {
      plan_.unusable.push_back({gpu.index, std::move(why)});
      return {};
    }
    (void)TRY(mig::layout_of(gpu));  // every instance has a profile we know, in a place it may have
    const unsigned kind = kind_of(gpu);
    const mig::Geometry& geometry = *plan_.kinds[kind].geometry;
    Bin bin{gpu.index, kind, mode_cost(gpu), {}};
    for (const mig::GpuInstance& instance : gpu.instances) {
      const mig::GpuInstanceProfile* const profile = geometry.find_id(instance.profile_id);
      const bool busy = in_use(instance);
      const bool whole = profile->default_compute() != nullptr && instance.compute.size() == 1 &&
                         instance.compute[0].profile_id == profile->default_compute()->id;
      bin.held.push_back(
          {{profile, instance.at}, busy, !busy || (whole && !options_.beside_running)});
    }
    request_.bins.push_back(std::move(bin));
    gpus_.push_back(&gpu);
    plan_.kind_of.push_back(kind);
    return {};
  }

  unsigned kind_of(const mig::Gpu& gpu) {
    const mig::Geometry* const geometry = geometry_of(gpu);
    const auto known = std::ranges::find_if(plan_.kinds, [&](const Kind& kind) {
      return same_geometry(*kind.geometry, *geometry) &&
             (!by_product_ || kind.product == gpu.product);
    });
    const auto index = static_cast<unsigned>(known - plan_.kinds.begin());
    if (known == plan_.kinds.end())
      plan_.kinds.push_back({gpu.name, geometry, gpu.geometry, gpu.product});
    return index;
  }

  const mig::Geometry* geometry_of(const mig::Gpu& gpu) const {
    const mig::Geometry* const answered = &gpu.geometry->geometry;
    const auto version = mig::parse_driver_version(node_.driver_version);
    if (!node_.simulated || gpu.product == nullptr || !version) return answered;
    const mig::Geometry* const table = &gpu.product->geometry_at(*version);
    return std::ranges::equal(answered->profiles, table->profiles, {}, &mig::GpuInstanceProfile::id,
                              &mig::GpuInstanceProfile::id)
               ? table
               : answered;
  }

  static bool may_run(const Kind& kind, const Workload& workload) {
    return allowed_on(workload, kind.product == nullptr ? "" : kind.product->id);
  }

  static Result<Sizing> size_for(const Kind& kind, const Workload& workload) {
    if (may_run(kind, workload)) return right_size(*kind.geometry, workload);
    const std::string_view id = kind.product == nullptr ? "" : kind.product->id;
    return fail(Code::kInfeasible, workload.where + ": " + not_allowed_text(workload, id),
                "allow more products, or plan for a node that has one of them");
  }

  Result<> size(Workload workload) {
    Sized sized;
    Demand demand{workload.replicas, {}};
    for (const Kind& kind : plan_.kinds) {
      auto sizing = size_for(kind, workload);
      if (!sizing && sizing.error().code != Code::kInfeasible && request_.kinds.size() == 1) {
        return std::unexpected(std::move(sizing).error());  // a name that this board does not have
      }
      demand.profiles.push_back(sizing ? sizing->profile : nullptr);
      sized.by_kind.push_back(sizing ? std::optional(*sizing) : std::nullopt);
      if (sizing) continue;
      // Why it does not fit where it may run says more than where it may not.
      if (!sized.misfit || may_run(kind, workload)) sized.misfit = std::move(sizing).error();
    }
    const bool runs =
        std::ranges::any_of(sized.by_kind, [](const auto& one) { return one.has_value(); });
    if (runs) sized.misfit.reset();
    if (!runs && sized.misfit->code != Code::kInfeasible) return std::unexpected(*sized.misfit);
    sized.workload = std::move(workload);
    plan_.workloads.push_back(std::move(sized));
    request_.demands.push_back(std::move(demand));
    return {};
  }

  // Workloads that fit no kind of GPU here take no part in the packing, and it is not complete.
  Result<Packing> pack_fitting() {
    PackRequest fitting = request_;
    fitting.demands.clear();
    std::vector<const Workload*> workloads;
    for (std::size_t w = 0; w < plan_.workloads.size(); ++w) {
      if (plan_.workloads[w].misfit) continue;
      fitting.demands.push_back(request_.demands[w]);
      workloads.push_back(&plan_.workloads[w].workload);
    }
    fitting.apart = TRY(apart_of(workloads));
    if (fitting.demands.size() == request_.demands.size()) return pack(fitting);
    const Packing some = pack(fitting);
    Packing all;
    all.proven = some.proven;
    std::size_t next = 0;
    for (const Sized& sized : plan_.workloads)
      all.placed.push_back(sized.misfit ? 0 : some.placed[next++]);
    return all;
  }

  static Result<std::vector<std::pair<std::size_t, std::size_t>>> apart_of(
      const std::vector<const Workload*>& workloads) {
    std::vector<std::pair<std::size_t, std::size_t>> apart;
    std::vector<bool> involved(workloads.size(), false);
    for (std::size_t a = 0; a < workloads.size(); ++a) {
      for (std::size_t b = a; b < workloads.size(); ++b) {
        if (!kept_apart(*workloads[a], *workloads[b])) continue;
        apart.emplace_back(a, b);
        involved[a] = involved[b] = true;
      }
    }
    const auto many = static_cast<std::size_t>(std::ranges::count(involved, true));
    if (many <= kMostApart) return apart;
    return fail(Code::kNotSupported,
                fmt::format("{} workloads keep apart from themselves or others, {} are the most "
                            "on one node",
                            many, kMostApart),
                "keep apart only those of which no two may be lost with one GPU");
  }

  std::vector<GpuCut> targets() const {
    std::vector<GpuCut> targets;
    for (std::size_t b = 0; b < plan_.packing.bins.size(); ++b) {
      const PackedBin& packed = plan_.packing.bins[b];
      if (!packed.used) continue;
      const GpuCut now = cut_of(*gpus_[b]);
      GpuCut target{now.gpu, now.uuid, MigMode::kOn, MigMode::kOn, {}};
      for (const PackedInstance& instance : packed.instances) {
        InstanceCut whole = whole_instance(*instance.instance.profile, instance.instance.at);
        const auto held = std::ranges::find_if(
            now.instances, [&whole](const InstanceCut& have) { return same_place(have, whole); });
        const bool as_it_is = instance.kept && (instance.busy || !instance.replica);
        if (as_it_is) whole = *held;
        target.instances.push_back(std::move(whole));
      }
      targets.push_back(std::move(target));
    }
    return targets;
  }

  const mig::Node& node_;
  const PlanOptions options_;
  NodePlan plan_;
  PackRequest request_;
  std::vector<const mig::Gpu*> gpus_;  // by bin
  bool by_product_ = false;            // some workload says on which products it may run
};

}  // namespace

Result<NodePlan> plan_node(const mig::Node& node, std::vector<Workload> workloads,
                           PlanOptions options) {
  auto sized = TRY(sized_for_node(node, in_order_of_priority(std::move(workloads))));
  auto plan = TRY(NodePlanner(node, options).run(std::move(sized.workloads)));
  plan.services = std::move(sized.services);
  return plan;
}

}  // namespace septet::plan
