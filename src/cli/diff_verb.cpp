// septet diff — the steps between this node and a file, one line each.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_inputs.h"
#include "cli/plan_text.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

Result<int> run_diff(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = false;
  CommandLine line("what differs between this node and a file. Exit 0 nothing, 2 something",
                   "septet diff");
  const auto looked = TRY(parse_intent(line, globals, arguments, json));
  if (!looked) return 0;
  const Intent& intent = *looked;
  if (intent.packed && !intent.packed->fits()) return std::unexpected(does_not_fit(*intent.packed));
  if (json) {
    fmt::print("{}", to_text(plan_json(intent.plan)));
  } else if (intent.plan.empty()) {
    fmt::print("nothing to do: the node is as {} wants it\n", intent.file);
  } else {
    fmt::print("{}{}\n", steps_text(intent.plan, intent.packed ? &*intent.packed : nullptr),
               summary_text(intent.plan));
  }
  return intent.plan.empty() ? 0 : 2;
}

}  // namespace

extern const Verb kDiff{"diff", "what differs between this node and a file", run_diff};

}  // namespace septet::cli
