#include "cli/open_journal.h"

#include <fmt/format.h>

#include <filesystem>

#include "driver/simulated/state_file.h"
#include "partition/state_directory.h"

namespace septet::cli {

namespace {

namespace fs = std::filesystem;

std::string folder_beside(const std::string& state_path) { return state_path + ".journal"; }

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

// A simulated node reboots without the kernel under it: it counts its own.
Result<std::string> simulated_boot(const std::string& state_path) {
  const auto file = TRY(driver::simulated::StateFile::open(state_path));
  const auto boot = file->read([](const auto& node) { return node.boot; });
  return fmt::format("simulated boot {}", boot);
}

Result<std::string> folder_of(const mig::Node& node) {
  const auto environment = partition::this_environment();
  if (!node.simulated || environment.state_dir) return partition::state_directory(environment);
  std::error_code failed;
  const auto absolute = fs::absolute(folder_beside(node.simulated_state), failed);
  if (!failed) return absolute.string();
  return fail(Code::kUnavailable, fmt::format("{}: {}", node.simulated_state, failed.message()),
              "name a folder in SEPTET_STATE_DIR");
}

Result<std::unique_ptr<partition::Journal>> open_in(const mig::Node& node,
                                                    const std::string& folder) {
  auto context = partition::this_context(node);
  if (node.simulated) context.boot = TRY(simulated_boot(node.simulated_state));
  return partition::Journal::open(folder, std::move(context));
}

}  // namespace

Result<std::string> journal_folder(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  return folder_of(node);
}

Result<std::unique_ptr<partition::Journal>> open_journal(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  const auto wanted = TRY(folder_of(node));
  const auto folder = TRY(partition::make_state_directory(wanted));
  return open_in(node, folder);
}

Result<std::unique_ptr<partition::Journal>> open_existing_journal(const Globals& globals) {
  const auto node = TRY(node_named(globals));
  const auto folder = TRY(folder_of(node));
  std::error_code failed;
  const auto found = fs::status(folder + "/journal.db", failed);
  if (found.type() == fs::file_type::not_found) return std::unique_ptr<partition::Journal>();
  return open_in(node, TRY(partition::make_state_directory(folder)));
}

void forget_simulated_journal(const std::string& state_path) {
  std::error_code ignored;  // a journal that cannot go away is one of somebody else
  const fs::path folder = folder_beside(state_path);
  if (!fs::is_directory(folder, ignored)) return;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("journal.db") || name.starts_with("lock"))
      fs::remove(entry.path(), ignored);
  }
  fs::remove(folder, ignored);
}

}  // namespace septet::cli
