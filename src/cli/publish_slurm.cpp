// septet publish slurm — gres.conf and what goes with it, or a lint of the files a site has.
#include "cli/publish_slurm.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/json.h"
#include "base/quoted.h"
#include "base/replace_file.h"
#include "cli/command_line.h"
#include "container/device_files.h"
#include "publish/slurm_lint.h"

namespace septet::cli {

namespace {

constexpr std::size_t kMostSiteBytes = 1 << 20;

std::unexpected<Error> cannot_read(const std::string& path, int error) {
  const Code code = error == ENOENT   ? Code::kNotFound
                    : error == EACCES ? Code::kNoPermission
                                      : Code::kUnavailable;
  return fail(code, fmt::format("cannot read {}: {}", path, std::generic_category().message(error)),
              "name the file that Slurm reads");
}

struct SlurmOptions {
  std::string node, output, lint;
  bool autodetect = false, json = false;
};

Json devices_json(const publish::SlurmDevices& of) {
  Json devices = Json::array();
  for (const publish::SlurmDevice& device : of.devices)
    devices.push_back({{"type", device.type},
                       {"detected_type", device.detected_type},
                       {"gpu", device.gpu},
                       {"uuid", device.uuid},
                       {"files", device.files}});
  return devices;
}

Result<> write_files(const SlurmOptions& options, const publish::SlurmDevices& of,
                     publish::Detection detection) {
  std::error_code failed;
  if (!std::filesystem::is_directory(options.output, failed))
    return fail(Code::kNotFound, fmt::format("{} is no folder", quoted(options.output)),
                "make it, or name another with --output");
  const std::pair<std::string, std::string> files[] = {
      {fmt::format("gres-{}.conf", options.node), publish::gres_conf(options.node, of, detection)},
      {fmt::format("node-{}.conf", options.node),
       publish::slurm_conf_lines(options.node, of, detection)},
      {"cgroup-advice.conf", publish::cgroup_conf()}};
  for (const auto& [name, text] : files) {
    TRY(replace_file(options.output + "/" + name, text));
    if (!options.json) fmt::print("wrote {}/{}\n", options.output, name);
  }
  return {};
}

Result<int> publish_it(const SlurmOptions& options, const publish::SlurmDevices& of) {
  const auto detection =
      options.autodetect ? publish::Detection::kNvml : publish::Detection::kStatic;
  if (options.json) {
    Json json{{"node", options.node},
              {"gres", publish::slurm_gres(of.devices, detection)},
              {"gres_conf", publish::gres_conf(options.node, of, detection)},
              {"devices", devices_json(of)},
              {"left_out", of.left_out},
              {"notes", of.traps}};
    fmt::print("{}", to_text(json));
  }
  if (!options.output.empty()) {
    TRY(write_files(options, of, detection));
  } else if (!options.json) {
    fmt::print("# gres.conf\n{}\n# slurm.conf\n{}\n# cgroup.conf\n{}",
               publish::gres_conf(options.node, of, detection),
               publish::slurm_conf_lines(options.node, of, detection), publish::cgroup_conf());
  }
  return 0;
}

Result<int> lint_it(const SlurmOptions& options, const publish::SlurmDevices& of) {
  const auto found = TRY(publish::lint_slurm({options.node, options.lint}, of, read_site_file));
  const auto errors = std::ranges::count_if(found, &publish::Finding::error);
  if (options.json) {
    Json findings = Json::array();
    for (const publish::Finding& one : found)
      findings.push_back({{"flaw", publish::to_string(one.flaw)},
                          {"severity", one.error ? "error" : "warning"},
                          {"where", one.where},
                          {"what", one.what},
                          {"remedy", one.remedy}});
    fmt::print("{}", to_text({{"node", options.node}, {"findings", findings}}));
  } else {
    for (const publish::Finding& one : found)
      fmt::print("{}: {}: {}\n  try: {}\n", one.where, one.error ? "error" : "warning", one.what,
                 one.remedy);
    if (errors == 0) fmt::print("{} says of {} what the node has\n", options.lint, options.node);
  }
  return errors == 0 ? 0 : 2;
}

Result<int> run_publish_slurm(const Globals& globals, const std::vector<std::string>& arguments) {
  SlurmOptions options;
  options.json = globals.json;
  CommandLine line(
      "what Slurm needs to know of this node's slices: gres.conf, NodeName's Gres, cgroup.conf; or "
      "with --lint what is wrong in the files that are there",
      "septet publish slurm");
  line.option("--node", options.node, "NodeName (default: this machine's name)");
  const auto detect = line.flag("--autodetect", options.autodetect,
                                "let Slurm's gpu/nvml plugin find the slices: jobs then get UUIDs");
  auto output = line.option("--output", options.output,
                            "folder for gres-NODE.conf and node-NODE.conf, to be included");
  line.option("--lint", options.lint,
              "compare this slurm.conf and the gres.conf beside it with the node; exit 2 if wrong")
      .excludes(output)
      .excludes(detect);
  line.flag("--json", options.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (options.node.empty()) options.node = TRY(short_host_name());
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  const auto devices = TRY(slurm_devices_of(node));
  return options.lint.empty() ? publish_it(options, devices) : lint_it(options, devices);
}

}  // namespace

Result<std::string> read_site_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot_read(path, errno);
  std::string text;
  std::array<char, 65536> buffer;
  int error = 0;
  while (text.size() <= kMostSiteBytes) {
    const ssize_t got = read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(file);
  if (error != 0) return cannot_read(path, error);
  if (text.size() > kMostSiteBytes)
    return fail(Code::kInvalidArgument, fmt::format("{} is larger than 1 MiB", path),
                "is it the right file?");
  return text;
}

Result<publish::SlurmDevices> slurm_devices_of(const mig::Node& node) {
  return publish::slurm_devices(node, TRY(container::capability_minors({}, node)));
}

Result<std::string> short_host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0)
    return fail(Code::kUnavailable, "this machine's name is unknown", "give it with --node");
  const std::string whole = name.data();
  return whole.substr(0, whole.find('.'));
}

const Verb kPublishSlurm{"slurm", "gres.conf and the rest, or a lint of what is there",
                         run_publish_slurm};

}  // namespace septet::cli
