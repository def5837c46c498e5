// agent/told.h — what the loop tells the HTTP service: who is ill, who holds what, who governs.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "agent/wanted_layout.h"
#include "kube/pod_resources.h"
#include "watch/faults.h"
#include "web/watcher.h"

namespace septet::agent {

// `node`: nullopt while the driver is away; then who is ill is not told. `held`: nullopt: unknown.
web::Told told_of(const watch::Faults& faults, const std::optional<mig::Node>& node,
                  const std::optional<std::vector<kube::HeldDevice>>& held, const Choice& choice);

}  // namespace septet::agent
