// plan/cut.h — how one GPU is cut, as a value that outlives the snapshot it came from.
//
// A plan stores cuts, not pointers into a snapshot: it is printed, compared, kept and carried out
// later, against a driver whose answers live elsewhere. Profiles are keyed by the driver's profile
// id; names are for people.
//
// Shapes. Instances by start, compute instances by start; one GPU has at most 15 and 8 of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"

namespace septet::plan {

struct ComputeCut {
  std::uint32_t profile_id = 0;
  std::string name;                  // "1c.3g.40gb", or "3g.40gb" when it fills its GPU instance
  std::optional<mig::Placement> at;  // in slices of the GPU instance; nullopt: the driver chooses
  std::string uuid;                  // of the MIG device; empty when it is not there yet
  friend bool operator==(const ComputeCut&, const ComputeCut&) = default;
};

struct InstanceCut {
  std::uint32_t profile_id = 0;
  std::string name;  // "3g.40gb"
  mig::Placement at;
  std::vector<ComputeCut> compute;
  friend bool operator==(const InstanceCut&, const InstanceCut&) = default;
};

struct GpuCut {
  std::uint32_t gpu = 0;  // driver index
  std::string uuid;       // "GPU-..."
  mig::MigMode mode = mig::MigMode::kOff, pending = mig::MigMode::kOff;
  std::vector<InstanceCut> instances;
  friend bool operator==(const GpuCut&, const GpuCut&) = default;
};

GpuCut cut_of(const mig::Gpu& gpu);

// The instance as a GPU instance with the one compute instance that fills it.
InstanceCut whole_instance(const mig::GpuInstanceProfile& profile, mig::Placement at);

// Same profile at the same place.
bool same_place(const InstanceCut& a, const InstanceCut& b);
// Is `have` what `want` asks for? Compute instances whose place `want` leaves open match anywhere;
// UUIDs are not compared, for they do not exist before the instances do.
bool satisfies(const InstanceCut& have, const InstanceCut& want);
bool satisfies(const GpuCut& have, const GpuCut& want);

std::string to_string(
    const InstanceCut& instance);          // "3g.40gb@4", "3g.40gb@4 (2c.3g.40gb 1c.3g.40gb)"
std::string to_string(const GpuCut& cut);  // "GPU 2: MIG on, 4g.40gb@0 3g.40gb@4"

// Somebody computes inside it: the driver lists a process.
bool in_use(const mig::GpuInstance& instance);
// "pid 4121 (python3)", several separated by commas, at most four spelled out.
std::string who(const std::vector<mig::Process>& processes);

}  // namespace septet::plan
