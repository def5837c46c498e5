// septet parted generate-config — a config file with all that this node's GPUs can take.
#include "partition/generate_config.h"

#include <fmt/format.h>

#include "base/replace_file.h"
#include "cli/parted/subcommand.h"

namespace septet::cli::parted {

namespace {

Result<> run_generate_config(const Context& context, const std::vector<std::string>& words) {
  std::string file, format = "yaml";
  const std::vector<Flag> flags{
      {"output-file", 'f', "MIG_PARTED_OUTPUT_FILE", "where to; without it, standard output",
       &file},
      {"output-format", 'o', "MIG_PARTED_OUTPUT_FORMAT", "json or yaml", &format}};
  if (TRY(answered(context, kGenerateConfig, flags, words))) return {};
  TRY(check_format(format));
  const auto driver = TRY(open_driver(context.globals));
  const auto node = TRY(driver->observe());
  const auto configs = TRY(partition::generate_configs(node));
  const std::string text = in_format(format, configs);
  if (!file.empty()) return replace_file(file, text);
  fmt::print("{}", text);
  return {};
}

}  // namespace

const Subcommand kGenerateConfig{"generate-config",
                                 "print a config file with all that this node's GPUs can take",
                                 run_generate_config};

}  // namespace septet::cli::parted
