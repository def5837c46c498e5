// Any text as a kubeconfig: an access that a client can be made of, or an error; never a crash.
#include <string>

#include "fuzz/byte_reader.h"
#include "kube/kubeconfig.h"

namespace septet::fuzz {
namespace {

void check(const std::string& text) {
  const auto document = parse_yaml("fuzz", text);
  if (!document) return;
  const auto access = kube::parse_kubeconfig(*document, "/etc/kube");
  if (!access) {
    SEPTET_ASSERT(access.error().what.starts_with("fuzz") ||
                  access.error().code == Code::kInvalidArgument);
    return;
  }
  SEPTET_ASSERT(kube::check_server(access->server).has_value());
  SEPTET_ASSERT(access->token.empty() || access->token_file.empty());
  SEPTET_ASSERT(access->authority_file.empty() || access->authority_file.starts_with('/'));
  SEPTET_ASSERT(kube::ApiClient::open(*access).has_value());
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  septet::fuzz::ByteReader bytes(data, size);
  const std::string text = bytes.rest();
  septet::fuzz::check(text);
  const auto decoded = septet::kube::decode_base64(text);
  SEPTET_ASSERT(!decoded || decoded->size() <= text.size());
  return 0;
}
