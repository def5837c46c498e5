// cli/lab_svg/mig_share.h — how much of a GPU's SMs the instances of a layout hold, and how much no
// instance can use.
//
// Source. SMs of a profile and of the GPU: mig::Product.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mig/product.h"

namespace septet::cli::lab_pictures {

struct InstanceShare {
  std::string name;  // "1g.10gb"
  unsigned start = 0;
  double sms = 0;  // of the GPU's physical SMs, [0, 1]
};

// `layout` as ModeOutcome::layouts has it: "1g.10gb@0 3g.40gb@4". nullopt when a profile or a
// number of SMs is not known.
std::optional<std::vector<InstanceShare>> shares_of(const mig::Product* product,
                                                    const std::string& layout);
// What is in no instance: SMs that are left over and those that MIG cannot hand out.
double stranded(const std::vector<InstanceShare>& shares);

}  // namespace septet::cli::lab_pictures
