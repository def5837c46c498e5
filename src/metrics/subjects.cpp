#include "metrics/subjects.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/power_share.h"

namespace septet::metrics {

namespace {

const Tenant* only_one(const std::vector<Tenant>& tenants, TenantKind kind) {
  const Tenant* found = nullptr;
  for (const Tenant& tenant : tenants) {
    if (tenant.kind != kind) continue;
    if (found != nullptr) return nullptr;
    found = &tenant;
  }
  return found;
}

Labels labels_of(const mig::Gpu& gpu) {
  Labels labels;
  add_label(labels, "gpu", std::to_string(gpu.index));
  add_label(labels, "gpu_uuid", gpu.uuid);
  return labels;
}

Labels labels_of(const mig::Gpu& gpu, const mig::GpuInstance& instance,
                 const std::vector<Tenant>& tenants) {
  Labels labels = labels_of(gpu);
  add_label(labels, "gi", std::to_string(instance.id));
  add_label(labels, "profile", instance.name);
  add_label(labels, "placement", placement_text(instance.at));
  if (instance.compute.size() == 1) {
    add_label(labels, "ci", std::to_string(instance.compute[0].id));
    add_label(labels, "mig_uuid", instance.compute[0].uuid);
  }
  add_tenant_labels(labels, tenants);
  return labels;
}

}  // namespace

std::string placement_text(mig::Placement at) { return fmt::format("{}:{}", at.start, at.size); }

const Tenant* only_pod(const std::vector<Tenant>& tenants) {
  return only_one(tenants, TenantKind::kPod);
}

void add_tenant_labels(Labels& labels, const std::vector<Tenant>& tenants) {
  if (const Tenant* const pod = only_pod(tenants)) {
    add_label(labels, "namespace", pod->name_space);
    add_label(labels, "pod", pod->pod);
    add_label(labels, "container", pod->container);
  }
  if (const Tenant* const job = only_one(tenants, TenantKind::kSlurmJob))
    add_label(labels, "slurm_job", job->job);
}

std::vector<Tenant> tenants_at(const Snapshot& snapshot, const std::string& uuid) {
  const auto found = snapshot.tenants.find(uuid);
  return found == snapshot.tenants.end() ? std::vector<Tenant>{} : found->second;
}

std::vector<GpuSubject> gpu_subjects(const Snapshot& snapshot) {
  std::vector<GpuSubject> subjects;
  if (snapshot.node == nullptr) return subjects;
  for (const mig::Gpu& gpu : snapshot.node->gpus) {
    GpuSubject subject{&snapshot, &gpu, free_space(gpu), labels_of(gpu)};
    if (gpu.mode != mig::MigMode::kOn)
      add_tenant_labels(subject.labels, tenants_at(snapshot, gpu.uuid));
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

std::vector<InstanceSubject> instance_subjects(const Snapshot& snapshot) {
  std::vector<InstanceSubject> subjects;
  if (snapshot.node == nullptr) return subjects;
  for (const mig::Gpu& gpu : snapshot.node->gpus) {
    if (gpu.problem) continue;
    const auto power = power_shares_mw(gpu);
    for (std::size_t i = 0; i < gpu.instances.size(); ++i) {
      const mig::GpuInstance& instance = gpu.instances[i];
      InstanceSubject subject{&snapshot, &gpu, &instance, std::nullopt, {}, {}};
      if (power[i]) subject.power_mw = *power[i];
      for (const mig::ComputeInstance& compute : instance.compute)
        for (Tenant& tenant : tenants_at(snapshot, compute.uuid))
          if (std::ranges::find(subject.tenants, tenant) == subject.tenants.end())
            subject.tenants.push_back(std::move(tenant));
      subject.labels = labels_of(gpu, instance, subject.tenants);
      subjects.push_back(std::move(subject));
    }
  }
  return subjects;
}

}  // namespace septet::metrics
