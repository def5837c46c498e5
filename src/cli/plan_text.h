// cli/plan_text.h — plans and packings in words, within 80 columns, and as JSON.
//
// The same values give the same characters; only who the processes in the way are is asked of
// /proc.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "plan/plan_node.h"

namespace septet::cli {

// `text` broken at spaces; the first line begins with `first`, the others with as many spaces.
std::string wrapped(const std::string& first, const std::string& text, unsigned width = 80);

// Which profile each workload gets, and why no smaller one.
std::string sizing_text(const plan::NodePlan& packed);
// GPUs needed, the argument, what is in use, and one replica per whole GPU beside it.
std::string packing_text(const plan::NodePlan& packed);
// What fits and what does not, when not everything does.
std::string misfit_text(const plan::NodePlan& packed);
// "chat-7b#1"; "chat-7b" when there is one.
std::string replica_name(const plan::NodePlan& packed, const plan::Replica& replica);

// A step in words. What fills an instance is told with it: then `steps` are both, in their order.
struct StepWords {
  const plan::Step* step = nullptr;  // the one it is about
  std::vector<const plan::Step*> steps;
  std::string what;   // "+ 3g.40gb at 4", "! MIG mode on"
  std::string owner;  // who gets it; empty: not known
  std::string needs;  // what must stand still; empty: nothing
};
std::vector<StepWords> step_words(const plan::Plan& plan, const plan::NodePlan* packed);
// Steps by GPU, the creation of an instance and of what fills it in one line; who gets what, what
// must stand still for it, and who is in the way.
std::string steps_text(const plan::Plan& plan, const plan::NodePlan* packed);
// "41 steps: 25 instances to create, 0 to destroy, MIG mode of 5 GPUs to turn on".
std::string summary_text(const plan::Plan& plan);
// Who got which instance, one line per replica with its MIG device.
std::string assignment_text(const mig::Node& node, const plan::NodePlan& packed);
// The node as a picture, with the names of the workloads in their instances.
std::string draw_assignment(const mig::Node& node, const plan::NodePlan* packed, bool color);

Json to_json(const plan::NodePlan& packed);
// plan::to_json, and per step who is in the way: process, user, container or pod.
Json plan_json(const plan::Plan& plan);

}  // namespace septet::cli
