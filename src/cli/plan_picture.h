// cli/plan_picture.h — what septet plan found, as a picture (svg/picture.h): the layouts, before
// and after, and the steps.
//
// Colors stand for workloads; where a plan has none (layouts, a config, a strategy), for profiles.
// Errors. draw: of replace_file; kInvalidArgument for "-", since standard output has the words.
#pragma once

#include <string>
#include <vector>

#include "cli/plan_inputs.h"
#include "cli/svg/picture.h"
#include "plan/compact/compact_fleet.h"
#include "plan/fleet/fleet.h"
#include "plan/fleet/solve_fleet.h"
#include "plan/transition/transition.h"

namespace septet::cli {

// The node's GPUs before and after; before alone when the workloads do not fit.
svg::Picture picture_of(const Intent& intent);
// One row for each way that GPUs of a pool are cut. Which of a layout's GPUs runs which workload is
// free: replicas are handed out row by row in the order of the demands. `more`, of a fleet that is
// too small, is told instead.
svg::Picture picture_of(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                        const std::vector<plan::MoreGpus>& more);
// One row for each way that GPUs of the product are cut and filled.
svg::Picture picture_of(const plan::ServicesPlan& plan);
// What pools hold and run, before and after; which instance goes where is in the text and in
// --json.
svg::Picture picture_of(const plan::Fleet& fleet,
                        const std::vector<plan::ProductCompaction>& answers);
// GPUs of a transition before and after it, and its steps.
svg::Picture picture_of(const plan::TransitionProblem& problem, const plan::Transition& transition);
// A strategy on a product, without GPUs.
svg::Picture picture_of(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds,
                        const mig::Geometry& geometry);

// An instance with the one compute instance that fills it.
svg::DrawnInstance drawn_whole(const mig::Instance& instance);

// Writes the picture; says so on standard output if `say`. No file named: nothing to do.
Result<> draw(const std::string& file, const svg::Picture& picture, bool say);

}  // namespace septet::cli
