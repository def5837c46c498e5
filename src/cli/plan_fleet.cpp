#include "cli/plan_fleet.h"

#include <fmt/format.h>

#include "cli/certificate_json.h"
#include "cli/fleet_text.h"
#include "cli/most_carried_text.h"
#include "cli/plan_picture.h"
#include "plan/linear_program.h"

namespace septet::cli {

namespace {

constexpr unsigned kSmallerTried = 8;  // one linear program each: milliseconds

Result<plan::Fleet> fleet_of(const Wanted& wanted) {
  plan::Fleet fleet = *wanted.fleet;
  for (const plan::Pool& pool : fleet.pools) {
    if (pool.may_move.empty()) continue;
    return fail(
        Code::kInvalidArgument, wanted.file + ": a pool of the fleet runs instances that may move",
        "septet plan --compact FILE moves them; to plan beside them write holds: for runs:");
  }
  for (const plan::Workload& workload : wanted.workloads) {
    if (!workload.measured.empty()) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: workload {} is measured: how many instances it takes differs by "
                              "product",
                              workload.where, workload.name),
                  "plan it for one: septet plan --product ID");
    }
    fleet.demands.push_back(TRY(plan::size_for_fleet(fleet.products, workload)));
  }
  return fleet;
}

}  // namespace

Result<int> plan_fleet(const Wanted& wanted, const PlanOutput& output) {
  const plan::Fleet fleet = TRY(fleet_of(wanted));
  TRY(plan::solver_ready());
  const plan::FleetPlan plan = plan::solve_fleet(fleet);
  const bool fits = plan.verdict == plan::FleetVerdict::kFits;
  const plan::FleetReasons reasons = plan::reasons_of(fleet, plan, kSmallerTried);
  const auto more = fits ? std::vector<plan::MoreGpus>{} : plan::fewest_more(fleet);
  const auto most = fits ? std::nullopt : plan::most_carried(fleet);
  if (output.json) {
    Json document = fleet_json(fleet, plan, reasons, more);
    document["carried_at_best"] = most ? most_carried_json(fleet, *most) : Json(nullptr);
    fmt::print("{}", to_text(document));
  } else if (fits) {
    fmt::print("{}{}", fleet_text(fleet, plan), reasons_text(fleet, plan, reasons));
  } else {
    fmt::print("{}{}", too_small_text(fleet, plan, more),
               most ? most_carried_text(fleet, *most) : "");
  }
  if (plan.verdict != plan::FleetVerdict::kNotFound)
    TRY(write_certificate(output, certificate_json(fleet, plan)));
  TRY(draw(output.svg, picture_of(fleet, plan, more), !output.json));
  if (fits) return 0;
  return fail(Code::kInfeasible, "the fleet is too small for these workloads",
              "add GPUs, take replicas out, or lower needs");
}

}  // namespace septet::cli
