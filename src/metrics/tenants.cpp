#include "metrics/tenants.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "partition/holders.h"

namespace septet::metrics {

namespace {

constexpr std::size_t kShortId = 12;  // as docker ps shows it

Tenant pod_named(const HeldDevice& held) {
  Tenant tenant{TenantKind::kPod, {}, held.name_space, held.pod, held.container, {}, {}};
  tenant.name = fmt::format("{}/{}/{}", held.name_space, held.pod, held.container);
  return tenant;
}

void add_once(std::vector<Tenant>& tenants, Tenant tenant) {
  if (std::ranges::find(tenants, tenant) == tenants.end()) tenants.push_back(std::move(tenant));
}

// The UUID of the device that kubelet's word names; empty: none of this GPU.
std::string uuid_named(const mig::Gpu& gpu, std::string_view device) {
  if (device == gpu.uuid || device == std::to_string(gpu.index)) return gpu.uuid;
  for (const mig::GpuInstance& instance : gpu.instances)
    for (const mig::ComputeInstance& compute : instance.compute)
      if (device == compute.uuid || device == fmt::format("{}:{}", gpu.index, compute.mig_index))
        return compute.uuid;
  return {};
}

// Where a process is: its compute instance's UUID, or its GPU's.
std::string uuid_of(const mig::Gpu& gpu, const mig::Process& process) {
  if (!process.gpu_instance) return gpu.uuid;
  const auto instance =
      std::ranges::find(gpu.instances, *process.gpu_instance, &mig::GpuInstance::id);
  if (instance == gpu.instances.end()) return gpu.uuid;
  for (const mig::ComputeInstance& compute : instance->compute)
    if (!process.compute_instance || compute.id == *process.compute_instance) return compute.uuid;
  return gpu.uuid;
}

void add_processes(const mig::Gpu& gpu, const CgroupTexts& cgroups, Tenants& tenants) {
  for (const mig::Process& process : gpu.processes) {
    if (process.pid == 0) continue;  // stands for something else than a process
    const auto text = cgroups.find(process.pid);
    Tenant tenant = tenant_of(process, text == cgroups.end() ? std::string_view() : text->second);
    std::vector<Tenant>& there = tenants[uuid_of(gpu, process)];
    // kubelet has named the pods of this device; the control group knows the same ones by UID.
    const bool named =
        std::ranges::any_of(there, [](const Tenant& one) { return !one.pod.empty(); });
    if (tenant.kind != TenantKind::kPod || !named) add_once(there, std::move(tenant));
  }
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::string_view to_string(TenantKind kind) {
  switch (kind) {
    case TenantKind::kPod: return "pod";
    case TenantKind::kSlurmJob: return "slurm-job";
    case TenantKind::kContainer: return "container";
    case TenantKind::kProcess: return "process";
  }
  std::unreachable();
}

Json to_json(const Tenant& tenant) {
  return {{"kind", to_string(tenant.kind)},
          {"name", tenant.name},
          {"namespace", text_or_null(tenant.name_space)},
          {"pod", text_or_null(tenant.pod)},
          {"container", text_or_null(tenant.container)},
          {"job", text_or_null(tenant.job)},
          {"pid", tenant.pid ? Json(*tenant.pid) : Json(nullptr)}};
}

CgroupTexts read_cgroups(const mig::Node& node, const std::filesystem::path& proc) {
  CgroupTexts texts;
  for (const mig::Gpu& gpu : node.gpus)
    for (const mig::Process& process : gpu.processes) {
      if (process.pid == 0 || texts.contains(process.pid)) continue;
      std::ostringstream text;
      text
          << std::ifstream(proc / std::to_string(process.pid) / "cgroup", std::ios::binary).rdbuf();
      texts.emplace(process.pid, std::move(text).str());
    }
  return texts;
}

Tenant tenant_of(const mig::Process& process, std::string_view text) {
  const partition::CgroupOwner owner = partition::parse_cgroup(text);
  Tenant tenant;
  if (!owner.pod.empty()) {
    tenant.kind = TenantKind::kPod;
    tenant.name = "pod " + owner.pod;
  } else if (!owner.job.empty()) {
    tenant.kind = TenantKind::kSlurmJob;
    tenant.job = owner.job;
    tenant.name = "job " + owner.job;
  } else if (!owner.container.empty()) {
    tenant.kind = TenantKind::kContainer;
    tenant.name = "container " + owner.container.substr(0, kShortId);
  } else {
    const std::string program = std::filesystem::path(process.name).filename().string();
    tenant.name = program.empty() ? fmt::format("pid {}", process.pid)
                                  : fmt::format("{} (pid {})", program, process.pid);
    tenant.pid = process.pid;
  }
  tenant.container = owner.container.substr(0, kShortId);
  return tenant;
}

Tenants tenants_of(const mig::Node& node, const std::vector<HeldDevice>& held,
                   const CgroupTexts& cgroups) {
  Tenants tenants;
  for (const mig::Gpu& gpu : node.gpus) {
    for (const HeldDevice& one : held) {
      const std::string_view device = one.device;
      const std::string uuid = uuid_named(gpu, device.substr(0, device.find("::")));
      if (!uuid.empty()) add_once(tenants[uuid], pod_named(one));
    }
    add_processes(gpu, cgroups, tenants);
  }
  return tenants;
}

}  // namespace septet::metrics
