// Tables of measured performance: whatever the bytes, an answer or a located complaint; what is
// read can be sized.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "partition/measurement_file.h"
#include "plan/serve/options.h"

namespace septet::fuzz {
namespace {

void check_error(const Error& error) {
  SEPTET_ASSERT(!error.what.empty());
  SEPTET_ASSERT(error.code == Code::kInvalidArgument || error.code == Code::kNotFound);
  SEPTET_ASSERT(error.what.find("fuzz") != std::string::npos);  // the file is named
}

void check_sizes(const mig::Product& product, const plan::Measured& measured) {
  plan::Workload workload;
  workload.name = "fuzz";
  workload.objective = plan::Objective{10.0, 100.0, 0.5};
  workload.measured = {measured};
  const auto sizes = plan::serving_sizes(product, workload);
  if (!sizes) {
    SEPTET_ASSERT(sizes.error().code == Code::kInfeasible);
    return;
  }
  for (const plan::ServingOption& option : sizes->acceptable) {
    SEPTET_ASSERT(option.per_second > 0.0 && option.latency_ms <= 50.0);
    SEPTET_ASSERT(std::isfinite(option.per_second) && std::isfinite(option.latency_ms));
    SEPTET_ASSERT(option.instances * option.per_second >= 10.0 * (1.0 - 1e-6));
  }
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto table = parse_csv("fuzz", text);
  if (!table) {
    fuzz::check_error(table.error());
    return 0;
  }
  for (const char* const id : {"a100-80gb", "a30-24gb"}) {
    const mig::Product& product = *mig::find_product(id);
    for (const char* const workload : {"", "bert"}) {
      const auto measured = partition::measured_from(*table, product, workload);
      if (!measured) {
        fuzz::check_error(measured.error());
        continue;
      }
      SEPTET_ASSERT(!measured->rows.empty());
      fuzz::check_sizes(product, *measured);
    }
  }
  const auto scenarios = partition::parva_scenarios(*table, *table, {"a", "b", "c"});
  if (!scenarios) fuzz::check_error(scenarios.error());
  return 0;
}
