#include "plan/fleet/fleet.h"

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

}  // namespace

std::int64_t Fleet::cost_step() const {
  std::int64_t step = 0;
  for (const Pool& pool : pools) step = std::gcd(step, pool.cost);
  return std::max<std::int64_t>(step, 1);
}

Result<FleetDemand> size_for_fleet(const std::vector<FleetProduct>& products,
                                   const Workload& workload) {
  FleetDemand demand{workload, {}, {}};
  std::optional<Error> last;
  for (std::size_t product = 0; product < products.size(); ++product) {
    const mig::Geometry& geometry = *products[product].geometry;
    auto sizing = right_size(geometry, workload);
    if (!sizing) {
      last = std::move(sizing).error();
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
                          " fits no profile of any product of the fleet",
                      "lower its needs, name another profile, or add a product that has it");
}

}  // namespace septet::plan
