#include "cli/makespan_text.h"

#include <fmt/format.h>

#include "cli/plan_text.h"

namespace septet::cli {

namespace {

double ticks_in_seconds(plan::Ticks ticks) {
  return static_cast<double>(ticks) / static_cast<double>(plan::kSecond);
}

std::string ticks_span_text(plan::TicksSpan span) {
  return fmt::format("{:>10.2f} {:>10.2f}", ticks_in_seconds(span.begin),
                     ticks_in_seconds(span.end));
}

std::string instance_runs_text(const ToldMakespan& told) {
  std::string text =
      fmt::format("{:<14} {:>10} {:>10}  seconds from the start\n", "instance", "from", "to");
  for (const plan::InstanceRun& run : told.plan.schedule.instances) {
    text += fmt::format("{:<14} {}  create\n", mig::to_string(run.instance),
                        ticks_span_text(run.created));
    for (const plan::JobRun& job : run.jobs)
      text +=
          fmt::format("{:<14} {}  {}\n", "", ticks_span_text(job.when), told.jobs[job.job].name);
    if (run.destroyed)
      text += fmt::format("{:<14} {}  destroy\n", "", ticks_span_text(*run.destroyed));
  }
  return text;
}

std::string makespan_proof(const plan::MakespanPlan& plan) {
  if (plan.optimal()) return "no plan is shorter";
  const std::string least = fmt::format(
      "at least {:.2f} s ({:.3f}% less)", ticks_in_seconds(plan.bound),
      100.0 *
          (1.0 - static_cast<double>(plan.bound) / static_cast<double>(plan.schedule.makespan)));
  if (plan.best_splitting)
    return "no plan that splits instances and never joins them is shorter; any other takes " +
           least;
  return "every plan takes " + least;
}

std::string fixed_layouts_text(const ToldMakespan& told) {
  std::string text;
  for (const FixedLayoutTime& fixed : told.fixed) {
    const std::string time =
        fixed.makespan ? fmt::format("{:>10.2f} s {:>6.2f}x", ticks_in_seconds(*fixed.makespan),
                                     static_cast<double>(*fixed.makespan) /
                                         static_cast<double>(told.plan.schedule.makespan))
                       : fmt::format("{:>20}", "a job does not run");
    text += fmt::format("  {:<16} {}  {}\n", fixed.name, time, fixed.profiles);
  }
  return text;
}

Json json_of_span(plan::TicksSpan span) {
  return Json{ticks_in_seconds(span.begin), ticks_in_seconds(span.end)};
}

}  // namespace

std::string makespan_text(const ToldMakespan& told) {
  std::string text = instance_runs_text(told);
  text += fmt::format("\nmakespan {:.2f} s for {} job{} on one {}\n",
                      ticks_in_seconds(told.plan.schedule.makespan), told.jobs.size(),
                      told.jobs.size() == 1 ? "" : "s", told.product);
  text += wrapped("  proof: ", makespan_proof(told.plan));
  text += wrapped("  driver calls: ", told.calls);
  text += "on one layout that stays, jobs assigned as well as septet can:\n";
  return text + fixed_layouts_text(told);
}

Json to_json(const ToldMakespan& told) {
  const plan::MakespanPlan& plan = told.plan;
  Json json{{"product", told.product},
            {"jobs", told.jobs.size()},
            {"calls", told.calls},
            {"makespan_s", ticks_in_seconds(plan.schedule.makespan)},
            {"bound_s", ticks_in_seconds(plan.bound)},
            {"gap", plan.gap()},
            {"optimal", plan.optimal()},
            {"best_splitting", plan.best_splitting}};
  json["instances"] = Json::array();
  for (const plan::InstanceRun& run : plan.schedule.instances) {
    Json one{{"profile", run.instance.profile->name},
             {"start", run.instance.at.start},
             {"created_s", json_of_span(run.created)}};
    one["jobs"] = Json::array();
    for (const plan::JobRun& job : run.jobs)
      one["jobs"].push_back({{"name", told.jobs[job.job].name}, {"s", json_of_span(job.when)}});
    one["destroyed_s"] = run.destroyed ? json_of_span(*run.destroyed) : Json(nullptr);
    json["instances"].push_back(std::move(one));
  }
  json["fixed"] = Json::array();
  for (const FixedLayoutTime& fixed : told.fixed) {
    json["fixed"].push_back(
        {{"name", fixed.name},
         {"profiles", fixed.profiles},
         {"makespan_s", fixed.makespan ? Json(ticks_in_seconds(*fixed.makespan)) : Json(nullptr)}});
  }
  return json;
}

}  // namespace septet::cli
