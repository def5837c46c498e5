// cli/fleet_text.h — a fleet plan in words, within 80 columns, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "plan/fleet/fleet_reasons.h"
#include "plan/fleet/solve_fleet.h"

namespace septet::cli {

// GPUs by pool, how they are cut, where the workloads run, what it costs and that nothing costs
// less.
std::string fleet_text(const plan::Fleet& fleet, const plan::FleetPlan& plan);
// The parts of it that say where: GPUs by pool, how they are cut, and each workload's instances.
std::string pools_text(const plan::Fleet& fleet, const plan::FleetPlan& plan);
std::string cuts_text(const plan::Fleet& fleet, const plan::FleetPlan& plan);
std::string instances_text(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                           std::size_t demand);
// What binds, and what one thing more or less would buy.
std::string reasons_text(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                         const plan::FleetReasons& reasons);
// Of a fleet that is too small: the proof in words, and what would do.
std::string too_small_text(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                           const std::vector<plan::MoreGpus>& more);

// Everything above, and the certificate (certificate_json.h) under "certificate"; null without one.
Json fleet_json(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                const plan::FleetReasons& reasons, const std::vector<plan::MoreGpus>& more);

}  // namespace septet::cli
