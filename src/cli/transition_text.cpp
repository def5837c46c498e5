#include "cli/transition_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/plan_text.h"
#include "plan/transition/instance_seconds.h"

namespace septet::cli {

namespace {

using plan::Transition;
using plan::TransitionKind;
using plan::TransitionProblem;
using plan::TransitionStep;

std::string transition_place_text(const TransitionProblem& problem,
                                  const plan::ReplicaPlace& place) {
  return problem.gpus[place.gpu].name + " " + mig::to_string(place.replica.instance);
}

std::string transition_service_text(const TransitionProblem& problem,
                                    const plan::ReplicaPlace& place) {
  return place.replica.service == plan::kIdle ? "idle"
                                              : problem.services[place.replica.service].name;
}

std::string after_text(const TransitionStep& step) {
  std::string text;
  for (const std::size_t before : step.after)
    text += fmt::format("{}{}", text.empty() ? "" : ",", before + 1);
  return text;
}

std::string steps_table(const TransitionProblem& problem, const Transition& transition) {
  std::string text = fmt::format("{:>4} {:>9} {:>9}\n", "", "from s", "to s");
  for (std::size_t i = 0; i < transition.steps.size(); ++i) {
    const TransitionStep& step = transition.steps[i];
    const std::string after = after_text(step);
    const std::string first = fmt::format("{:>4} {:>9.2f} {:>9.2f}  {:<10}", i + 1, step.begins,
                                          step.ends, plan::to_string(step.kind));
    text += wrapped(
        first, transition_step_text(problem, step) + (after.empty() ? "" : "; after " + after));
  }
  return text;
}

std::string amount_text(std::int64_t thousandths) {
  return fmt::format("{:.6g}", static_cast<double>(thousandths) / 1000);
}

std::string floors_text(const TransitionProblem& problem) {
  const auto before = plan::capacities(problem, problem.from);
  const auto after = plan::capacities(problem, problem.to);
  std::string text = fmt::format("{:<24} {:>10} {:>10} {:>10} {:>8}\n", "service", "before",
                                 "never below", "after", "load s");
  for (std::size_t s = 0; s < problem.services.size(); ++s) {
    const plan::MovingService& service = problem.services[s];
    text +=
        fmt::format("{:<24} {:>10} {:>11} {:>10} {:>8.6g}\n", service.name, amount_text(before[s]),
                    amount_text(service.floor), amount_text(after[s]), service.load_seconds);
  }
  return text;
}

bool all_measured(const TransitionProblem& problem, const Transition& transition) {
  return std::ranges::all_of(transition.steps, [&](const TransitionStep& step) {
    const plan::ReplicaPlace& place = step.to ? *step.to : *step.from;
    return plan::instance_seconds(*problem.gpus[place.gpu].product, *place.replica.instance.profile)
        .measured;
  });
}

std::string count_of(std::size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string bounds_text(const TransitionProblem& problem, const Transition& transition) {
  const bool measured = all_measured(problem, transition);
  std::string text = fmt::format(
      "{} not touched; {} to start ({})\n", count_of(transition.kept, "replica"), transition.starts,
      transition.fewest() ? "fewer cannot do"
                          : fmt::format("no way has fewer than {}", transition.least_starts));
  text += fmt::format("{} used in between\n", count_of(transition.spares_used, "empty GPU"));
  text += fmt::format(
      "longest chain: {} starts and ends in turn (no way with as few starts has fewer than {})\n",
      transition.chain, transition.least_chain);
  text += fmt::format("{}{:.2f} s (no way takes less than {:.2f} s)\n", measured ? "" : "~",
                      transition.seconds, transition.least_seconds);
  return text + fmt::format(
                    "loading as written; making and unmaking instances as FAR measured it "
                    "on {}\n",
                    measured ? "these boards" : "boards like these");
}

// Whole milliseconds: sums of hundredths are not, in binary.
double milliseconds_kept(double seconds) { return std::round(seconds * 1000) / 1000; }

Json place_json(const TransitionProblem& problem, const std::optional<plan::ReplicaPlace>& place) {
  if (!place) return nullptr;
  const bool idle = place->replica.service == plan::kIdle;
  return Json{{"gpu", problem.gpus[place->gpu].name},
              {"instance", mig::to_string(place->replica.instance)},
              {"service", idle ? Json(nullptr) : Json(transition_service_text(problem, *place))}};
}

Json step_json(const TransitionProblem& problem, const TransitionStep& step) {
  return Json{{"kind", plan::to_string(step.kind)},
              {"from", place_json(problem, step.from)},
              {"to", place_json(problem, step.to)},
              {"temporary", step.temporary},
              {"after", step.after},
              {"begins_s", milliseconds_kept(step.begins)},
              {"ends_s", milliseconds_kept(step.ends)}};
}

}  // namespace

std::string transition_step_text(const TransitionProblem& problem, const TransitionStep& step) {
  std::string text;
  switch (step.kind) {
    case TransitionKind::kCreate:
      text = transition_service_text(problem, *step.to) + " on " +
             transition_place_text(problem, *step.to);
      break;
    case TransitionKind::kDelete:
      text = transition_service_text(problem, *step.from) + " on " +
             transition_place_text(problem, *step.from);
      break;
    case TransitionKind::kMove:
      text = fmt::format("{} from {} to {}", transition_service_text(problem, *step.from),
                         transition_place_text(problem, *step.from),
                         transition_place_text(problem, *step.to));
      break;
    case TransitionKind::kHandOver:
      text = fmt::format("{} from {} to {}", transition_place_text(problem, *step.from),
                         transition_service_text(problem, *step.from),
                         transition_service_text(problem, *step.to));
      break;
  }
  return text + (step.temporary ? " (for the time being)" : "");
}

std::string transition_text(const TransitionProblem& problem, const Transition& transition) {
  if (transition.steps.empty()) return "nothing to do: the two deployments are the same\n";
  return floors_text(problem) + "\n" + steps_table(problem, transition) + "\n" +
         bounds_text(problem, transition);
}

Json transition_json(const TransitionProblem& problem, const Transition& transition) {
  Json steps = Json::array(), cuts = Json::array();
  for (const TransitionStep& step : transition.steps) steps.push_back(step_json(problem, step));
  for (const plan::CutAfterStep& cut : plan::cuts_in_order(problem, transition)) {
    Json instances = Json::array();
    for (const mig::Instance& instance : cut.instances)
      instances.push_back(mig::to_string(instance));
    cuts.push_back(Json{{"step", cut.step},
                        {"gpu", problem.gpus[cut.gpu].name},
                        {"instances", std::move(instances)}});
  }
  return Json{{"kept", transition.kept},
              {"starts", transition.starts},
              {"least_starts", transition.least_starts},
              {"chain", transition.chain},
              {"least_chain", transition.least_chain},
              {"seconds", milliseconds_kept(transition.seconds)},
              {"least_seconds", milliseconds_kept(transition.least_seconds)},
              {"spares_used", transition.spares_used},
              {"steps", std::move(steps)},
              {"cuts", std::move(cuts)}};
}

}  // namespace septet::cli
