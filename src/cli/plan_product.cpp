#include "cli/plan_product.h"

#include <fmt/format.h>

#include "cli/plan_picture.h"
#include "cli/plan_text.h"
#include "cli/services_text.h"
#include "cli/serving_certificate_json.h"
#include "cli/strategy_text.h"
#include "cli/subject.h"

namespace septet::cli {

namespace {

struct AllowedHere {
  std::vector<plan::Workload> workloads;
  std::vector<std::pair<std::string, std::string>> left_out;  // name, why
};

Result<AllowedHere> allowed_here(const mig::Product& product, const Wanted& wanted) {
  AllowedHere here;
  for (const plan::Workload& workload : wanted.workloads) {
    if (!plan::allowed_on(workload, product.id)) {
      here.left_out.emplace_back(workload.name, plan::not_allowed_text(workload, product.id));
    } else if (plan::kept_apart(workload, workload) || !workload.apart_from.empty()) {
      return fail(
          Code::kNotSupported,
          fmt::format("{}: workload {} has anti-affinity, which --product does not keep",
                      workload.where, workload.name),
          fmt::format("list the GPUs instead: fleet: [{{product: {}, gpus: 100}}]", product.id));
    } else {
      here.workloads.push_back(workload);
    }
  }
  if (!here.workloads.empty()) return here;
  return fail(Code::kInfeasible,
              fmt::format("{}: no workload may run on {}", wanted.file, product.id),
              "name another product, or allow this one");
}

std::string left_out_text(const AllowedHere& here) {
  std::string text;
  for (const auto& [name, why] : here.left_out) text += wrapped("  ", why);
  return text.empty() ? text : "\nleft out\n" + text;
}

Json left_out_json(const AllowedHere& here) {
  Json list = Json::array();
  for (const auto& [name, why] : here.left_out) list.push_back({{"name", name}, {"why", why}});
  return list;
}

}  // namespace

Result<int> plan_for_product(const std::string& id, const Wanted& wanted,
                             const PlanOutput& output) {
  const mig::Product* const product = TRY(product_named(id));
  if (!wanted.strategy.name.empty() && !output.certificate.empty()) {
    return fail(Code::kInvalidArgument, "--certificate is for workloads: a strategy proves nothing",
                "leave --certificate out");
  }
  if (!wanted.strategy.name.empty()) {
    const auto layout = TRY(layout_by(wanted.strategy, product->geometry));
    const std::vector<StrategyOnKind> kinds = {{std::string(product->id), {}, layout}};
    fmt::print("{}", output.json ? to_text(to_json(wanted.strategy, kinds))
                                 : strategy_text(wanted.strategy, kinds));
    TRY(draw(output.svg, picture_of(wanted.strategy, kinds, product->geometry), !output.json));
    return 0;
  }
  if (wanted.config || wanted.layout) {
    return fail(Code::kInvalidArgument,
                "--product plans workloads or a strategy, not a config or layouts",
                "leave --product out to plan them for this node");
  }
  const auto here = TRY(allowed_here(*product, wanted));
  const auto plan = TRY(plan::plan_services(*product, here.workloads));
  if (output.json) {
    Json document = to_json(plan);
    document["left_out"] = left_out_json(here);
    fmt::print("{}", to_text(document));
  } else {
    fmt::print("workloads\n{}\nGPUs\n{}\nproof\n{}{}", services_text(plan), served_gpus_text(plan),
               proof_text(plan), left_out_text(here));
  }
  TRY(write_certificate(output, serving_certificate_json(plan)));
  TRY(draw(output.svg, picture_of(plan), !output.json));
  return 0;
}

}  // namespace septet::cli
