// metrics/subjects.h — what the metrics are about: each GPU, each instance, with its labels.
//
// A GPU has    gpu, gpu_uuid; where one tenant has all of it, who that is.
// An instance  these and gi, profile, placement ("4:2": start and size in memory units); where it
//              has one compute instance, that one's ci and mig_uuid; where it has one pod or one
//              Slurm job, namespace, pod, container or slurm_job.
// Pointers are into the snapshot.
#pragma once

#include <optional>
#include <vector>

#include "metrics/family.h"
#include "metrics/free_space.h"
#include "metrics/snapshot.h"

namespace septet::metrics {

struct GpuSubject {
  const Snapshot* snapshot = nullptr;
  const mig::Gpu* gpu = nullptr;
  std::optional<FreeSpace> space;
  Labels labels;
};

struct InstanceSubject {
  const Snapshot* snapshot = nullptr;
  const mig::Gpu* gpu = nullptr;
  const mig::GpuInstance* instance = nullptr;
  std::optional<double> power_mw;  // an estimate (power_share.h)
  std::vector<Tenant> tenants;     // of all its compute instances
  Labels labels;
};

// None while the driver does not answer.
std::vector<GpuSubject> gpu_subjects(const Snapshot& snapshot);
// Those of GPUs that can be read.
std::vector<InstanceSubject> instance_subjects(const Snapshot& snapshot);

std::string placement_text(mig::Placement at);  // "4:2"
std::vector<Tenant> tenants_at(const Snapshot& snapshot, const std::string& uuid);
// namespace, pod, container and slurm_job, each where there is one only.
void add_tenant_labels(Labels& labels, const std::vector<Tenant>& tenants);
// The only pod among them; nullptr: none, or several.
const Tenant* only_pod(const std::vector<Tenant>& tenants);

}  // namespace septet::metrics
