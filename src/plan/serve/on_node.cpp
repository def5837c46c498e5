#include "plan/serve/on_node.h"

#include <algorithm>
#include <map>

namespace septet::plan {

namespace {

bool measured_on(const std::vector<Workload>& workloads, const mig::Product& product) {
  return std::ranges::all_of(workloads, [&product](const Workload& workload) {
    return !workload.objective || std::ranges::any_of(workload.measured, [&](const Measured& one) {
      return mig::find_product(one.product) == &product;
    });
  });
}

// Of the products that every measured workload was measured on the one with most GPUs here; else
// the most common one, so that the error names it.
const mig::Product* product_of(const mig::Node& node, const std::vector<Workload>& workloads) {
  std::map<const mig::Product*, unsigned> count;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.product != nullptr && gpu.mode != mig::MigMode::kUnsupported) ++count[gpu.product];
  }
  const auto best = std::ranges::max_element(count, {}, [&workloads](const auto& one) {
    return std::pair(measured_on(workloads, *one.first), one.second);
  });
  return best == count.end() ? nullptr : best->first;
}

void add_sizes(const PlannedService& service, std::vector<Workload>& workloads) {
  for (const PlannedSize& size : service.chosen) {
    Workload sized;
    sized.name = service.workload.name;
    if (service.chosen.size() > 1) sized.name += "/" + std::string(size.option.profile->name);
    sized.replicas = size.instances;
    sized.profile = size.option.profile->name;
    sized.where = service.workload.where;
    sized.priority = service.workload.priority;
    sized.products = service.workload.products;
    workloads.push_back(std::move(sized));
  }
}

}  // namespace

Result<SizedForNode> sized_for_node(const mig::Node& node, std::vector<Workload> workloads) {
  const bool any = std::ranges::any_of(
      workloads, [](const Workload& workload) { return workload.objective.has_value(); });
  if (!any) return SizedForNode{std::move(workloads), std::nullopt};
  const mig::Product* const product = product_of(node, workloads);
  if (product == nullptr) {
    return fail(Code::kNotSupported, "no GPU of this node is in septet's tables",
                "measured workloads need a product to be planned for");
  }
  // Others that do not go on this product may go on another GPU of the node: not for us to judge.
  std::vector<Workload> here;
  for (const Workload& workload : workloads) {
    const bool goes = allowed_on(workload, product->id) && right_size(product->geometry, workload);
    if (workload.objective || goes) here.push_back(workload);
  }
  SizedForNode sized;
  sized.services = TRY(plan_services(*product, std::move(here)));
  for (Workload& workload : workloads) {
    if (!workload.objective) {
      sized.workloads.push_back(std::move(workload));
      continue;
    }
    const auto planned = std::ranges::find_if(
        sized.services->services,
        [&workload](const auto& one) { return one.workload.name == workload.name; });
    add_sizes(*planned, sized.workloads);
  }
  return sized;
}

}  // namespace septet::plan
