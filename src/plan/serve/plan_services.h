// plan/serve/plan_services.h — workloads onto the fewest empty GPUs of one product.
//
// Measured workloads take whatever mixture of sizes is best for all together; workloads by profile
// or by needs take their one profile, as many as they have replicas.
// Errors. Of right_size and serving_sizes. kNotSupported: more than kMostSlots profiles in use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/right_size.h"
#include "plan/serve/options.h"
#include "plan/serve/serve.h"

namespace septet::plan {

struct PlannedSize {
  ServingOption option;  // of a workload by profile or needs: the profile alone, per_second 1
  unsigned instances = 0;
};

struct PlannedService {
  Workload workload;
  std::optional<ServingSizes> sizes;  // of a measured workload
  std::optional<Sizing> sizing;       // of the others
  std::vector<PlannedSize> chosen;    // largest profile first
  double gives = 0.0;                 // items per second (replicas) altogether
  double over() const;                // beyond what is asked, as a part of it
};

struct ServedInstance {
  mig::Instance instance;
  std::optional<std::size_t> service;  // nullopt: spare
};

struct ServedGpu {
  std::size_t column = 0;
  std::vector<ServedInstance> instances;
};

struct ServicesPlan {
  const mig::Product* product = nullptr;
  SlotTable table;
  std::vector<ServiceDemand> demands;  // by service
  std::vector<PlannedService> services;
  ServeAnswer answer;
  std::vector<ServedGpu> gpus;
};

Result<ServicesPlan> plan_services(const mig::Product& product, std::vector<Workload> workloads,
                                   const ServeEffort& effort = {});

}  // namespace septet::plan
