#include "agent/mig_layout_status.h"

namespace septet::agent {

namespace {

Json condition(const char* type, bool holds, const std::string& reason, const std::string& message,
               const std::string& since) {
  return {{"type", type},
          {"status", holds ? "True" : "False"},
          {"reason", reason},
          {"message", message},
          {"lastTransitionTime", since}};
}

std::string message_of(const std::optional<Error>& error) {
  return error ? error->describe() : std::string();
}

}  // namespace

Json node_status(const std::string& node_name, const Concerned& concerned, const Standing& standing,
                 const std::string& since) {
  const std::optional<Error>& error = concerned.problem ? concerned.problem : standing.error;
  const Phase phase = concerned.problem ? Phase::kFailed : standing.phase;
  const std::string reason = concerned.problem && concerned.problem->code == Code::kConflict
                                 ? "Superseded"
                                 : std::string(to_string(phase));
  Json status{{"name", node_name}, {"phase", reason}, {"observedGeneration", concerned.generation}};
  status["conditions"] = Json::array(
      {condition("Applied", phase == Phase::kApplied, reason, message_of(error), since),
       condition("Blocked", phase == Phase::kBlocked, reason, message_of(error), since)});
  status["gpus"] = Json::array();
  if (!concerned.problem) {
    for (const GpuStanding& gpu : standing.gpus) {
      status["gpus"].push_back({{"index", gpu.gpu},
                                {"uuid", gpu.uuid},
                                {"state", to_string(gpu.phase)},
                                {"message", gpu.message}});
    }
  }
  if (error) {
    status["lastError"] = error->what;
    status["remedy"] = error->remedy;
  }
  return status;
}

LabelState label_state(const Choice& choice, const Standing& standing) {
  if (choice.label.empty()) return {};
  if (choice.label_problem) return {"failed", choice.label_problem->describe()};
  switch (standing.phase) {
    case Phase::kApplied: return {"success", {}};
    case Phase::kFailed: return {"failed", message_of(standing.error)};
    case Phase::kBlocked: return {"pending", message_of(standing.error)};
    case Phase::kIdle:
    case Phase::kWithheld:
    case Phase::kApplying: return {"pending", {}};
  }
  return {};
}

}  // namespace septet::agent
