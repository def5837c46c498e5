// What `septet parted`'s apply and restore have in common.
#include <fmt/format.h>

#include "cli/cdi_teller.h"
#include "cli/change_session.h"
#include "cli/open_journal.h"
#include "cli/parted/log.h"
#include "cli/parted/subcommand.h"
#include "cli/stop_on_signal.h"

namespace septet::cli::parted {

Flag config_file_flag(ConfigFlags& flags) {
  return {"config-file", 'f', "MIG_PARTED_CONFIG_FILE",
          "the configuration file; - is standard input", &flags.file};
}

Flag selected_config_flag(ConfigFlags& flags) {
  return {"selected-config", 'c', "MIG_PARTED_SELECTED_CONFIG",
          "which of its configs; not needed where it has one", &flags.selected};
}

Result<partition::PartedConfig> selected_config(const Context& context, ConfigFlags& flags) {
  TRY(require(config_file_flag(flags)));
  debug(context, "reading the config file");
  const auto configs = [&flags]() -> Result<std::vector<partition::PartedConfig>> {
    const auto document = TRY(read_yaml_file(flags.file));
    return partition::read_parted(document);
  }();
  if (!configs) return fail_because(configs.error(), "error parsing config file");
  auto config = partition::select_config(*configs, flags.selected);
  if (!config) return fail_because(std::move(config).error(), "error selecting MIG config");
  flags.selected = config->name;
  debug(context, fmt::format("config {} is selected", config->name));
  return config;
}

Result<> carry_out(const Context& context, partition::PartedChange change,
                   const std::string& hooks_file, const std::vector<Flag>& flags) {
  if (!hooks_file.empty()) {
    debug(context, "reading the hooks file");
    const auto hooks = [&hooks_file]() -> Result<partition::Hooks> {
      const auto document = TRY(read_yaml_file(hooks_file));
      return partition::read_hooks(document);
    }();
    if (!hooks) return fail_because(hooks.error(), "error parsing hooks file");
    change.hooks = *hooks;
  }
  change.hook_options = {overlay_of(flags), context.debug};
  change.open_journal = [&context] { return open_journal(context.globals); };
  change.apply.open_driver = [&context] { return open_watched_driver(context.globals); };
  change.apply.teller = cdi_teller(context.globals);
  change.debug = [&context](const std::string& text) { debug(context, text); };
  change.warn = [](const std::string& text) { log("warning", text); };
  change.apply.progress = [&context](const plan::Step& step, std::size_t number,
                                     std::size_t count) {
    debug(context, fmt::format("step {} of {}: {}", number, count, plan::to_string(step)));
  };
  const StopOnSignal stop;
  change.apply.interrupted = &stop.asked();
  const auto driver = TRY(open_watched_driver(context.globals));
  const auto done = partition::parted_apply(change, *driver);
  if (!done) return fail_because(done.error(), "error applying MIG configuration");
  for (const std::string& waiting : done->waiting) log("warning", waiting);
  return {};
}

}  // namespace septet::cli::parted
