// plan/diff.h — the steps that turn a node as it is into a node as it should be.
//
// Per GPU, in this order: what goes is destroyed (compute instances before the instance that holds
// them), then the mode changes (and the GPU resets where that needs it), then what is new is
// created. Destroys come first so that a create never waits for room. What stays is not mentioned.
// Errors. A target no driver could reach is a caller's mistake and stops the process.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "mig/node.h"
#include "plan/cut.h"

namespace septet::plan {

enum class StepKind : std::uint8_t {
  kDestroyCompute,
  kDestroyInstance,
  kSetMode,
  kReset,
  kCreateInstance,
  kCreateCompute,
};
std::string_view to_string(StepKind kind);  // "destroy-compute-instance"

// What must stand still for the step to succeed. The first instance on a GPU, too, needs a GPU that
// nobody holds from outside its instances (display server, persistence and monitoring daemons).
enum class Stop : std::uint8_t {
  kNothing,
  kInstanceIdle,
  kGpuIdle,
  kReset,   // the GPU idle, and then reset
  kReboot,  // where the GPU may not be reset from here: reboot the node (needs_reboot)
};
std::string_view to_string(Stop stop);

struct Step {
  StepKind kind = StepKind::kCreateInstance;
  std::uint32_t gpu = 0;
  bool mode_on = false;          // kSetMode, kReset: to which mode
  bool at_reset = false;         // kSetMode: in force only after the next reset
  std::uint32_t profile_id = 0;  // of the GPU instance it is about, or that holds what it is about
  std::string name;
  mig::Placement at;
  ComputeCut compute;  // k...Compute
  Stop stop = Stop::kNothing;
  std::vector<mig::Process> in_the_way;  // who uses what must stand still, as of the snapshot

  bool destroys() const {
    return kind == StepKind::kDestroyCompute || kind == StepKind::kDestroyInstance;
  }
};

struct Plan {
  std::vector<GpuCut> from;  // what the planner saw; apply refuses to start from anything else
  std::vector<GpuCut> to;    // same GPUs, same order
  std::vector<Step> steps;

  bool empty() const { return steps.empty(); }
  bool needs_reset() const;   // a GPU is to be reset
  bool needs_reboot() const;  // a GPU is to change its mode, and cannot be reset from here
  std::vector<const Step*> blocked() const;  // steps that somebody is in the way of
};

// Whether a mode that waits for a reset comes only with a reboot: Ampere boards inside a virtual
// machine that has the whole of them, where a reset may not be passed through (NVML's documentation
// of nvmlDeviceSetMigMode). Later boards need none; what is not known is tried as a reset.
bool mode_needs_reboot(const mig::Gpu& gpu);

// Who uses, on `gpu` as seen now, what must stand still for the step.
std::vector<mig::Process> users_in_the_way(const Step& step, const mig::Gpu& gpu);

// Steps for one GPU. `target.gpu` and `target.uuid` are those of `gpu`.
std::vector<Step> diff(const mig::Gpu& gpu, const GpuCut& target);
// Targets for any of the node's GPUs; the others are left as they are and are not in the plan.
Plan diff(const mig::Node& node, const std::vector<GpuCut>& targets);

std::string to_string(const Step& step);  // "GPU 0: create 3g.40gb at 4"
std::string to_string(
    const Plan& plan);  // one line per step: "- 0 3g.40gb@4", "+ 0 1g.10gb@6", "! 0 mode on"
Json to_json(const GpuCut& cut);
Json to_json(const Step& step);
Json to_json(const Plan& plan);

}  // namespace septet::plan
