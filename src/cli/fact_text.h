// cli/fact_text.h — how a number is shown whose confidence varies.
//
// People read "unknown" for what nobody established, "~N" for an estimate that a simulated node
// answers with, and N otherwise. Programs read {"value": N, "confidence": W} and, beside null, an
// "estimate".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "mig/product.h"

namespace septet::cli {

enum class Audience : std::uint8_t { kTables, kSimulatedNode };

// `text` is the number as it would be shown if it were known.
std::string fact_text(mig::Confidence confidence, std::string_view text, Audience audience);
std::string fact_text(const mig::Fact& fact, Audience audience);
std::string memory_text(const mig::Fact& mib, Audience audience);  // GiB: "39.50"
Json fact_json(const mig::Fact& fact);

std::string starts_list(std::uint16_t starts);                         // "0,4"
std::string placements_text(std::uint16_t starts, std::uint8_t size);  // "{0,4}:4"

}  // namespace septet::cli
