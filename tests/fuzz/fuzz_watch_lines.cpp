// Any bytes as a watch stream, cut anywhere: objects or an error, the same however they are cut.
#include <string>
#include <vector>

#include "fuzz/byte_reader.h"
#include "kube/read_json.h"
#include "kube/watch_lines.h"

namespace septet::fuzz {
namespace {

struct Outcome {
  std::vector<std::string> events;
  bool failed = false;
  Code code = Code::kInternal;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome watched(std::string_view bytes, std::size_t piece) {
  Outcome outcome;
  const kube::ApiClient::OnEvent on_event = [&](kube::ApiClient::Seen seen, const Json& object) {
    SEPTET_ASSERT(object.is_object());
    outcome.events.push_back(std::to_string(static_cast<int>(seen)) +
                             object.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  kube::WatchLines lines(on_event);
  while (!bytes.empty() && !outcome.failed) {
    const auto taken = lines.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (taken) continue;
    outcome.failed = true;
    outcome.code = taken.error().code;
    SEPTET_ASSERT(!taken.error().describe().empty());
  }
  SEPTET_ASSERT(lines.events() == outcome.events.size());
  return outcome;
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  septet::fuzz::ByteReader bytes(data, size);
  const std::size_t piece = 1 + bytes.byte();
  const std::string text = bytes.rest();
  SEPTET_ASSERT(septet::fuzz::watched(text, piece) == septet::fuzz::watched(text, text.size() + 1));
  const auto whole = septet::kube::read_json(text);
  if (whole) {
    const auto again = septet::kube::read_json(septet::to_text(*whole));
    SEPTET_ASSERT(again.has_value());
  }
  return 0;
}
