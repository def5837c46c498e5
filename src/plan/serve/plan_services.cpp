#include "plan/serve/plan_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

namespace septet::plan {

namespace {

constexpr double kMostPerSecond = 1e9;  // kMostNeed

std::int64_t up(double value) {
  return static_cast<std::int64_t>(std::ceil(value * static_cast<double>(kMillion) - 1e-6));
}
std::int64_t down(double value) {
  return static_cast<std::int64_t>(std::floor(value * static_cast<double>(kMillion) + 1e-6));
}

// Options by the profile they are for: what a service may use.
using Usable = std::vector<ServingOption>;

Result<Usable> usable_by(const mig::Product& product, PlannedService& service) {
  const Workload& workload = service.workload;
  if (workload.objective) {
    service.sizes = TRY(serving_sizes(product, workload));
    return service.sizes->best;
  }
  service.sizing = TRY(right_size(product.geometry, workload));
  ServingOption only;
  only.profile = service.sizing->profile;
  only.per_second = 1.0;
  return Usable{only};
}

class Planner {
 public:
  explicit Planner(const mig::Product& product) { plan_.product = &product; }

  Result<ServicesPlan> run(std::vector<Workload> workloads, const ServeEffort& effort) {
    std::vector<const mig::GpuInstanceProfile*> slots;
    for (Workload& workload : workloads) {
      PlannedService service;
      service.workload = std::move(workload);
      usable_.push_back(TRY(usable_by(*plan_.product, service)));
      for (const ServingOption& option : usable_.back()) {
        if (std::ranges::find(slots, option.profile) == slots.end())
          slots.push_back(option.profile);
      }
      plan_.services.push_back(std::move(service));
    }
    if (slots.size() > kMostSlots) {
      return fail(
          Code::kNotSupported,
          fmt::format("{} profiles are in use at once, {} are the most", slots.size(), kMostSlots),
          "plan the workloads in two files");
    }
    std::ranges::sort(slots);  // the order of the geometry
    plan_.table = slot_table(plan_.product->geometry, std::move(slots));
    for (std::size_t i = 0; i < usable_.size(); ++i) TRY(add_demand(i));
    plan_.answer = serve(plan_.table, plan_.demands, effort);
    for (std::size_t i = 0; i < usable_.size(); ++i) tell_sizes(i);
    hand_out();
    return std::move(plan_);
  }

 private:
  Result<> add_demand(std::size_t index) {
    const Workload& workload = plan_.services[index].workload;
    ServiceDemand demand;
    demand.need = up(workload.objective ? workload.objective->per_second : workload.replicas);
    for (const ServingOption& option : usable_[index]) {
      const auto slot = static_cast<std::size_t>(
          std::ranges::find(plan_.table.slots, option.profile) - plan_.table.slots.begin());
      // More than the highest rate there is carries anything: no need to count further.
      demand.gives[slot] = std::min(kMostNeed, down(std::min(option.per_second, kMostPerSecond)));
    }
    const std::int64_t most = std::ranges::max(demand.gives);
    if (most <= 0 || demand.need / most > 10'000'000) {
      return fail(Code::kInfeasible,
                  fmt::format("{}: workload {} would take more than ten million instances",
                              workload.where, workload.name),
                  "look at the units of its rate and of its measurements");
    }
    plan_.demands.push_back(demand);
    return {};
  }

  void tell_sizes(std::size_t index) {
    PlannedService& service = plan_.services[index];
    for (const ServingOption& option : usable_[index]) {
      const auto slot = static_cast<std::size_t>(
          std::ranges::find(plan_.table.slots, option.profile) - plan_.table.slots.begin());
      const auto count = static_cast<unsigned>(plan_.answer.covers[index][slot]);
      if (count == 0) continue;
      service.chosen.push_back({option, count});
      service.gives += count * option.per_second;
    }
    std::ranges::stable_sort(service.chosen, std::ranges::greater{}, [](const PlannedSize& size) {
      return std::pair(size.option.profile->size, size.option.profile->slices);
    });
  }

  // Services take the instances of the GPUs in their order, each of its own profiles.
  void hand_out() {
    std::vector<std::deque<std::size_t>> waiting(plan_.table.size());  // services, by slot
    for (std::size_t i = 0; i < plan_.services.size(); ++i) {
      for (std::size_t s = 0; s < plan_.table.size(); ++s)
        waiting[s].insert(waiting[s].end(), static_cast<std::size_t>(plan_.answer.covers[i][s]), i);
    }
    for (std::size_t column = 0; column < plan_.answer.columns.size(); ++column) {
      for (unsigned gpu = 0; gpu < plan_.answer.columns[column]; ++gpu) {
        ServedGpu served{column, {}};
        for (const mig::Instance& instance : plan_.table.columns[column].layout.instances()) {
          auto& queue = waiting[static_cast<std::size_t>(
              std::ranges::find(plan_.table.slots, instance.profile) - plan_.table.slots.begin())];
          served.instances.push_back({instance, std::nullopt});
          if (queue.empty()) continue;
          served.instances.back().service = queue.front();
          queue.pop_front();
        }
        plan_.gpus.push_back(std::move(served));
      }
    }
    for (const auto& queue : waiting) SEPTET_ASSERT(queue.empty());
  }

  ServicesPlan plan_;
  std::vector<Usable> usable_;
};

}  // namespace

double PlannedService::over() const {
  const double asked = workload.objective ? workload.objective->per_second : workload.replicas;
  return gives / asked - 1.0;
}

Result<ServicesPlan> plan_services(const mig::Product& product, std::vector<Workload> workloads,
                                   const ServeEffort& effort) {
  SEPTET_ASSERT(!workloads.empty());
  return Planner(product).run(std::move(workloads), effort);
}

}  // namespace septet::plan
