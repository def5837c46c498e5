// agent/serve.h — whom one agent serves: Kubernetes, people by HTTP, or both.
#pragma once

#include "agent/node_agent.h"

namespace septet::agent {

// Runs until `stop` becomes true (seen within half a second). Without options.http.address nothing
// of the HTTP service is started or loaded; without options.kubernetes nothing of the other.
Result<> serve(AgentOptions options, const std::atomic<bool>& stop, const Say& say);

}  // namespace septet::agent
