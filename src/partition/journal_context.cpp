// Who, when, on which node and in which boot: what every record of the journal says.
#include <time.h>

#include <filesystem>
#include <fstream>

#include "partition/journal.h"

namespace septet::partition {

Clock system_clock() {
  return [] {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  };
}

std::string node_key(const mig::Node& node) {
  if (!node.simulated) return "hardware";
  std::error_code failed;
  const auto real = std::filesystem::weakly_canonical(node.simulated_state, failed);
  return "simulated:" + (failed ? node.simulated_state : real.string());
}

JournalContext this_context(const mig::Node& node) {
  return {node_key(node), this_process(), boot_id().value_or(""), system_clock()};
}

Result<std::string> boot_id() {
  constexpr const char* kPath = "/proc/sys/kernel/random/boot_id";
  std::ifstream file(kPath);
  std::string id;
  if (file >> id) return id;
  return fail(Code::kUnavailable, std::string("cannot read ") + kPath, "is /proc mounted?");
}

}  // namespace septet::partition
