// Writes mig-parted's configuration files (parted_file.h).
//
// Source. The shape of nvidia-mig-parted v0.13.1's own `export`, compared byte for byte by
//         tests/conformance/mig_parted.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/yaml.h"
#include "partition/parted_file.h"

namespace septet::partition {

namespace {

using Device = std::pair<std::string, unsigned>;

bool digit(char c) { return c >= '0' && c <= '9'; }

// 2g.5gb before 2g.10gb: runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (!digit(a.front()) || !digit(b.front())) {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
      continue;
    }
    const auto run = [](std::string_view& text) {
      const auto end = std::ranges::find_if_not(text, digit);
      const std::string_view digits(text.begin(), end);
      text.remove_prefix(digits.size());
      return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    };
    const std::string_view x = run(a), y = run(b);
    if (x.size() != y.size()) return x.size() < y.size();
    if (x != y) return x < y;
  }
  return a.size() < b.size();
}

// Plain where YAML reads back the same text.
std::string yaml_word(const std::string& word) {
  const auto harmless = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
           c == '+' || c == '/';
  };
  const bool letter = std::ranges::any_of(
      word, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
  const bool number = word.starts_with("0x") || word.starts_with("0o") || word.starts_with("0b") ||
                      word.find_first_not_of("0123456789eE.+-_") == std::string::npos;
  std::string low = word;
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kSpecial[] = {"true", "false", "yes", "no",   "on",  "off",
                                           "null", "y",     "n",   ".nan", ".inf"};
  const bool special = std::ranges::find(kSpecial, low) != std::end(kSpecial);
  if (std::ranges::all_of(word, harmless) && letter && !number && !special &&
      digit(word.front()) + std::isalpha(static_cast<unsigned char>(word.front())) != 0) {
    return word;
  }
  return Json(word).dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string filter_text(const PartedFilter& filter) {
  const std::string device = fmt::format("0x{:08X}", filter.device);
  return filter.subsystem ? fmt::format("{}:0x{:08X}", device, *filter.subsystem) : device;
}

std::vector<std::string> filter_texts(const PartedEntry& entry) {
  std::vector<std::string> texts;
  for (const PartedFilter& filter : entry.filters) texts.push_back(filter_text(filter));
  return texts;
}

std::vector<Device> sorted_devices(const PartedEntry& entry) {
  std::vector<Device> devices = entry.mig_devices;
  std::ranges::sort(devices, natural_less, &Device::first);
  return devices;
}

std::string entry_yaml(const PartedEntry& entry) {
  std::string text = "  - ";
  if (const auto filters = filter_texts(entry); filters.size() == 1) {
    text += fmt::format("device-filter: \"{}\"\n    ", filters[0]);
  } else if (!filters.empty()) {
    text += fmt::format("device-filter: [\"{}\"]\n    ", fmt::join(filters, "\", \""));
  }
  text += entry.all ? std::string("devices: all\n")
                    : fmt::format("devices: [{}]\n", fmt::join(entry.devices, ", "));
  text += fmt::format("    mig-enabled: {}\n", entry.mig_enabled);
  if (entry.mig_devices.empty()) return text + "    mig-devices: {}\n";
  text += "    mig-devices:\n";
  for (const auto& [name, count] : sorted_devices(entry))
    text += fmt::format("      {}: {}\n", yaml_word(name), count);
  return text;
}

Json entry_json(const PartedEntry& entry) {
  Json json = Json::object();
  if (const auto filters = filter_texts(entry); filters.size() == 1) {
    json["device-filter"] = filters[0];
  } else if (!filters.empty()) {
    json["device-filter"] = filters;
  }
  json["devices"] = entry.all ? Json("all") : Json(entry.devices);
  json["mig-enabled"] = entry.mig_enabled;
  json["mig-devices"] = Json::object();
  for (const auto& [name, count] : sorted_devices(entry)) json["mig-devices"][name] = count;
  return json;
}

}  // namespace

std::string to_yaml(const std::vector<PartedConfig>& configs) {
  std::string text = "version: v1\nmig-configs:\n";
  for (const PartedConfig& config : configs) {
    text += fmt::format("  {}:\n", yaml_word(config.name));
    for (const PartedEntry& entry : config.entries) text += entry_yaml(entry);
  }
  return text;
}

std::string to_yaml(const PartedConfig& config) { return to_yaml(std::vector{config}); }

Json to_json(const std::vector<PartedConfig>& configs) {
  Json map = Json::object();
  for (const PartedConfig& config : configs) {
    Json entries = Json::array();
    for (const PartedEntry& entry : config.entries) entries.push_back(entry_json(entry));
    map[config.name] = std::move(entries);
  }
  return {{"version", "v1"}, {"mig-configs", std::move(map)}};
}

}  // namespace septet::partition
