// Which driver the words before the verb ask for, and the simulated node's first use.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/verb.h"
#include "driver/nvml/nvml_driver.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/state_file.h"

namespace septet::cli {

namespace {

namespace simulated = driver::simulated;

}  // namespace

// lib/libnvidia-ml.so.1 of the folder that holds bin/septet.
Result<std::string> simulated_library() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto library = self.parent_path().parent_path() / "lib" / "libnvidia-ml.so.1";
  if (failed || !std::filesystem::exists(library, failed)) {
    return fail(Code::kNoDriver,
                fmt::format("the simulated driver {} is not there", library.string()),
                "build it with: make build");
  }
  return library.string();
}

Result<> ensure_simulated_node(const Globals& globals) {
  std::error_code failed;
  const std::filesystem::path path = globals.state_path;
  if (std::filesystem::exists(path, failed)) return {};
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) {
    return fail(Code::kNoPermission,
                fmt::format("cannot make the folder of {}: {}", path.string(), failed.message()),
                "name another file: septet --sim=STATE ...");
  }
  simulated::NodeSpec spec;
  spec.boards.resize(8);
  const auto node = TRY(simulated::make_node(spec));
  TRY(simulated::StateFile::create(path.string(), node, false));
  fmt::print(stderr, "septet: made a simulated node of 8x H100 80GB in {}\n", path.string());
  return {};
}

Result<std::unique_ptr<driver::Driver>> open_driver(const Globals& globals) {
  if (!globals.simulated) {
    return driver::open_nvml_driver(globals.driver_path.value_or("libnvidia-ml.so.1"), "");
  }
  TRY(ensure_simulated_node(globals));
  // The library would only say "driver not loaded": say here what is wrong with the file.
  TRY(simulated::StateFile::open(globals.state_path));
  // The library reads it at nvmlInit.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
  if (setenv("SEPTET_SIM", globals.state_path.c_str(), 1) != 0) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
    const std::string reason = std::strerror(errno);
    return fail(Code::kInternal, fmt::format("cannot set SEPTET_SIM: {}", reason));
  }
  const auto library = TRY(simulated_library());
  return driver::open_nvml_driver(library, globals.state_path);
}

}  // namespace septet::cli
