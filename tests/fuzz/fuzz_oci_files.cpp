// Any bytes as what a runtime tells its hook: an error, or a request that keeps its promises; never
// a crash.
#include <algorithm>
#include <string>

#include "container/device_cgroup.h"
#include "container/hook_request.h"
#include "fuzz/byte_reader.h"

namespace septet::fuzz {
namespace {

void check_config(const std::string& text) {
  const auto config = container::parse_oci_config(text);
  if (!config) return;
  SEPTET_ASSERT(!config->root.empty() && !config->root.contains('\0'));
  const auto request = container::hook_request(*config);
  if (!request) {
    SEPTET_ASSERT(!request.error().what.empty() && !request.error().remedy.empty());
    return;
  }
  SEPTET_ASSERT(request->anything || (request->devices.empty() && request->caps.empty()));
  SEPTET_ASSERT(request->caps.empty() || config->may_administer);
  for (const std::string& word : request->devices)
    SEPTET_ASSERT(!word.empty() && std::ranges::all_of(word, [](char c) {
      return c > ' ' && c < 0x7f && c != ',' && c != '.';
    }));
}

void check_state(const std::string& text) {
  const auto state = container::parse_oci_state(text);
  if (!state) return;
  SEPTET_ASSERT(state->pid > 1 && state->bundle.starts_with('/'));
  SEPTET_ASSERT(!state->bundle.contains('\0'));
}

void check_group(const std::string& text) {
  const auto half = text.size() / 2;
  const auto folder = container::devices_folder(text.substr(0, half), text.substr(half));
  if (folder) SEPTET_ASSERT(!folder->contains("/../"));
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  septet::fuzz::ByteReader bytes(data, size);
  const std::string text = bytes.rest();
  septet::fuzz::check_config(text);
  septet::fuzz::check_state(text);
  septet::fuzz::check_group(text);
  return 0;
}
