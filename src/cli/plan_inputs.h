// cli/plan_inputs.h — the file that plan, diff and apply are given, and what it means on this node.
#pragma once

#include <optional>
#include <string>

#include "cli/strategy_text.h"
#include "cli/verb.h"
#include "partition/parted_file.h"
#include "plan/plan_node.h"

namespace septet::cli {

class CommandLine;

struct PlanInput {
  std::string file;    // positional
  std::string option;  // -f
  std::string config;  // -c: of a mig-parted file with several
  bool beside_running = false;
  StrategyChoice strategy;  // instead of a file
};
void add_plan_options(CommandLine& line, PlanInput& input);

// The file as read, before any GPU is looked at: workloads or a config; or a strategy.
struct Wanted {
  std::string file;
  bool beside_running = false;
  std::vector<plan::Workload> workloads;
  std::optional<partition::PartedConfig> config;  // of a mig-parted file
  StrategyChoice strategy;
};
// Told apart by what is in it.
Result<Wanted> read_wanted(const PlanInput& input);

struct Intent {
  std::string file;
  mig::Node node;                        // the snapshot it was planned from
  std::optional<plan::NodePlan> packed;  // of a workload file
  std::string config;                    // of a mig-parted file: its name
  StrategyChoice strategy;               // when one was asked for
  std::vector<StrategyOnKind> kinds;     // what it comes to
  plan::Plan plan;                       // the steps; empty when `packed` does not fit
};

// Observes the node and plans.
Result<Intent> intent_of(driver::Driver& driver, const Wanted& wanted);

// For workloads that do not fit: what to say once, with exit code 3.
Error does_not_fit(const plan::NodePlan& packed);

}  // namespace septet::cli
