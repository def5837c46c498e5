#include "lab/evidence/validation.h"

#include <algorithm>
#include <iterator>

#include "lab/evidence/process_groups.h"
#include "lab/evidence/slice_groups.h"
#include "lab/model/gpu.h"

namespace septet::lab::evidence {

namespace {

constexpr const char* kNotModelled =
    "not modelled: the lab knows neither its bandwidth nor its peak arithmetic";

std::vector<NeverMeasured> never_measured() {
  std::vector<NeverMeasured> all;
  for (const mig::Product& product : mig::products()) {
    const auto gpu = gpu_model(product);
    if (gpu && gpu->validated) continue;
    all.push_back({std::string(product.id), gpu ? std::string(gpu->validation) : kNotModelled});
  }
  std::ranges::stable_sort(all, {}, &NeverMeasured::why);
  return all;
}

}  // namespace

bool Validation::all_hold() const {
  return std::ranges::all_of(groups, [](const Group& group) { return group.holds() != false; });
}

Validation validate(const Published& published) {
  Validation validation;
  const auto add = [&validation](std::vector<Group> groups) {
    std::ranges::move(groups, std::back_inserter(validation.groups));
  };
  if (published.inference) {
    add(slice_groups(*published.inference, "parvagpu"));
    add(process_groups(*published.inference, "parvagpu"));
  }
  if (published.training) add(slice_groups(*published.training, "miso"));
  add(mlperf_groups(published.mlperf));
  validation.named = named_points(published.inference ? &*published.inference : nullptr,
                                  published.training ? &*published.training : nullptr);
  validation.never_measured = never_measured();
  return validation;
}

}  // namespace septet::lab::evidence
