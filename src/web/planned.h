// web/planned.h — from what is wanted to the steps, and what a client is told of them.
//
// The same functions as septet plan, apply and rollback. Nothing is changed.
// Errors. Those of partition/layout_targets.h, parted_targets.h, plan/plan_node.h and
//         partition/history.h; kInfeasible: what fits instead is the remedy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "partition/journal.h"
#include "plan/plan_node.h"
#include "web/plan_request.h"

namespace septet::web {

struct Planned {
  plan::Plan plan;
  std::optional<plan::NodePlan> packed;  // of workloads
  std::vector<std::string> notes;
  std::optional<Error> obstacle;  // why it could not be started now
  std::string title;              // "api", "api rollback 7": the verb of the journal
};

// `journal`: of the node; nullptr: there is none, and nothing to undo.
Result<Planned> plan_of(const PlanRequest& request, const mig::Node& node,
                        partition::Journal* journal, bool allow_reset);

// Forty hexadecimal digits of what the plan would do to which GPU from which state, UUIDs included.
// Who is in the way is not in it: that is looked at when it is carried out.
std::string hash_of(const plan::Plan& plan);

Json planned_json(const Planned& planned);

}  // namespace septet::web
