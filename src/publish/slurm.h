// publish/slurm.h — what Slurm is told of a node: gres.conf, the Gres of its NodeName line, and
// what cgroup.conf needs.
//
// Two ways. Static: one gres.conf line for every device, with the files it is made of. AutoDetect:
// Slurm's gpu/nvml plugin finds the devices itself, and only that way a job's CUDA_VISIBLE_DEVICES
// holds UUIDs; with static lines it holds positions.
// Shapes. Devices in the order of gres.conf's lines, which is Slurm's index (IDX) of them: GPUs by
//         index, slices by place.
// Source. gres.conf(5), cgroup.conf(5) and what Slurm 22.05 did when it was run (docs/slurm.md).
//         Type names of AutoDetect: plugin gpu/nvml of 22.05.
// Errors. kUnavailable: a slice's capability is not in the driver's table, so that a job would get
//         a slice it cannot open.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "publish/capability_minors.h"

namespace septet::publish {

struct SlurmDevice {
  std::string type;                // "3g.40gb", of a whole GPU "nvidia_h100_80gb_hbm3"
  std::string detected_type;       // as AutoDetect=nvml names it: "nvidia_h100_80gb_hbm3_3g.40gb"
  std::vector<std::string> files;  // /dev/nvidia0, and a slice's two capabilities
  std::string uuid;                // "MIG-..." or "GPU-..."
  std::uint32_t gpu = 0;
  std::optional<std::uint32_t> gpu_instance;  // nullopt: a whole GPU
  std::string profile;                        // of the GPU instance; empty: a whole GPU
  mig::Placement at;
};

struct SlurmDevices {
  std::vector<SlurmDevice> devices;
  std::vector<std::string> left_out;  // sentences: GPUs that cannot be read, or hold nothing
  std::vector<std::string> traps;     // sentences: what Slurm does with this node that surprises
};
Result<SlurmDevices> slurm_devices(const mig::Node& node, const CapabilityMinors& minors);

enum class Detection : std::uint8_t { kStatic, kNvml };

// "gpu:3g.40gb:1,gpu:1g.10gb:4": types in the order of their first device; empty: no device.
std::string slurm_gres(const std::vector<SlurmDevice>& devices,
                       Detection detection = Detection::kStatic);
// The lines of one node, each led by NodeName.
std::string gres_conf(const std::string& node_name, const SlurmDevices& of, Detection detection);
// What slurm.conf needs, as comments and lines to copy.
std::string slurm_conf_lines(const std::string& node_name, const SlurmDevices& of,
                             Detection detection = Detection::kStatic);
std::string cgroup_conf();

}  // namespace septet::publish
