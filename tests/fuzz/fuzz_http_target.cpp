// Any bytes as a request's target: one reading or a refusal in words, and the same when it is
// escaped again. Any bytes in a server-sent event: one event.
#include <string>

#include "fuzz/byte_reader.h"
#include "http/sse.h"
#include "http/target.h"

namespace septet::fuzz {
namespace {

// Every byte but '/' as an escape.
std::string escaped(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      out += c;
    } else {
      out += {'%', kDigits[byte / 16], kDigits[byte % 16]};
    }
  }
  return out;
}

std::string escaped_query(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '/' ? "%2f" : escaped({&c, 1});
  return out;
}

void check_read(const http::Target& target) {
  SEPTET_ASSERT(target.path.starts_with('/'));
  SEPTET_ASSERT(!target.path.contains('\0') && !target.path.contains("//"));
  SEPTET_ASSERT(!(target.path + "/").contains("/../") && !(target.path + "/").contains("/./"));
  std::string again = escaped(target.path);
  char separator = '?';
  for (const auto& [name, value] : target.query) {
    again += separator + escaped_query(name) + "=" + escaped_query(value);
    separator = '&';
  }
  const auto same = http::read_target(again);
  SEPTET_ASSERT(same && same->path == target.path && same->query == target.query);
}

void check_event(const std::string& bytes) {
  SEPTET_ASSERT(bytes.ends_with("\n\n") && bytes.find("\n\n") == bytes.size() - 2);
  SEPTET_ASSERT(!bytes.contains('\r'));
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const std::string text = fuzz::ByteReader(data, size).rest();
  const auto target = http::read_target(text);
  if (target) {
    fuzz::check_read(*target);
  } else {
    SEPTET_ASSERT(target.error().code == Code::kInvalidArgument);
    SEPTET_ASSERT(!target.error().describe().empty());
  }
  fuzz::check_event(http::sse_event("state", text));
  fuzz::check_event(http::sse_event(text, "{}"));
  fuzz::check_event(http::sse_comment(text));
  return 0;
}
