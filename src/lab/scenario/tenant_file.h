// lab/scenario/tenant_file.h — one tenant, as a scenario says it; scenario_file.h has the form.
#pragma once

#include "lab/scenario/arrivals_file.h"

namespace septet::lab {

// What of the scenario a tenant's lines depend on.
struct TenantReading {
  const YamlDocument* document = nullptr;
  const GpuModel* gpu = nullptr;
  double seconds = 0;
  const OpenTable* open = nullptr;
};
Result<std::vector<Tenant>> read_tenants(const TenantReading& reading, const YAML::Node& list);

}  // namespace septet::lab
