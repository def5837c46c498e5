#include "cli/plan_product.h"

#include <fmt/format.h>

#include "cli/plan_picture.h"
#include "cli/services_text.h"
#include "cli/strategy_text.h"
#include "cli/subject.h"

namespace septet::cli {

Result<int> plan_for_product(const std::string& id, const Wanted& wanted, const std::string& svg,
                             bool json) {
  const mig::Product* const product = TRY(product_named(id));
  if (!wanted.strategy.name.empty()) {
    const auto layout = TRY(layout_by(wanted.strategy, product->geometry));
    const std::vector<StrategyOnKind> kinds = {{std::string(product->id), {}, layout}};
    fmt::print("{}", json ? to_text(to_json(wanted.strategy, kinds))
                          : strategy_text(wanted.strategy, kinds));
    TRY(draw(svg, picture_of(wanted.strategy, kinds, product->geometry), !json));
    return 0;
  }
  if (wanted.config || wanted.layout) {
    return fail(Code::kInvalidArgument,
                "--product plans workloads or a strategy, not a config or layouts",
                "leave --product out to plan them for this node");
  }
  const auto plan = TRY(plan::plan_services(*product, wanted.workloads));
  if (json) {
    fmt::print("{}", to_text(to_json(plan)));
  } else {
    fmt::print("workloads\n{}\nGPUs\n{}\nproof\n{}", services_text(plan), served_gpus_text(plan),
               proof_text(plan));
  }
  TRY(draw(svg, picture_of(plan), !json));
  return 0;
}

}  // namespace septet::cli
