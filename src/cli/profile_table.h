// cli/profile_table.h — the profiles of a geometry, as a table and as data.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "cli/subject.h"

namespace septet::cli {

// How many more instances of a profile the driver would create now; nullopt when it cannot tell.
using FreeCount = std::function<std::optional<std::uint32_t>(const mig::GpuInstanceProfile&)>;

struct ProfileField {
  const char* name;
  mig::Fact mig::GpuInstanceProfile::*field;
};
// The numbers that nvidia-smi's listing shows, in its order.
std::span<const ProfileField> profile_fields();

// One line per profile under a heading; `free` may be empty (then Total alone is shown).
std::string profile_table(const Subject& subject, const FreeCount& free);
std::string compute_table(const Subject& subject);
Json profiles_json(const Subject& subject, const FreeCount& free);

// "recorded; memory derived": the commonest confidence of a row, then what differs from it.
std::string confidence_text(const Subject& subject, const mig::GpuInstanceProfile& profile);

}  // namespace septet::cli
