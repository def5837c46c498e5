// septet assert — is this node as a file says? Changes nothing, records nothing.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_inputs.h"
#include "cli/verb.h"
#include "partition/differences.h"

namespace septet::cli {

namespace {

Json json_of(const Intent& intent, const std::vector<partition::Difference>& found) {
  Json json{{"as_wanted", found.empty()},
            {"file", intent.file},
            {"config", intent.config.empty() ? Json(nullptr) : Json(intent.config)},
            {"gpus_compared", intent.plan.from.size()}};
  json["gpus"] = Json::array();
  for (const auto& difference : found) json["gpus"].push_back(partition::to_json(difference));
  return json;
}

Result<int> run_assert(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = false;
  CommandLine line(
      "is this node as a file says? GPUs it does not mention are left aside. Exit 0 yes, 2 no",
      "septet assert");
  const auto looked = TRY(parse_intent(line, globals, arguments, json));
  if (!looked) return 0;
  const Intent& intent = *looked;
  if (intent.packed && !intent.packed->fits()) return std::unexpected(does_not_fit(*intent.packed));
  const auto found = partition::differences(intent.plan);
  if (json) {
    fmt::print("{}", to_text(json_of(intent, found)));
  } else if (found.empty()) {
    fmt::print("yes: the node is as {} wants it\n", intent.file);
  } else {
    fmt::print("no: the node is not as {} wants it\n", intent.file);
    for (const auto& difference : found) fmt::print("  {}\n", partition::to_string(difference));
  }
  return found.empty() ? 0 : 2;
}

}  // namespace

extern const Verb kAssert{"assert", "is this node as a file says?", run_assert};

}  // namespace septet::cli
