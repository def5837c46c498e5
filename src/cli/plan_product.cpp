#include "cli/plan_product.h"

#include <fmt/format.h>

#include "cli/output_file.h"
#include "cli/services_text.h"
#include "cli/serving_certificate_json.h"
#include "cli/strategy_text.h"
#include "cli/subject.h"

namespace septet::cli {

Result<int> plan_for_product(const std::string& id, const Wanted& wanted,
                             const std::string& certificate, bool json) {
  const mig::Product* const product = TRY(product_named(id));
  if (!wanted.strategy.name.empty() && !certificate.empty()) {
    return fail(Code::kInvalidArgument, "--certificate is for workloads: a strategy proves nothing",
                "leave --certificate out");
  }
  if (!wanted.strategy.name.empty()) {
    const auto layout = TRY(layout_by(wanted.strategy, product->geometry));
    const std::vector<StrategyOnKind> kinds = {{std::string(product->id), {}, layout}};
    fmt::print("{}", json ? to_text(to_json(wanted.strategy, kinds))
                          : strategy_text(wanted.strategy, kinds));
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
  if (!certificate.empty()) {
    TRY(replace_file(certificate, to_text(serving_certificate_json(plan))));
    if (!json) fmt::print("certificate in {}: septet verify checks it\n", certificate);
  }
  return 0;
}

}  // namespace septet::cli
