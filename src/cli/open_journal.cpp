#include "cli/open_journal.h"

#include <fmt/format.h>

#include <filesystem>

#include "driver/simulated/state_file.h"
#include "partition/node_journal.h"

namespace septet::cli {

namespace {

namespace fs = std::filesystem;

// Enough of a snapshot to tell the node by; the driver is asked only where its library could be
// the simulated one without our saying so.
Result<mig::Node> node_named(const Globals& globals) {
  mig::Node node;
  node.simulated = globals.simulated;
  node.simulated_state = globals.state_path;
  if (globals.simulated || !globals.driver_path) return node;
  const auto driver = TRY(open_driver(globals));
  node = TRY(driver->observe());
  if (node.simulated && node.simulated_state.empty())
    node.simulated_state = driver::simulated::default_state_path();
  return node;
}

}  // namespace

Result<std::string> journal_folder(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  return partition::journal_folder_of(node);
}

Result<std::unique_ptr<partition::Journal>> open_journal(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  return partition::open_journal_of(node);
}

Result<std::unique_ptr<partition::Journal>> open_existing_journal(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  return partition::open_existing_journal_of(node);
}

void forget_simulated_journal(const std::string& state_path) {
  std::error_code ignored;  // a journal that cannot go away is one of somebody else
  const fs::path folder = state_path + ".journal";
  if (!fs::is_directory(folder, ignored)) return;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("journal.db") || name.starts_with("lock") ||
        name.starts_with("history.db"))
      fs::remove(entry.path(), ignored);
  }
  fs::remove(folder, ignored);
}

}  // namespace septet::cli
