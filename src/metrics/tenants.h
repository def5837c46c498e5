// metrics/tenants.h — who is in a MIG instance, or has a whole GPU.
//
// Two sources, in this order: what kubelet says is held (a pod holds a slice from its start,
// whether it computes or not), and the control groups of the processes that the driver sees there.
// Shapes. By UUID: "MIG-..." of each compute instance, "GPU-..." of a whole GPU. A device without
//         anybody has no entry. Each tenant stands once, however many processes it has.
// Source. /proc/PID/cgroup as partition/holders.h reads it; kubelet's pod-resources API.
// Errors. None: a process that /proc does not tell of (another pid namespace) is still a process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "mig/node.h"

namespace septet::metrics {

enum class TenantKind : std::uint8_t { kPod, kSlurmJob, kContainer, kProcess };
std::string_view to_string(TenantKind kind);  // "pod", "slurm-job", "container", "process"

struct Tenant {
  TenantKind kind = TenantKind::kProcess;
  std::string name;             // "ns/pod/container", "job 42", "container 1f2e3d4c5b6a", "python3
                                // (pid 42)"
  std::string name_space, pod;  // of a pod that kubelet names; a pod known by its UID has neither
  std::string container;        // a pod's by name; else the first twelve digits of its id
  std::string job;              // Slurm's number
  std::optional<std::uint32_t> pid;  // of a process that is nobody's
  friend bool operator==(const Tenant&, const Tenant&) = default;
};
Json to_json(const Tenant& tenant);  // what is not known is null

// A device that kubelet has given to a container: "MIG-...", "GPU-...", "0", "0:1"; a replica's
// "::n" is not looked at.
struct HeldDevice {
  std::string device;
  std::string name_space, pod, container;
};

// What /proc/PID/cgroup says, by pid.
using CgroupTexts = std::map<std::uint32_t, std::string>;
// Of the processes on the node's GPUs. `proc` is /proc, or a folder that looks like it.
CgroupTexts read_cgroups(const mig::Node& node, const std::filesystem::path& proc = "/proc");

using Tenants = std::map<std::string, std::vector<Tenant>>;
Tenants tenants_of(const mig::Node& node, const std::vector<HeldDevice>& held,
                   const CgroupTexts& cgroups);

// One process. `text`: of its /proc/PID/cgroup; empty when that could not be read.
Tenant tenant_of(const mig::Process& process, std::string_view text);

}  // namespace septet::metrics
