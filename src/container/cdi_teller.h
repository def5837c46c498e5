// container/cdi_teller.h — makes the published CDI files follow a change.
//
// Before the first step without what is to go, after the last as the node is. Where nothing was
// published nothing is asked of the driver.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "container/cdi_specs.h"
#include "partition/apply.h"

namespace septet::container {

class CdiTeller final : public partition::Teller {
 public:
  using FindFolder = std::function<Result<std::string>()>;
  CdiTeller(FindFolder folder, partition::OpenDriver open)
      : folder_(std::move(folder)), open_(std::move(open)) {}

  Result<> before(const plan::Plan& plan) override { return follow(&plan); }
  Result<> after() override { return follow(nullptr); }

 private:
  Result<> follow(const plan::Plan* plan);
  FindFolder folder_;
  partition::OpenDriver open_;
};

}  // namespace septet::container
