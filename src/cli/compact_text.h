// cli/compact_text.h — a compaction in words, within 80 columns, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "plan/compact/compact_fleet.h"

namespace septet::cli {

// GPUs before and after with their proof, memory moved beside its flow bound, how GPUs change, and
// the moves by wave.
std::string compact_text(const plan::Fleet& fleet,
                         const std::vector<plan::ProductCompaction>& answers);
Json compact_json(const plan::Fleet& fleet, const std::vector<plan::ProductCompaction>& answers);

}  // namespace septet::cli
