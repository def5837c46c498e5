#include "container/cdi_teller.h"

namespace septet::container {

Result<> CdiTeller::follow(const plan::Plan* plan) {
  const CdiSpecs specs(TRY(folder_()));
  const auto wishes = TRY(specs.wishes());
  if (wishes.empty()) return {};
  const auto driver = TRY(open_());
  const mig::Node node = TRY(driver->observe());
  return specs.refresh(plan == nullptr ? node : without_what_goes(node, *plan));
}

}  // namespace septet::container
