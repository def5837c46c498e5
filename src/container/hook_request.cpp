#include "container/hook_request.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "base/quoted.h"

namespace septet::container {

namespace {

constexpr std::size_t kMostDevices = 4096;

// The last one counts, as it does for the program that finds two.
std::optional<std::string> variable(const OciConfig& config, std::string_view name) {
  std::optional<std::string> found;
  for (const std::string& one : config.env)
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      found = one.substr(name.size() + 1);
  return found;
}

bool is_device_word(const std::string& word) {
  return !word.empty() && word.size() <= 128 && std::ranges::all_of(word, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-:/").contains(c);
  });
}

Result<std::vector<std::string>> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    words.push_back(text.substr(from, end - from));
    from = end + 1;
    if (!is_device_word(words.back()) || words.size() > kMostDevices)
      return fail(Code::kInvalidArgument,
                  "NVIDIA_VISIBLE_DEVICES asks for " + quoted(words.back()) +
                      ", which is no GPU and no slice",
                  "say 0 for a GPU, 0:1 for a slice, a UUID, or all");
  }
  return words;
}

}  // namespace

Result<HookRequest> hook_request(const OciConfig& config) {
  HookRequest request;
  const auto visible = variable(config, "NVIDIA_VISIBLE_DEVICES");
  if (!visible || visible->empty() || *visible == "void") return request;
  request.anything = true;
  if (*visible != "none") request.devices = TRY(words_of(*visible));
  for (const auto& [name, cap] : {std::pair("NVIDIA_MIG_CONFIG_DEVICES", "config"),
                                  std::pair("NVIDIA_MIG_MONITOR_DEVICES", "monitor")}) {
    const auto asked = variable(config, name);
    if (!asked || asked->empty() || *asked == "void" || *asked == "none") continue;
    if (*asked != "all")
      return fail(Code::kInvalidArgument, std::string(name) + " is " + quoted(*asked),
                  "say all: the driver has one right for all GPUs");
    if (!config.may_administer)
      return fail(Code::kNoPermission,
                  std::string(name) + " is for containers that may administer the host",
                  "start it with --cap-add SYS_ADMIN, or without the variable");
    request.caps.emplace_back(cap);
  }
  return request;
}

}  // namespace septet::container
