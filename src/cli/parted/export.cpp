// septet parted export — the node as a config file.
#include <fmt/format.h>

#include "base/quoted.h"
#include "cli/parted/subcommand.h"
#include "partition/parted_export.h"

namespace septet::cli::parted {

namespace {

Result<> run_export(const Context& context, const std::vector<std::string>& words) {
  std::string format = "yaml", label = "current";
  const std::vector<Flag> flags{
      {"output-format", 'o', "MIG_PARTED_OUTPUT_FORMAT", "json or yaml", &format},
      {"config-label", 'l', "MIG_PARTED_CONFIG_LABEL", "what to call it", &label}};
  if (TRY(answered(context, kExport, flags, words))) return {};
  TRY(check_format(format));
  const auto driver = TRY(open_driver(context.globals));
  const auto node = TRY(driver->observe());
  const auto exported = TRY(partition::export_node(node, label));
  for (const std::string& loss : exported.losses) {
    debug(context, "this format cannot say: " + loss);
  }
  fmt::print("{}", in_format(format, {exported.config}));
  return {};
}

}  // namespace

Result<> check_format(const std::string& format) {
  if (format == "json" || format == "yaml") return {};
  return fail(Code::kInvalidArgument, "unrecognized 'output-format': " + quoted(format),
              "json or yaml");
}

std::string in_format(const std::string& format,
                      const std::vector<partition::PartedConfig>& configs) {
  return format == "json" ? to_text(partition::to_json(configs)) : partition::to_yaml(configs);
}

const Subcommand kExport{"export", "print the node as a config file", run_export};

}  // namespace septet::cli::parted
