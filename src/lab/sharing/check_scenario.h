// lab/sharing/check_scenario.h — does a scenario make sense at all; else kInvalidArgument.
#pragma once

#include "lab/scenario/scenario.h"

namespace septet::lab::sharing {

inline constexpr std::size_t kMostClients = 512;

Result<> check_scenario(const Scenario& scenario);

}  // namespace septet::lab::sharing
