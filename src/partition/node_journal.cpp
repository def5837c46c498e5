#include "partition/node_journal.h"

#include <fmt/format.h>

#include <filesystem>

#include "driver/simulated/state_file.h"
#include "partition/state_directory.h"

namespace septet::partition {

namespace {

// A simulated node reboots without the kernel under it: it counts its own.
Result<std::string> simulated_boot(const std::string& state_path) {
  const auto file = TRY(driver::simulated::StateFile::open(state_path));
  const auto boot = file->read([](const auto& node) { return node.boot; });
  return fmt::format("simulated boot {}", boot);
}

}  // namespace

Result<std::string> journal_folder_of(const mig::Node& node) {
  const auto environment = this_environment();
  if (!node.simulated || environment.state_dir) return state_directory(environment);
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(node.simulated_state + ".journal", failed);
  if (!failed) return absolute.string();
  return fail(Code::kUnavailable, fmt::format("{}: {}", node.simulated_state, failed.message()),
              "name a folder in SEPTET_STATE_DIR");
}

Result<std::unique_ptr<Journal>> open_journal_in(const std::string& folder, const mig::Node& node,
                                                 std::string_view for_whom) {
  auto context = this_context(node);
  if (node.simulated) context.boot = TRY(simulated_boot(node.simulated_state));
  if (!for_whom.empty()) context.actor.command += fmt::format(" for {}", for_whom);
  return Journal::open(folder, std::move(context));
}

Result<std::unique_ptr<Journal>> open_journal_of(const mig::Node& node, std::string_view for_whom) {
  const auto wanted = TRY(journal_folder_of(node));
  const auto folder = TRY(make_state_directory(wanted));
  return open_journal_in(folder, node, for_whom);
}

Result<std::unique_ptr<Journal>> open_existing_journal_of(const mig::Node& node) {
  const auto folder = TRY(journal_folder_of(node));
  std::error_code failed;
  const auto found = std::filesystem::status(folder + "/journal.db", failed);
  if (found.type() == std::filesystem::file_type::not_found) return std::unique_ptr<Journal>();
  return open_journal_in(TRY(make_state_directory(folder)), node);
}

}  // namespace septet::partition
