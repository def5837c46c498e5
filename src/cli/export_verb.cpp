// septet export — this node as a mig-parted config, or as a layout of ours.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "cli/command_line.h"
#include "cli/verb.h"
#include "partition/layout_file.h"
#include "partition/parted_export.h"

namespace septet::cli {

namespace {

Result<int> run_export(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  std::string format, name = "current";
  CommandLine line(
      "this node as a mig-parted v1 config, or with -o layout as a file that fixes every place; on "
      "standard output",
      "septet export");
  line.option("-o,--output-format", format, "yaml, json or layout")
      .one_of({"yaml", "json", "layout"});
  line.option("-c,--config-label", name, "what to call it").show_default();
  line.flag("--json", json, "the same as -o json");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  if (format == "layout") {
    fmt::print("{}", TRY(partition::layout_text(node)));
    return 0;
  }
  const auto exported = TRY(partition::export_node(node, name));
  if (std::ranges::all_of(
          node.gpus, [](const mig::Gpu& gpu) { return gpu.mode == mig::MigMode::kUnsupported; })) {
    return fail(Code::kNotSupported,
                "no GPU of this node can be cut, so there is nothing to export");
  }
  for (const std::string& loss : exported.losses) {
    fmt::print(stderr, "septet export: this format cannot say: {}\n", loss);
  }
  fmt::print("{}", json || format == "json" ? to_text(partition::to_json({exported.config}))
                                            : partition::to_yaml(exported.config));
  return 0;
}

}  // namespace

extern const Verb kExport{"export", "this node as a mig-parted config", run_export};

}  // namespace septet::cli
