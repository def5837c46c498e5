#include "slurm/helpers_menu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/quoted.h"

namespace septet::slurm {
namespace {

constexpr std::size_t kLongestFirstLine = 200;  // Linux reads 255 bytes (BINPRM_BUF_SIZE)
constexpr unsigned kBootLimit_s = 300;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string features_of(const std::vector<MenuLayout>& menu) {
  std::vector<std::string> features;
  for (const MenuLayout& layout : menu) features.push_back(feature_of(layout.name));
  return fmt::format("{}", fmt::join(features, ","));
}

std::size_t devices_of_cut(const plan::GpuCut& cut) {
  if (cut.pending != mig::MigMode::kOn && cut.instances.empty()) return 1;
  std::size_t slices = 0;
  for (const plan::InstanceCut& instance : cut.instances) slices += instance.compute.size();
  return slices;
}

// Options of slurmd with a word after them or in the same one; -F has it in the same one alone.
constexpr std::string_view kValued = "dfLnNF";

// -D would keep whoever starts it waiting, and -b is given once, at the end.
std::string flags_kept(std::string flags) {
  std::erase_if(flags, [](char option) { return option == 'D' || option == 'b'; });
  return flags;
}

}  // namespace

std::string feature_of(std::string_view layout) {
  std::string feature;
  if (!layout.empty() && (is_digit(layout.front()) || layout.front() == '.')) feature = "_";
  for (const char c : layout)
    feature += is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '=' ? c : '_';
  return feature;
}

Result<> check_menu(const std::vector<MenuLayout>& menu) {
  if (menu.size() < 2)
    return fail(Code::kInvalidArgument,
                fmt::format("a menu has two layouts or more, and this file names {}", menu.size()),
                "write layouts: with a name for each (docs/slurm.md)");
  std::vector<std::string> counts;
  bool same = true;
  for (auto layout = menu.begin(); layout != menu.end(); ++layout) {
    const auto twin = std::find_if(menu.begin(), layout, [&](const MenuLayout& before) {
      return feature_of(before.name) == feature_of(layout->name);
    });
    if (twin != layout)
      return fail(Code::kInvalidArgument,
                  fmt::format("{} and {} are the same feature to Slurm, {}", quoted(twin->name),
                              quoted(layout->name), feature_of(layout->name)),
                  "give them names that differ in letters and digits");
    counts.push_back(fmt::format("{} {}", layout->name, layout->devices));
    same = same && layout->devices == menu.front().devices;
  }
  if (!same)
    return fail(Code::kInvalidArgument,
                fmt::format("the layouts give the node different numbers of devices ({}), and "
                            "Slurm keeps the count of slurm.conf whatever feature is in force",
                            fmt::join(counts, ", ")),
                "offer layouts with as many devices each, or use septet slurm relayout");
  if (menu.front().devices == 0)
    return fail(Code::kInvalidArgument, "no layout of the menu gives the node a device");
  return {};
}

std::size_t count_devices(const mig::Node& node, const std::vector<plan::GpuCut>& targets) {
  std::size_t devices = 0;
  for (const mig::Gpu& gpu : node.gpus) {
    const auto target = std::ranges::find(targets, gpu.index, &plan::GpuCut::gpu);
    devices += devices_of_cut(target == targets.end() ? plan::cut_of(gpu) : *target);
  }
  return devices;
}

std::string helpers_conf(const std::vector<MenuLayout>& menu, const HelperFiles& files,
                         unsigned exec_s) {
  std::string text(kOurHelpersConf);
  // 22.05 refuses a file with several features in one line.
  for (const MenuLayout& layout : menu)
    text += fmt::format("Feature={} Helper={}\n", feature_of(layout.name), files.menu);
  return text + fmt::format("MutuallyExclusive={}\nExecTime={}\nBootTime={}\n", features_of(menu),
                            exec_s, kBootLimit_s);
}

std::string helpers_slurm_conf(const std::vector<MenuLayout>& menu, const HelperFiles& files,
                               std::string_view node) {
  return fmt::format(
      "NodeFeaturesPlugins=node_features/helpers\nRebootProgram={}\nGresTypes=gpu\n"
      "NodeName={} Gres=gpu:{} Feature={}\n",
      files.reboot, node, menu.front().devices, features_of(menu));
}

Result<std::string> first_line_for(std::string_view septet, std::string_view verb) {
  // env -S splits at spaces and knows quotes, '\\', '$' and '#'.
  const bool plain = std::ranges::all_of(septet, [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("/._+-").contains(c);
  });
  if (!plain || !septet.starts_with('/') || septet.size() > kLongestFirstLine)
    return fail(Code::kInvalidArgument,
                fmt::format("{} cannot be named by a file's first line", quoted(septet)),
                "install septet at a short path of letters, digits, '/', '.', '_', '+' and '-'");
  return fmt::format("#!/usr/bin/env -S {} slurm {}\n", septet, verb);
}

std::string without_types(std::string_view gres_conf) {
  std::string made;
  while (!gres_conf.empty()) {
    std::string line(gres_conf.substr(0, gres_conf.find('\n')));
    gres_conf.remove_prefix(std::min(line.size() + 1, gres_conf.size()));
    const std::size_t type = line.starts_with('#') ? line.npos : line.find(" Type=");
    if (type != line.npos) line.erase(type, line.find(' ', type + 1) - type);
    made += line + "\n";
  }
  return made;
}

SlurmdWords slurmd_words(const std::vector<std::string>& argv) {
  SlurmdWords words;
  if (argv.empty()) return words;
  words.again = {argv.front()};
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (!word.starts_with('-') || word.starts_with("--") || word == "-") {
      words.again.push_back(word);
      continue;
    }
    const std::size_t at = std::min(word.find_first_of(kValued, 1), word.size());
    const std::string kept = "-" + flags_kept(word.substr(1, at - 1)) + word.substr(at);
    if (kept != "-") words.again.push_back(kept);
    if (at == word.size()) continue;
    const bool apart = word[at] != 'F' && at + 1 == word.size() && i + 1 < argv.size();
    if (apart) words.again.push_back(argv[++i]);
    const std::string value = apart ? argv[i] : word.substr(at + 1);
    if (word[at] == 'N') words.node = value;
    if (word[at] == 'f') words.conf = value;
  }
  words.again.emplace_back("-b");
  return words;
}

std::string reason_of(const Error& error) {
  std::string reason = "septet: ";
  bool fold = false;
  for (const char c : error.describe()) {
    if (c == '\n') {
      reason += ";";
      fold = true;
    } else if (!fold || c != ' ') {
      if (fold) reason += ' ';
      fold = false;
      reason += c;
    }
  }
  return reason;
}

}  // namespace septet::slurm
