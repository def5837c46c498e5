// cli/plan_inputs.h — the file that plan, diff and apply are given, and what it means on this node.
#pragma once

#include <optional>
#include <string>

#include "cli/verb.h"
#include "partition/parted_file.h"
#include "plan/fleet/fleet.h"
#include "plan/plan_node.h"

namespace septet::cli {

class CommandLine;

struct PlanInput {
  std::string file;    // positional
  std::string option;  // -f
  std::string config;  // -c: of a mig-parted file with several
  std::string fleet;   // --fleet: GPUs from a file instead of this node's; plan only
  bool beside_running = false;
};
void add_plan_options(CommandLine& line, PlanInput& input);

// The file as read, before any GPU is looked at: workloads or a config.
struct Wanted {
  std::string file;
  bool beside_running = false;
  std::vector<plan::Workload> workloads;
  std::optional<partition::PartedConfig> config;  // of a mig-parted file
  std::optional<plan::Fleet> fleet;  // GPUs that are listed; the workloads are for them, not for
                                     // this node
};
// Told apart by what is in it.
Result<Wanted> read_wanted(const PlanInput& input);

struct Intent {
  std::string file;
  mig::Node node;                        // the snapshot it was planned from
  std::optional<plan::NodePlan> packed;  // of a workload file
  std::string config;                    // of a mig-parted file: its name
  plan::Plan plan;                       // the steps; empty when `packed` does not fit
};

// Observes the node and plans. kInvalidArgument for a fleet, which is not this node.
Result<Intent> intent_of(driver::Driver& driver, const Wanted& wanted);

// For workloads that do not fit: what to say once, with exit code 3.
Error does_not_fit(const plan::NodePlan& packed);

}  // namespace septet::cli
