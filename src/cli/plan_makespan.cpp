#include "cli/plan_makespan.h"

#include <fmt/format.h>

#include "cli/makespan_text.h"
#include "cli/subject.h"
#include "partition/job_file.h"
#include "plan/makespan/call_seconds.h"
#include "plan/makespan/fixed.h"
#include "plan/strategy.h"

namespace septet::cli {

namespace {

// Layouts with many equal instances have more parts to join than the whole tree.
constexpr plan::MakespanEffort kFixedEffort = {12, 200'000, 200};

// The costs, and where they are from.
std::pair<plan::CallCosts, std::string> call_costs_of(const partition::JobFile& file,
                                                      const mig::Product& product) {
  switch (file.calls) {
    case partition::CallTimes::kNone: return {{}, "taken as nothing, as the file wants it"};
    case partition::CallTimes::kWritten: return {file.costs, "as the file says"};
    case partition::CallTimes::kMeasured: break;
  }
  auto measured = plan::measured_call_costs(product);
  if (measured) return {std::move(*measured), "as measured on this chip by FAR's authors"};
  return {{}, "taken as nothing: nobody published their times on this chip; the file may say them"};
}

FixedLayoutTime fixed_time(const plan::MakespanProblem& problem, std::string name,
                           const std::vector<mig::Instance>& instances) {
  FixedLayoutTime time{std::move(name), {}, std::nullopt};
  for (std::size_t i = 0; i < instances.size();) {
    std::size_t alike = i;
    while (alike < instances.size() && instances[alike].profile == instances[i].profile) ++alike;
    const std::string count = alike - i > 1 ? fmt::format("{} x ", alike - i) : "";
    time.profiles += fmt::format("{}{}{}", i == 0 ? "" : ", ", count, instances[i].profile->name);
    i = alike;
  }
  if (const auto plan = plan::plan_on_layout(problem, instances, kFixedEffort))
    time.makespan = plan->schedule.makespan;
  return time;
}

std::vector<FixedLayoutTime> fixed_times(const plan::MakespanProblem& problem,
                                         const mig::Geometry& geometry) {
  std::vector<FixedLayoutTime> times;
  const auto whole = plan::strategy_layout(geometry, plan::Strategy::kHighPerformance);
  if (whole) times.push_back(fixed_time(problem, "whole GPU", whole->layout.instances()));
  const auto balanced = plan::strategy_layout(geometry, plan::Strategy::kAllBalanced);
  if (balanced) times.push_back(fixed_time(problem, "all-balanced", balanced->layout.instances()));
  times.push_back(fixed_time(problem, "all smallest", plan::all_smallest(geometry)));
  return times;
}

}  // namespace

Result<int> plan_makespan(const std::string& id, const std::string& path, bool json) {
  if (id.empty()) {
    return fail(Code::kInvalidArgument, "--makespan needs to know the GPU",
                "name it with --product; septet products lists them");
  }
  const mig::Product* const product = TRY(product_named(id));
  const auto document = TRY(read_yaml_file(path));
  auto file = TRY(partition::read_jobs(document, product->geometry));
  auto [costs, from] = call_costs_of(file, *product);
  const auto problem = TRY(plan::makespan_problem(product->geometry, file.jobs, costs));
  ToldMakespan told{std::string(product->id), std::move(file.jobs), std::move(from),
                    plan::shortest_plan(problem, {}), fixed_times(problem, product->geometry)};
  fmt::print("{}", json ? to_text(to_json(told)) : makespan_text(told));
  return 0;
}

}  // namespace septet::cli
