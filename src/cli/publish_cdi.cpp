// septet publish cdi — what Docker, Podman and containerd need to hand the node's slices out.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/replace_file.h"
#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "container/cdi_specs.h"

namespace septet::cli {

namespace {

namespace fs = std::filesystem;
using container::CdiFormat;
using container::CdiSpecs;
using container::CdiWish;

constexpr int kPublishLockWait_ms = 10'000;

struct CdiOptions {
  std::string output, withdraw, format;
  std::vector<std::string> names = {"index", "uuid"};
  CdiWish wish;
  bool once = false, list = false, json = false;
};

// NVIDIA's hook, for the linker's cache of the container, where it is installed.
std::string installed_hook() {
  std::error_code failed;
  for (const char* const path : {"/usr/bin/nvidia-cdi-hook", "/usr/bin/nvidia-ctk"})
    if (fs::exists(path, failed)) return path;
  return "";
}

bool is_folder(const std::string& output) {
  std::error_code failed;
  return output.ends_with('/') || fs::is_directory(output, failed);
}

std::string ending(CdiFormat format) { return format == CdiFormat::kYaml ? ".yaml" : ".json"; }

// nvidia.com-gpu.json in a folder; else as named.
std::string file_in(const std::string& output, const CdiWish& wish, const std::string& kind) {
  const fs::path path = is_folder(output)
                            ? fs::path(output) / (wish.vendor + "-" + kind + ending(wish.format))
                            : fs::path(output);
  return fs::absolute(path).lexically_normal().string();
}

Result<CdiFormat> format_of(const CdiOptions& options) {
  if (options.format == "json") return CdiFormat::kJson;
  if (options.format == "yaml") return CdiFormat::kYaml;
  const std::string end = fs::path(options.output).extension();
  if (is_folder(options.output) || options.output.empty() || end == ".json")
    return CdiFormat::kJson;
  if (end == ".yaml" || end == ".yml") return CdiFormat::kYaml;
  return fail(Code::kInvalidArgument,
              fmt::format("a runtime reads no CDI file called {}", options.output),
              "end it in .json or .yaml, or name a folder");
}

container::HostPaths paths_of(const CdiWish& wish) {
  return {wish.dev_root, "/proc", wish.driver_root, wish.driver_root};
}

// What stands beside the GPUs does not change with the layout: written, and not noted.
Result<std::vector<std::string>> write_companions_of(const CdiOptions& options) {
  std::vector<std::string> written;
  if (!is_folder(options.output)) return written;
  for (const auto& one : container::companion_texts(paths_of(options.wish), options.wish)) {
    written.push_back(file_in(options.output, options.wish, one.device_class));
    TRY(replace_file(written.back(), one.text));
  }
  return written;
}

Result<> write_once(const std::string& path, const mig::Node& node, const CdiWish& wish) {
  const std::string text = TRY(container::cdi_text(node, paths_of(wish), wish));
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);  // replace_file says what fails
  return replace_file(path, text);
}

Result<int> write_files(const Globals& globals, const CdiOptions& options) {
  CdiWish wish = options.wish;
  wish.path = file_in(options.output, wish, "gpu");
  const auto driver = TRY(open_driver(globals));
  if (options.once) {
    const mig::Node node = TRY(driver->observe());
    TRY(write_once(wish.path, node, wish));
  } else {
    const auto journal = TRY(open_journal(globals));
    const auto lock = TRY(journal->lock(kPublishLockWait_ms));
    const mig::Node node = TRY(driver->observe());
    const std::string folder = TRY(journal_folder(globals));
    TRY(CdiSpecs(folder).publish(wish, node));
  }
  fmt::print("{}{}\n", wish.path,
             options.once ? ", as the node is now" : ", and after every change that septet makes");
  const auto others = TRY(write_companions_of(options));
  for (const std::string& path : others) fmt::print("{}\n", path);
  return 0;
}

Result<int> print_spec(const Globals& globals, const CdiOptions& options) {
  const auto driver = TRY(open_driver(globals));
  const mig::Node node = TRY(driver->observe());
  const std::string text = TRY(container::cdi_text(node, paths_of(options.wish), options.wish));
  fmt::print("{}", text);
  return 0;
}

Result<int> withdraw(const Globals& globals, const std::string& file) {
  const auto journal = TRY(open_journal(globals));
  const auto lock = TRY(journal->lock(kPublishLockWait_ms));
  const std::string path = fs::absolute(file).lexically_normal().string();
  const std::string folder = TRY(journal_folder(globals));
  TRY(CdiSpecs(folder).withdraw(path));
  fmt::print("{} is not published any more\n", path);
  return 0;
}

Result<int> list(const Globals& globals, bool json) {
  Json out = Json::array();
  const std::string folder = TRY(journal_folder(globals));
  const auto wishes = TRY(CdiSpecs(folder).wishes());
  for (const CdiWish& wish : wishes) {
    out.push_back(wish.path);
    if (!json) fmt::print("{}\n", wish.path);
  }
  if (json) fmt::print("{}", to_text(out));
  return 0;
}

void add_options(CommandLine& line, CdiOptions& options) {
  line.option("--output", options.output,
              "the file, or a folder for nvidia.com-gpu.json and what stands beside the GPUs "
              "(/etc/cdi or /var/run/cdi); default: standard output");
  line.option("--format", options.format, "json or yaml; default: by the file's name, else json")
      .one_of({"json", "yaml"});
  line.option(
          "--device-names", options.names,
          "how a device may be named: index (0:1), type-index (mig0:1), uuid; default index,uuid")
      .one_of({"index", "type-index", "uuid"})
      .comma_separated();
  line.option("--vendor", options.wish.vendor, "what stands before /gpu").show_default();
  line.option("--hook", options.wish.hook_path,
              "nvidia-cdi-hook or nvidia-ctk, for the container's linker cache; default: where it "
              "is installed");
  line.option("--dev-root", options.wish.dev_root, "what stands before /dev on the host");
  line.option("--driver-root", options.wish.driver_root, "what stands before the driver's /usr");
  line.flag("--once", options.once, "only now: later changes do not rewrite it");
  line.option("--withdraw", options.withdraw, "this file is not to be written any more; it goes");
  line.flag("--list", options.list, "the files that follow the node");
  line.flag("--json", options.json, "with --list: for programs");
}

Result<int> run_publish_cdi(const Globals& globals, const std::vector<std::string>& arguments) {
  CdiOptions options;
  options.json = globals.json;
  CommandLine line(
      "the node's GPUs and slices to container runtimes, by the Container Device "
      "Interface: docker run --device nvidia.com/gpu=0:1",
      "septet publish cdi");
  add_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;
  if (options.list) return list(globals, options.json);
  if (!options.withdraw.empty()) return withdraw(globals, options.withdraw);
  const auto named = [&options](const char* word) {
    return std::ranges::find(options.names, word) != options.names.end();
  };
  options.wish.by_index = named("index");
  options.wish.by_type_index = named("type-index");
  options.wish.by_uuid = named("uuid");
  options.wish.format = TRY(format_of(options));
  if (!line.given("--hook")) options.wish.hook_path = installed_hook();
  return options.output.empty() ? print_spec(globals, options) : write_files(globals, options);
}

}  // namespace

extern const Verb kPublishCdi;
const Verb kPublishCdi{"cdi", "a CDI file for Docker, Podman and containerd", run_publish_cdi};

}  // namespace septet::cli
