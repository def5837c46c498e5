// plan/serve/options.h — the sizes at which a measured workload meets its objective: profile,
// batch and processes, what each gives, and why the others do not do.
//
// Only measurements on this very product count. A profile that was not measured is modelled from
// two or more that were (plan/performance.h) unless the workload forbids it, and only if it has at
// least the memory of the smallest on which the same batch and processes ran and lies between
// measured ones in SMs and bandwidth; what is modelled is marked, and taken worse by the model's
// mean error. Errors. kInvalidArgument: a measured profile that the product does not have.
// kInfeasible: no
//         profile reaches the objective, or nothing was measured on this product.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mig/product.h"
#include "plan/workload.h"

namespace septet::plan {

struct ServingOption {
  const mig::GpuInstanceProfile* profile = nullptr;
  unsigned batch = 1, processes = 1;
  double per_second = 0.0, latency_ms = 0.0;  // of one instance
  bool modelled = false;
  unsigned instances = 0;  // that carry the whole rate, if all were this
  double gpus = 0.0;       // those, as a share of what one GPU holds of the profile
  double over = 0.0;       // what they give beyond the rate, as a part of it
};

struct ServingRefusal {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::string why;
};

struct ServingSizes {
  std::vector<ServingOption> acceptable;  // every one, profiles by size, most per second first
  std::vector<ServingOption> best;        // one per profile, cheapest first
  std::vector<ServingRefusal> refused;    // profiles without any, smallest first
  // Why the next smaller profile than `profile` does not do. nullptr: there is none, or it does.
  const ServingRefusal* next_smaller(const mig::GpuInstanceProfile& profile) const;
};

// `workload` has an objective.
Result<ServingSizes> serving_sizes(const mig::Product& product, const Workload& workload);

}  // namespace septet::plan
