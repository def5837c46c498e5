#include "kube/watch_lines.h"

#include "base/quoted.h"
#include "kube/read_json.h"

namespace septet::kube {
namespace {

constexpr std::size_t kMostLine = std::size_t{16} << 20;
constexpr std::size_t kMostStatusWords = 2000;

std::optional<ApiClient::Seen> seen_of(const std::string& type) {
  using Seen = ApiClient::Seen;
  if (type == "ADDED") return Seen::kAdded;
  if (type == "MODIFIED") return Seen::kModified;
  if (type == "DELETED") return Seen::kDeleted;
  if (type == "BOOKMARK") return Seen::kBookmark;
  return std::nullopt;
}

}  // namespace

Code code_of_http(long code) {
  switch (code) {
    case 400:
    case 413:
    case 422: return Code::kInvalidArgument;
    case 401:
    case 403: return Code::kNoPermission;
    case 404: return Code::kNotFound;
    case 409:
    case 410: return Code::kConflict;
    case 405:
    case 415: return Code::kNotSupported;
    default: return Code::kUnavailable;
  }
}

Error error_of_status(const Json& status, long code, std::string what) {
  const Json* const own = member(status, "code");
  if (code == 0 && own != nullptr && own->is_number_integer()) code = own->get<long>();
  std::string said = text_at(status, {"message"}).substr(0, kMostStatusWords);
  if (said.empty()) said = "the API server answered " + std::to_string(code);
  const Code ours = code_of_http(code);
  auto cause = std::make_shared<const Error>(Error{ours, std::move(said), {}, 0, nullptr});
  return {ours, std::move(what), {}, 0, std::move(cause)};
}

Result<> WatchLines::take(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos || !unfinished_.empty()) {
      unfinished_ += bytes.substr(0, end);
      if (unfinished_.size() > kMostLine) {
        return fail(Code::kUnavailable, "an event of more than 16 MiB");
      }
    }
    if (end == std::string_view::npos) return {};
    const std::string joined = std::exchange(unfinished_, {});
    TRY(take_line(joined.empty() ? bytes.substr(0, end) : std::string_view(joined)));
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Result<> WatchLines::take_line(std::string_view line) {
  if (line.find_first_not_of(" \r\t") == std::string_view::npos) return {};
  const Json event = TRY(read_json(line));
  const std::string type = text_at(event, {"type"});
  const Json* const object = member(event, "object");
  if (object == nullptr || !object->is_object()) {
    return fail(Code::kUnavailable, "an event without an object: " + quoted(type));
  }
  if (type == "ERROR") return std::unexpected(error_of_status(*object, 0, "the watch was ended"));
  const auto seen = seen_of(type);
  if (!seen) return fail(Code::kUnavailable, "an event of an unknown kind: " + quoted(type));
  ++events_;
  on_event_(*seen, *object);
  return {};
}

}  // namespace septet::kube
