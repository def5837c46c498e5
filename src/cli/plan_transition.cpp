#include "cli/plan_transition.h"

#include <fmt/format.h>

#include "cli/transition_text.h"
#include "partition/deployment_file.h"

namespace septet::cli {

namespace {

constexpr std::uint32_t kMostSpares = 1000;
constexpr unsigned kMoreTried = 4;  // spare GPUs that would do, when these do not

// "1 more spare GPU would do: --spare 1"
std::string what_would_do(const YamlDocument& from, const YamlDocument& to, std::uint32_t spares) {
  for (unsigned more = 1; more <= kMoreTried; ++more) {
    const auto problem = partition::read_transition(from, to, spares + more);
    if (problem && plan::plan_transition(*problem)) {
      return fmt::format(
          "give {} more spare GPU{} (--spare {}), or lower the floors while it lasts", more,
          more == 1 ? "" : "s", spares + more);
    }
  }
  return "";
}

}  // namespace

Result<int> plan_transition(const TransitionInput& input, bool json) {
  if (input.to.empty()) {
    return fail(Code::kInvalidArgument, "--from says where it begins, nothing where it ends",
                "add --to FILE");
  }
  if (input.spares > kMostSpares)
    return fail(Code::kInvalidArgument, fmt::format("more than {} spare GPUs", kMostSpares));
  const auto from = TRY(read_yaml_file(input.from));
  const auto to = TRY(read_yaml_file(input.to));
  const auto problem = TRY(partition::read_transition(from, to, input.spares));
  const auto transition = plan::plan_transition(problem);
  if (!transition) {
    Error error = transition.error();
    const bool no_way = error.code == Code::kInfeasible &&
                        plan::check(problem).has_value();  // the floors themselves are no obstacle
    const std::string remedy = no_way ? what_would_do(from, to, input.spares) : "";
    if (!remedy.empty()) error.remedy = remedy;
    return std::unexpected(error);
  }
  fmt::print("{}", json ? to_text(transition_json(problem, *transition))
                        : transition_text(problem, *transition));
  return transition->steps.empty() ? 0 : 2;
}

}  // namespace septet::cli
