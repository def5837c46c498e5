// apps/septet-oci-hook/main.cpp — only wires: the container's state in, the exit code out. What
// goes wrong is one sentence on standard error, which the engine shows its user.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "container/oci_files.h"
#include "container/oci_hook.h"

namespace {

using namespace septet;

constexpr const char* kHelp =
    "usage: septet-oci-hook prestart < STATE\n\n"
    "An OCI prestart hook, also under the name nvidia-container-runtime-hook: gives a container "
    "the "
    "GPUs and\nslices that its NVIDIA_VISIBLE_DEVICES asks for. Settings: "
    "/etc/septet/oci-hook.yaml (docs/containers.md).\n";

Result<std::string> standard_input() {
  std::string text(container::kMostStateBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(STDIN_FILENO, text.data() + size, text.size() - size);
    if (got < 0) return fail(Code::kUnavailable, "cannot read the container's state");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

// Of the engine's environment, where the settings do not say.
void add_environment(container::HookSettings& settings, bool driver_set) {
  const char* const state = std::getenv("SEPTET_SIM");       // NOLINT(concurrency-mt-unsafe)
  const char* const library = std::getenv("SEPTET_DRIVER");  // NOLINT(concurrency-mt-unsafe)
  if (settings.simulated.empty() && state != nullptr) settings.simulated = state;
  if (driver_set) return;
  if (library != nullptr && *library != '\0') {
    settings.driver = library;
  } else if (!settings.simulated.empty()) {
    std::error_code failed;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
    settings.driver = self.parent_path().parent_path() / "lib/libnvidia-ml.so.1";
  }
}

Result<> prestart() {
  const std::string state = TRY(standard_input());
  auto settings = TRY(container::read_hook_settings(container::kHookSettings));
  add_environment(settings, settings.driver != container::HookSettings{}.driver);
  // The library reads it when it is opened.
  if (!settings.simulated.empty())
    setenv("SEPTET_SIM", settings.simulated.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  return container::run_oci_hook(state, settings);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[argc - 1] : "";
  if (word == "--help" || word == "-h") {
    fmt::print("{}", kHelp);
    return 0;
  }
  // The other two moments of NVIDIA's hook: nothing is to be done then.
  if (word == "poststart" || word == "poststop") return 0;
  if (word != "prestart") {
    fmt::print(stderr,
               "septet-oci-hook: say prestart, with the container's state on standard input\n");
    return 1;
  }
  const auto done = prestart();
  if (done) return 0;
  fmt::print(stderr, "septet-oci-hook: {}\n", done.error().describe());
  return exit_code(done.error());
}
