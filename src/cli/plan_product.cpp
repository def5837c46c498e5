#include "cli/plan_product.h"

#include <fmt/format.h>

#include "cli/plan_picture.h"
#include "cli/services_text.h"
#include "cli/serving_certificate_json.h"
#include "cli/strategy_text.h"
#include "cli/subject.h"

namespace septet::cli {

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
  const auto plan = TRY(plan::plan_services(*product, wanted.workloads));
  if (output.json) {
    fmt::print("{}", to_text(to_json(plan)));
  } else {
    fmt::print("workloads\n{}\nGPUs\n{}\nproof\n{}", services_text(plan), served_gpus_text(plan),
               proof_text(plan));
  }
  TRY(write_certificate(output, serving_certificate_json(plan)));
  TRY(draw(output.svg, picture_of(plan), !output.json));
  return 0;
}

}  // namespace septet::cli
