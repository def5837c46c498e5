#include "agent/reporting.h"

#include <fmt/format.h>

namespace septet::agent {

namespace {

struct NodeCondition {
  bool holds = true;
  std::string reason, message;
};

NodeCondition condition_of(const ReportInputs& inputs) {
  if (inputs.shown == nullptr) {
    return {false, "DriverUnavailable",
            inputs.driver_problem ? inputs.driver_problem->describe() : "not looked at yet"};
  }
  std::string message;
  for (const publish::NotOffered& one : inputs.shown->offer.not_offered)
    message += fmt::format("{}GPU {}: {}", message.empty() ? "" : "; ", one.gpu, one.reason);
  if (!message.empty()) return {false, "SomeGpusNotOffered", message};
  for (const auto& [uuid, why] : inputs.shown->ill)
    message += fmt::format("{}{}: {}", message.empty() ? "" : "; ", uuid, why);
  if (!message.empty()) return {false, "SomeDevicesUnhealthy", message};
  return {true, "AllGpusOffered", "every GPU is offered as the strategy says"};
}

}  // namespace

std::string Since::of(const std::string& what, const std::string& now_state,
                      const std::string& now) {
  auto& [state, since] = known_[what];
  if (state != now_state || since.empty()) {
    state = now_state;
    since = now;
  }
  return since;
}

Report report_of(const AgentOptions& options, const ReportInputs& inputs, Since& since) {
  Report report;
  report.features = inputs.features;
  report.as_node_feature = options.plugin.use_node_feature_api;
  const LabelState state = label_state(*inputs.choice, *inputs.standing);
  if (!state.state.empty()) report.labels[kStateLabel] = state.state;
  if (!state.reason.empty()) report.annotations[kReasonAnnotation] = state.reason;
  const NodeCondition condition = condition_of(inputs);
  const std::string status = condition.holds ? "True" : "False";
  report.conditions = Json::array(
      {Json{{"type", kCondition},
            {"status", status},
            {"reason", condition.reason},
            {"message", condition.message.substr(0, 4096)},
            {"lastTransitionTime", since.of(kCondition, status + condition.reason, inputs.now)}}});
  for (const Concerned& concerned : inputs.choice->layouts) {
    const std::string name = concerned.name_space + "/" + concerned.name;
    const std::string phase = concerned.problem ? concerned.problem->what
                                                : std::string(to_string(inputs.standing->phase));
    report.layouts.push_back({concerned.name_space, concerned.name,
                              node_status(options.node_name, concerned, *inputs.standing,
                                          since.of(name, phase, inputs.now))});
  }
  return report;
}

}  // namespace septet::agent
