// septet restore — a checkpoint back, every instance to its place.
#include <fmt/format.h>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/plan_text.h"
#include "cli/verb.h"
#include "partition/checkpoint_file.h"

namespace septet::cli {

namespace {

void print(const plan::Plan& plan, const std::string& file) {
  if (plan.empty()) {
    fmt::print("nothing to do: the node is as {} has it\n", file);
  } else {
    fmt::print("{}{}\n", steps_text(plan, nullptr), summary_text(plan));
  }
}

Result<plan::Plan> plan_of(driver::Driver& driver, const YamlDocument& document) {
  const auto node = TRY(driver.observe());
  const auto targets = TRY(partition::targets_of_checkpoint(document, node));
  return plan::diff(node, targets);
}

Result<int> dry_run(const Globals& globals, const YamlDocument& document, bool json) {
  const auto driver = TRY(open_watched_driver(globals));
  const auto plan = TRY(plan_of(*driver, document));
  if (json) {
    fmt::print("{}", to_text(plan_json(plan)));
  } else {
    print(plan, document.name);
  }
  return plan.empty() ? 0 : 2;
}

Result<int> run_restore(const Globals& globals, const std::vector<std::string>& arguments) {
  std::string file;
  ChangeOptions options;
  options.json = globals.json;
  CommandLine line(
      "the layout of a checkpoint back, every instance to its place; GPUs it does not "
      "name stay as they are",
      "septet restore");
  line.option("FILE", file, "of septet checkpoint or mig-parted; - is standard input").required();
  add_change_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto document = TRY(read_yaml_file(file));
  if (options.dry_run) return dry_run(globals, document, options.json);
  auto session = TRY(begin_change(globals, options));
  const auto plan = TRY(plan_of(*session.driver, document));
  if (!options.json) print(plan, file);
  const auto made = TRY(carry_out(session, "restore", plan, apply_options(globals, options)));
  if (options.json) {
    Json json = to_json(made, plan);
    json["plan"] = plan_json(plan);
    fmt::print("{}", to_text(json));
  }
  if (made.outcome.end != partition::End::kDone) return std::unexpected(failed(made, plan));
  if (!options.json && !plan.empty()) fmt::print("{}", done_text(made, plan));
  TRY(check_told(made));
  return 0;
}

}  // namespace

extern const Verb kRestore{"restore", "the layout of a checkpoint back, to the place", run_restore};

}  // namespace septet::cli
