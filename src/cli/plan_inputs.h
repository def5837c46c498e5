// cli/plan_inputs.h — the file that plan, diff and apply are given, and what it means on this node.
#pragma once

#include <optional>
#include <string>

#include "cli/strategy_text.h"
#include "cli/verb.h"
#include "partition/layout_file.h"
#include "partition/parted_file.h"
#include "plan/fleet/fleet.h"
#include "plan/plan_node.h"

namespace septet::cli {

class CommandLine;

struct PlanInput {
  std::string file;    // positional
  std::string option;  // -f
  std::string config;  // -c: of a file with several layouts or configs
  std::string fleet;   // --fleet: GPUs from a file instead of this node's; plan only
  bool beside_running = false;
  StrategyChoice strategy;  // instead of a file
};
void add_plan_options(CommandLine& line, PlanInput& input);

// The file as read, before any GPU is looked at: workloads, a layout or a config; or a strategy.
struct Wanted {
  std::string file;
  bool beside_running = false;
  std::vector<plan::Workload> workloads;
  std::optional<partition::NamedLayout> layout;
  std::optional<partition::PartedConfig> config;  // of a mig-parted file
  std::optional<plan::Fleet> fleet;  // GPUs that are listed; the workloads are for them, not for
                                     // this node
  StrategyChoice strategy;
};
// Told apart by what is in it.
Result<Wanted> read_wanted(const PlanInput& input);

struct Intent {
  std::string file;
  mig::Node node;                        // the snapshot it was planned from
  std::optional<plan::NodePlan> packed;  // of a workload file
  std::string config;                    // name of the config or layout; empty: it has none
  StrategyChoice strategy;               // when one was asked for
  std::vector<StrategyOnKind> kinds;     // what it comes to
  plan::Plan plan;                       // the steps; empty when `packed` does not fit
};

// Observes the node and plans. kInvalidArgument for a fleet, which is not this node.
Result<Intent> intent_of(driver::Driver& driver, const Wanted& wanted);

// All that a verb which only looks begins with: its arguments, the file, the node, the plan. `json`
// is set by --json or the globals. nullopt: help was asked for, and is printed.
Result<std::optional<Intent>> parse_intent(CommandLine& line, const Globals& globals,
                                           const std::vector<std::string>& arguments, bool& json);

// For workloads that do not fit: what to say once, with exit code 3.
Error does_not_fit(const plan::NodePlan& packed);

}  // namespace septet::cli
