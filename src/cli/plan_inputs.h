// cli/plan_inputs.h — the file that plan, diff and apply are given, and what it means on this node.
#pragma once

#include <optional>
#include <string>

#include "cli/verb.h"
#include "plan/plan_node.h"

namespace septet::cli {

class CommandLine;

struct PlanInput {
  std::string file;    // positional
  std::string option;  // -f
  std::string config;  // -c: of a mig-parted file with several
  bool beside_running = false;
};
void add_plan_options(CommandLine& line, PlanInput& input);

struct Intent {
  std::string file;
  mig::Node node;                        // the snapshot it was planned from
  std::optional<plan::NodePlan> packed;  // of a workload file
  std::string config;                    // of a mig-parted file: its name
  plan::Plan plan;                       // the steps; empty when `packed` does not fit
};

// Reads the file (workloads or mig-parted v1, told apart by what is in it), observes the node,
// plans.
Result<Intent> intent_of(driver::Driver& driver, const PlanInput& input);

// For workloads that do not fit: what to say once, with exit code 3.
Error does_not_fit(const plan::NodePlan& packed);

}  // namespace septet::cli
