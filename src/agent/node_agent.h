// agent/node_agent.h — the node daemon: one level-triggered loop.
//
// Every round: look at the node and at what the cluster asks; offer what is there; withdraw what
// must go; change what nobody is in the way of; say so. No round remembers what an earlier one
// meant to do: killed at any point, the next start finds the same work.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "agent/agent_options.h"

namespace septet::agent {

// Where lines for people go (standard error); called by one thread at a time.
using Say = std::function<void(const std::string&)>;

// `service`: told who is ill, who holds what and who governs; may be null.
// Runs until `stop` becomes true (seen within half a second). Returns an error only when it could
// not begin: no driver and fail-on-init-error, no access to the API server.
Result<> run_node_agent(const AgentOptions& options, const std::atomic<bool>& stop, const Say& say,
                        web::Service* service = nullptr);

}  // namespace septet::agent
