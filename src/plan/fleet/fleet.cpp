#include "plan/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace septet::plan {

namespace {

// All that do: what is named, or every profile without a shortfall. Graphics only when named.
std::vector<FleetChoice> choices_on(std::size_t product, const mig::Geometry& geometry,
                                    const Workload& workload, const Sizing& smallest) {
  if (smallest.named) return {{product, smallest.profile}};
  std::vector<FleetChoice> choices;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (!profile.graphics && shortfall(geometry, profile, workload).empty())
      choices.push_back({product, &profile});
  }
  return choices;
}

Result<Sizing> not_allowed(const Workload& workload, const std::string& product) {
  return fail(Code::kInfeasible, workload.where + ": " + not_allowed_text(workload, product));
}

}  // namespace

std::int64_t Fleet::cost_step() const {
  std::int64_t step = 0;
  for (const Pool& pool : pools) step = std::gcd(step, pool.cost);
  return std::max<std::int64_t>(step, 1);
}

bool Fleet::keeps_apart() const {
  return std::ranges::any_of(demands,
                             [](const FleetDemand& demand) { return demand.workload.apart; });
}

Result<FleetDemand> size_for_fleet(const std::vector<FleetProduct>& products,
                                   const Workload& workload) {
  if (!workload.apart_from.empty()) {
    return fail(Code::kNotSupported,
                fmt::format("{}: workload {} keeps apart from {}: in a fleet a workload can keep "
                            "apart from itself only",
                            workload.where, workload.name, workload.apart_from.front()),
                "write anti-affinity: self, or plan for one node");
  }
  FleetDemand demand{workload, {}, {}};
  std::optional<Error> last;
  for (std::size_t product = 0; product < products.size(); ++product) {
    const mig::Geometry& geometry = *products[product].geometry;
    auto sizing = allowed_on(workload, products[product].id)
                      ? right_size(geometry, workload)
                      : not_allowed(workload, products[product].id);
    if (!sizing) {
      // Why it does not fit where it may run says more than where it may not.
      if (!last || allowed_on(workload, products[product].id)) last = std::move(sizing).error();
      demand.smallest.emplace_back();
      continue;
    }
    for (const FleetChoice& choice : choices_on(product, geometry, workload, *sizing))
      demand.choices.push_back(choice);
    demand.smallest.emplace_back(std::move(*sizing));
  }
  if (!demand.choices.empty()) return demand;
  if (!last) return fail(Code::kInvalidArgument, "the fleet has no products");
  last->code = Code::kInfeasible;
  return fail_because(std::move(*last),
                      workload.where + ": workload " + workload.name +
                          (workload.products.empty()
                               ? " fits no profile of any product of the fleet"
                               : " fits no profile of the fleet's products that it may run on"),
                      workload.products.empty()
                          ? "lower its needs, name another profile, or add a product that has it"
                          : "lower its needs, allow more products, or add one that it may run on");
}

}  // namespace septet::plan
