#include "cli/plan_compact.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/yaml.h"
#include "cli/compact_text.h"
#include "partition/fleet_file.h"
#include "plan/linear_program.h"

namespace septet::cli {

Result<int> plan_compact(const std::string& file, bool json) {
  const auto document = TRY(read_yaml_file(file));
  const plan::Fleet fleet = TRY(partition::read_fleet(document));
  if (document.root["workloads"]) {
    return fail_at(document, document.root["workloads"],
                   "compaction moves what runs; workloads are not looked at",
                   "take them out of this file, or plan them without --compact");
  }
  TRY(plan::solver_ready());
  const auto answers = plan::compact_fleet(fleet);
  if (json) {
    fmt::print("{}", to_text(compact_json(fleet, answers)));
  } else {
    fmt::print("{}", compact_text(fleet, answers));
  }
  const bool fewer = std::ranges::any_of(answers, [](const plan::ProductCompaction& one) {
    return one.answer.used < one.answer.used_before;
  });
  return fewer ? 2 : 0;
}

}  // namespace septet::cli
