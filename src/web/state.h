// web/state.h — the node as the API tells it: one JSON value for the dashboard and for programs.
// Pure.
//
// Everything of mig/node_json.h, and per GPU what fits, what is stranded, health, Xids, tenants.
// Unknown is null; keys never vanish.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "web/seen.h"
#include "web/what_fits.h"

namespace septet::web {

struct StateFrame {
  std::string version, host;
  std::uint64_t revision = 0;
  bool may_change = false;
};

Json state_json(const StateFrame& frame, const Seen& seen, WhatFits& fits);
// What changes each second: the `activity` event.
Json activity_json(const Seen& seen);
// Two nodes with the same digest look the same but for activity, memory use, power and clocks: no
// new `state` event.
std::string digest_of(const Seen& seen);

}  // namespace septet::web
