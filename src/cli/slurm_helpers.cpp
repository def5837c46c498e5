// septet slurm helpers, helper — a menu of layouts for users who ask with srun -C: its files, and
// what Slurm runs to see and change which one is in force.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/json.h"
#include "base/quoted.h"
#include "base/replace_file.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/publish_slurm.h"
#include "cli/slurm_menu.h"
#include "cli/slurm_verb.h"
#include "partition/differences.h"
#include "publish/hostlist.h"
#include "publish/slurm.h"

namespace septet::cli {

namespace {

constexpr const char* kMenuName = "septet-menu.yaml";
constexpr const char* kRebootName = "septet-reboot";

struct HelpersOptions {
  std::string menu, nodes, output;
  std::uint32_t exec_s = 120;  // 8 GPUs that are reset and cut one after the other take a minute
  bool json = false;
};

// A Slurm file knows no quotes around a path.
Result<slurm::HelperFiles> files_in(const std::string& folder) {
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed))
    return fail(Code::kNotFound, fmt::format("{} is no folder", quoted(folder)),
                "make it, or name another with --output");
  const std::string path = std::filesystem::absolute(folder, failed).lexically_normal().string();
  if (path.find_first_of(" \t\n\"'#,=") != path.npos)
    return fail(Code::kInvalidArgument, fmt::format("Slurm cannot read the path {}", quoted(path)),
                "name a folder without spaces, quotes, '#', ',' and '='");
  const std::string base = path.ends_with('/') ? path : path + "/";
  return slurm::HelperFiles{base + kMenuName, base + kRebootName};
}

Result<> write_program(const std::string& path, const std::string& text) {
  TRY(replace_file(path, text));
  if (chmod(path.c_str(), 0755) == 0) return {};
  return fail(Code::kNoPermission, fmt::format("cannot make {} a program", path),
              "run this as root");
}

Result<> check_is_ours(const std::string& helpers_conf) {
  if (access(helpers_conf.c_str(), F_OK) != 0) return {};
  const std::string text = TRY(read_site_file(helpers_conf));
  if (text.starts_with(slurm::kOurHelpersConf)) return {};
  return fail(Code::kConflict,
              fmt::format("{} was not written by septet and is left as it is", helpers_conf),
              "write to another folder with --output, and put the lines into it by hand");
}

// A menu that is already a Helper keeps one first line.
std::string_view below_first_line(std::string_view text) {
  if (!text.starts_with("#!")) return text;
  const std::size_t end = text.find('\n');
  return end == text.npos ? "" : text.substr(end + 1);
}

Result<> write_helpers(const HelpersOptions& options, const slurm::HelperFiles& files,
                       const std::vector<slurm::MenuLayout>& menu) {
  const std::string conf = files.menu.substr(0, files.menu.rfind('/')) + "/helpers.conf";
  TRY(check_is_ours(conf));
  std::error_code failed;
  const std::string septet = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  const std::string helper_line = TRY(slurm::first_line_for(septet, "helper"));
  const std::string reboot_line = TRY(slurm::first_line_for(septet, "reboot"));
  const std::string text = TRY(read_site_file(options.menu));
  TRY(write_program(files.menu, helper_line + std::string(below_first_line(text))));
  TRY(write_program(files.reboot, reboot_line));
  return replace_file(conf, slurm::helpers_conf(menu, files, options.exec_s));
}

Result<std::vector<slurm::MenuLayout>> menu_here(const Globals& globals, const std::string& path) {
  std::vector<slurm::MenuLayout> menu;
  const auto driver = TRY(open_driver(globals));
  for (const MenuChoice& choice : TRY(read_menu(path))) {
    const auto intent = TRY(intent_of(*driver, choice.wanted));
    for (const mig::Gpu& gpu : intent.node.gpus)
      if (gpu.problem)
        return fail(Code::kUnavailable,
                    fmt::format("GPU {} cannot be read ({})", gpu.index, *gpu.problem),
                    "septet doctor says more");
    menu.push_back({intent.config, slurm::count_devices(intent.node, intent.plan.to)});
  }
  return menu;
}

// gres.conf of a node as this one is now; RebootProgram writes it after each change.
Result<std::string> gres_lines(const Globals& globals, const std::string& nodes) {
  const auto names = TRY(publish::expand_hostlist(nodes));
  if (names.size() != 1)
    return std::string("# from the same command with --nodes NODE, run on each\n");
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  const auto devices = TRY(slurm_devices_of(node));
  return slurm::without_types(
      publish::gres_conf(names.front(), devices, publish::Detection::kStatic));
}

Json features_json(const std::vector<slurm::MenuLayout>& menu) {
  Json features = Json::array();
  for (const slurm::MenuLayout& layout : menu)
    features.push_back({{"layout", layout.name},
                        {"feature", slurm::feature_of(layout.name)},
                        {"devices", layout.devices}});
  return features;
}

Result<int> run_helpers(const Globals& globals, const std::vector<std::string>& arguments) {
  HelpersOptions options;
  options.json = globals.json;
  const std::string beside = default_gres_conf();
  options.output = beside.substr(0, beside.rfind('/') + 1);
  CommandLine line(
      "offer the layouts of a file as features that users ask for with srun -C: writes "
      "helpers.conf, its Helper and a RebootProgram, and prints what slurm.conf needs. Layouts "
      "must give the node equally many devices",
      "septet slurm helpers");
  line.option("MENU", options.menu, "named layouts, or a mig-parted v1 config").required();
  line.option("--nodes", options.nodes, "the nodes that have it: gn[0-3] (default: this one)");
  line.option("--output", options.output, "folder (default: that of slurm.conf)");
  line.option("--exec-time", options.exec_s, "seconds that a change may take").show_default();
  line.flag("--json", options.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (options.nodes.empty()) options.nodes = TRY(short_host_name());
  const auto menu = TRY(menu_here(globals, options.menu));
  TRY(slurm::check_menu(menu));
  const auto files = TRY(files_in(options.output.empty() ? "." : options.output));
  TRY(write_helpers(options, files, menu));
  const std::string lines = slurm::helpers_slurm_conf(menu, files, options.nodes);
  const std::string gres = TRY(gres_lines(globals, options.nodes));
  if (!options.json) {
    fmt::print("# slurm.conf\n{}\n# gres.conf\n{}", lines, gres);
    return 0;
  }
  fmt::print("{}", to_text({{"features", features_json(menu)},
                            {"helper", files.menu},
                            {"reboot_program", files.reboot},
                            {"slurm_conf", lines},
                            {"gres_conf", gres}}));
  return 0;
}

Result<> bring_about(const Globals& globals, const MenuChoice& choice) {
  const ChangeOptions change;
  TRY(recover_before(globals, change));
  auto session = TRY(begin_change(globals, change));
  const auto intent = TRY(intent_of(*session.driver, choice.wanted));
  const auto made =
      TRY(carry_out(session, "slurm helper", intent.plan, apply_options(globals, change)));
  if (made.outcome.end != partition::End::kDone) return std::unexpected(failed(made, intent.plan));
  return check_told(made);
}

// What goes wrong is noted, and stays so when Slurm kills us because its ExecTime is over.
Result<> set_feature(const Globals& globals, const std::vector<MenuChoice>& menu,
                     const std::string& feature) {
  const std::string note = TRY(helper_note(globals));
  TRY(replace_file(
      note, fmt::format("septet: {} was not in force within ExecTime of helpers.conf", feature)));
  const auto choice = std::ranges::find(menu, feature, &MenuChoice::feature);
  const Result<> done =
      choice == menu.end()
          ? fail(Code::kNotFound, fmt::format("the menu has no feature {}", quoted(feature)),
                 "write helpers.conf anew with septet slurm helpers")
          : bring_about(globals, *choice);
  if (!done) {
    TRY(replace_file(note, slurm::reason_of(done.error())));
    return std::unexpected(done.error());
  }
  unlink(note.c_str());
  return {};
}

Result<int> run_helper(const Globals& globals, const std::vector<std::string>& arguments) {
  std::string path, feature;
  CommandLine line(
      "what Slurm runs as Helper of helpers.conf: without FEATURE prints those in force, with it "
      "brings it about through the journal",
      "septet slurm helper");
  line.option("MENU", path, "named layouts, or a mig-parted v1 config").required();
  line.option("FEATURE", feature, "a layout of it, as Slurm writes it");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto menu = TRY(read_menu(path));
  if (!feature.empty()) {
    TRY(set_feature(globals, menu, feature));
    return 0;
  }
  const auto driver = TRY(open_driver(globals));
  for (const MenuChoice& choice : menu) {
    const auto intent = TRY(intent_of(*driver, choice.wanted));
    if (partition::differences(intent.plan).empty()) fmt::print("{}\n", choice.feature);
  }
  return 0;
}

}  // namespace

Result<std::vector<MenuChoice>> read_menu(const std::string& path) {
  const auto document = TRY(read_yaml_file(path));
  std::vector<MenuChoice> menu;
  const auto add = [&menu, &path](const std::string& name) -> Wanted& {
    MenuChoice& choice = menu.emplace_back();
    choice.feature = slurm::feature_of(name);
    choice.wanted.file = path;
    return choice.wanted;
  };
  if (partition::looks_like_parted(document)) {
    for (auto& config : TRY(partition::read_parted(document))) add(config.name).config = config;
  } else if (partition::looks_like_layouts(document)) {
    for (auto& layout : TRY(partition::read_layouts(document))) add(layout.name).layout = layout;
  } else {
    return fail(Code::kInvalidArgument, fmt::format("{} names no layouts", path),
                "write layouts: with a name for each (docs/slurm.md), or a mig-parted config");
  }
  return menu;
}

Result<std::string> helper_note(const Globals& globals) {
  const std::string folder = TRY(journal_folder(globals));
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  return folder + "/slurm-helper.failed";
}

const Verb kSlurmHelpers{"helpers", "a menu of layouts for srun -C: helpers.conf and its programs",
                         run_helpers};
const Verb kSlurmHelper{"helper", "what Slurm runs to see or change the feature in force",
                        run_helper};

}  // namespace septet::cli
