#include "cli/fact_text.h"

#include <fmt/format.h>

namespace septet::cli {

std::string fact_text(mig::Confidence confidence, std::string_view text, Audience audience) {
  switch (confidence) {
    case mig::Confidence::kUnknown: return "unknown";
    case mig::Confidence::kEstimated:
      return audience == Audience::kSimulatedNode ? fmt::format("~{}", text) : "unknown";
    case mig::Confidence::kDerived:
    case mig::Confidence::kDocumented:
    case mig::Confidence::kRecorded: return std::string(text);
  }
  return "unknown";
}

std::string fact_text(const mig::Fact& fact, Audience audience) {
  return fact_text(fact.confidence, std::to_string(fact.value), audience);
}

std::string memory_text(const mig::Fact& mib, Audience audience) {
  return fact_text(mib.confidence, mig::gib_text(mib.value), audience);
}

Json fact_json(const mig::Fact& fact) {
  Json json;
  json["value"] = fact.known() ? Json(fact.value) : Json();
  json["confidence"] = fact.known() ? mig::to_string(fact.confidence) : "unknown";
  if (fact.confidence == mig::Confidence::kEstimated) json["estimate"] = fact.value;
  return json;
}

std::string starts_list(std::uint16_t starts) {
  std::string list;
  for (unsigned start = 0; start < 16; ++start) {
    if (((starts >> start) & 1u) == 0) continue;
    list += (list.empty() ? "" : ",") + std::to_string(start);
  }
  return list;
}

std::string placements_text(std::uint16_t starts, std::uint8_t size) {
  return fmt::format("{{{}}}:{}", starts_list(starts), size);
}

}  // namespace septet::cli
