// agent/mig_layout_status.h — what is said about a layout change where it was asked for.
//
// On a MigLayout: one entry of status.nodes per node (applied as that node's own, so that nodes do
// not overwrite each other). For the label protocol: nvidia.com/mig.config.state as mig-manager
// writes it (pending, success, failed), and the reason as an annotation beside it.
// Times are RFC 3339, given by the caller.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/relayout.h"
#include "agent/wanted_layout.h"
#include "base/json.h"

namespace septet::agent {

inline constexpr const char* kStateLabel = "nvidia.com/mig.config.state";
inline constexpr const char* kReasonAnnotation = "septet.dev/mig.config.reason";

// The entry of one node. `since`: when this phase began.
Json node_status(const std::string& node_name, const Concerned& concerned, const Standing& standing,
                 const std::string& since);

struct LabelState {
  std::string state;   // empty: no label to answer
  std::string reason;  // empty: none
};
LabelState label_state(const Choice& choice, const Standing& standing);

}  // namespace septet::agent
