#include "cli/plan_transition.h"

#include <fmt/format.h>

#include "base/replace_file.h"
#include "cli/plan_picture.h"
#include "cli/transition_text.h"
#include "partition/deployment_file.h"
#include "partition/transition_layouts.h"
#include "plan/transition/keep_most.h"

namespace septet::cli {

namespace {

constexpr std::uint32_t kMostSpares = 1000;
constexpr unsigned kMoreTried = 4;  // spare GPUs that would do, when these do not

Result<plan::TransitionProblem> read_problem(const TransitionInput& input, const YamlDocument& from,
                                             const YamlDocument& to, std::uint32_t spares) {
  auto problem = TRY(partition::read_transition(from, to, spares));
  if (input.any_gpu) problem.to = plan::keep_most(problem).to;
  return problem;
}

// "give 1 more spare GPU (--spare 1), ..."; empty: a few more would not do.
std::string what_would_do(const TransitionInput& input, const YamlDocument& from,
                          const YamlDocument& to) {
  for (unsigned more = 1; more <= kMoreTried; ++more) {
    const std::uint32_t spares = input.spares + more;
    const auto problem = read_problem(input, from, to, spares);
    if (problem && plan::plan_transition(*problem)) {
      return fmt::format(
          "give {} more spare GPU{} (--spare {}), or lower the floors while it lasts", more,
          more == 1 ? "" : "s", spares);
    }
  }
  return "";
}

Result<> write_layouts(const std::string& path, const plan::TransitionProblem& problem,
                       const std::vector<plan::CutStage>& stages) {
  if (stages.empty()) return {};
  return replace_file(path, partition::transition_layouts_text(problem, stages));
}

std::string layouts_note(const std::string& path, std::size_t stages) {
  if (stages == 0) return "";
  return fmt::format("layouts in {}: septet apply {} -c step-1{}\n", path, path,
                     stages == 1 ? "" : fmt::format(", and so on to step-{}", stages));
}

}  // namespace

Result<int> plan_transition(const TransitionInput& input, const PlanOutput& output) {
  if (input.to.empty()) {
    return fail(Code::kInvalidArgument, "--from says where it begins, nothing where it ends",
                "add --to FILE");
  }
  if (input.spares > kMostSpares)
    return fail(Code::kInvalidArgument, fmt::format("more than {} spare GPUs", kMostSpares));
  const auto from = TRY(read_yaml_file(input.from));
  const auto to = TRY(read_yaml_file(input.to));
  const auto problem = TRY(read_problem(input, from, to, input.spares));
  const auto transition = plan::plan_transition(problem);
  if (!transition) {
    Error error = transition.error();
    const bool no_way = error.code == Code::kInfeasible &&
                        plan::check(problem).has_value();  // the floors themselves are no obstacle
    const std::string remedy = no_way ? what_would_do(input, from, to) : "";
    if (!remedy.empty()) error.remedy = remedy;
    return std::unexpected(error);
  }
  const auto stages = input.layouts.empty() ? std::vector<plan::CutStage>{}
                                            : plan::cut_stages(problem, *transition);
  TRY(write_layouts(input.layouts, problem, stages));
  fmt::print("{}", output.json ? to_text(transition_json(problem, *transition))
                               : transition_text(problem, *transition));
  if (!output.json) fmt::print("{}", layouts_note(input.layouts, stages.size()));
  TRY(draw(output.svg, picture_of(problem, *transition), !output.json));
  return transition->steps.empty() ? 0 : 2;
}

}  // namespace septet::cli
