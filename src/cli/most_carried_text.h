// cli/most_carried_text.h — of a fleet that is too small, what it carries at best: in words, within
// 80 columns, and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "plan/fleet/most_carried.h"

namespace septet::cli {

// By priority: each workload's replicas with a place and without; then the cut.
std::string most_carried_text(const plan::Fleet& fleet, const plan::MostCarried& most);

// classes: [{priority, asked, left_out, proved_left_out}], workloads: [{name, priority, replicas,
// carried}], layouts and placed as in the certificate (certificate_json.h), cost.
Json most_carried_json(const plan::Fleet& fleet, const plan::MostCarried& most);

}  // namespace septet::cli
