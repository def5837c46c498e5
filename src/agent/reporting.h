// agent/reporting.h — what the cluster is told about the node, as one value. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/agent_options.h"
#include "agent/cluster_link.h"
#include "agent/mig_layout_status.h"
#include "agent/shown.h"

namespace septet::agent {

inline constexpr const char* kCondition = "SeptetSlicesOffered";

// When a phase or condition began to hold: kept by its text, so that a condition's time moves only
// when the condition does.
class Since {
 public:
  std::string of(const std::string& what, const std::string& now_state, const std::string& now);

 private:
  std::map<std::string, std::pair<std::string, std::string>> known_;  // what -> (state, since)
};

struct ReportInputs {
  const Shown* shown = nullptr;  // null: the node is unknown
  std::optional<Error> driver_problem;
  const Choice* choice = nullptr;
  const Standing* standing = nullptr;
  std::map<std::string, std::string> features;
  std::string now;  // RFC 3339
};
Report report_of(const AgentOptions& options, const ReportInputs& inputs, Since& since);

}  // namespace septet::agent
