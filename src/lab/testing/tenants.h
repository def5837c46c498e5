// lab/testing/tenants.h — scenarios whose outcome was published or follows by hand.
#pragma once

#include "lab/scenario/scenario.h"

namespace septet::lab::testing {

inline GpuModel model_of(std::string_view product) {
  const mig::Product* found = mig::find_product(product);
  SEPTET_ASSERT(found != nullptr);
  return *gpu_model(*found);
}

// nos demo, YOLOS-small FP32 on A100-80: L and C from MPS with 1 and 7 pods (model.md, 4).
inline Work yolos() {
  Work work;
  work.host = 0.0493;
  work.compute = 0.0386;
  work.overlap = 1.0;
  work.mps_overhead = 0.0;
  work.memory_mib = 1500;
  work.source = "nos demo, A100-80GB";
  return work;
}

inline Tenant tenant_of(std::string name, const Work& work, double per_second) {
  Tenant tenant;
  tenant.name = std::move(name);
  tenant.work = work;
  tenant.arrivals.per_second = per_second;
  return tenant;
}

// One request after the other, without a pause.
inline Tenant closed(std::string name, const Work& work, unsigned replicas = 1) {
  Tenant tenant = tenant_of(std::move(name), work, 0.0);
  tenant.replicas = replicas;
  tenant.arrivals.kind = Arrivals::Kind::kClosed;
  return tenant;
}

inline Scenario scenario_of(std::vector<Tenant> tenants, double seconds = 600.0) {
  Scenario scenario;
  scenario.name = "test";
  scenario.gpu = model_of("a100-80gb");
  scenario.seconds = seconds;
  scenario.warm_up = seconds / 10.0;
  scenario.tenants = std::move(tenants);
  scenario.modes.assign(std::begin(kModes), std::end(kModes));
  return scenario;
}

}  // namespace septet::lab::testing
