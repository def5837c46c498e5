#include "kube/rpc/message.h"

#include <charconv>
#include <memory>

namespace septet::kube::rpc {
namespace {

// A status travels in a header, and some clients break the connection at headers over 8 KiB.
constexpr std::size_t kMostWords = 1500;
constexpr char kHexDigits[] = "0123456789ABCDEF";

Code told_as(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange: return Code::kInvalidArgument;
    case StatusCode::kNotFound: return Code::kNotFound;
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnauthenticated: return Code::kNoPermission;
    case StatusCode::kUnimplemented: return Code::kNotSupported;
    case StatusCode::kOk:
    case StatusCode::kCancelled:
    case StatusCode::kUnknown:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kAlreadyExists:
    case StatusCode::kResourceExhausted:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kAborted:
    case StatusCode::kInternal:
    case StatusCode::kUnavailable:
    case StatusCode::kDataLoss: return Code::kUnavailable;
  }
  return Code::kUnavailable;
}

StatusCode told_as(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kInfeasible:
    case Code::kNotSupported:
    case Code::kNotFound: return StatusCode::kInvalidArgument;
    case Code::kBusy:
    case Code::kUnavailable:
    case Code::kNoDriver:
    case Code::kNeedsReset:
    case Code::kAwaitsReboot:
    case Code::kInterrupted:
    case Code::kConflict: return StatusCode::kUnavailable;
    case Code::kNoPermission:
    case Code::kInternal: return StatusCode::kInternal;
  }
  return StatusCode::kInternal;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string framed(std::string_view message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  std::string bytes;
  bytes.reserve(kFrameHead + message.size());
  bytes += '\0';  // not compressed
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((size >> shift) & 0xff);
  bytes += message;
  return bytes;
}

Unframed unframed(std::string_view bytes) {
  if (bytes.size() < kFrameHead) return {{StatusCode::kInternal, "a message without its head"}, {}};
  if (bytes.front() != '\0') {
    return {{StatusCode::kUnimplemented, "compressed messages are not read here"}, {}};
  }
  std::uint32_t size = 0;
  for (const char c : bytes.substr(1, 4)) size = (size << 8) | static_cast<unsigned char>(c);
  bytes.remove_prefix(kFrameHead);
  if (bytes.size() != size) {
    return {{StatusCode::kInternal, "a message of another length than it says"}, {}};
  }
  return {{}, bytes};
}

std::string escaped(std::string_view words) {
  std::string out;
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '%') {
      out += c;
    } else {
      out += {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
  }
  return out;
}

std::string unescaped(std::string_view words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool may = words[i] == '%' && i + 2 < words.size();
    const int high = may ? hex_value(words[i + 1]) : -1;
    const int low = may ? hex_value(words[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += words[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

StatusCode code_of(std::string_view number) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool known = error == std::errc() && end == number.data() + number.size() &&
                     value <= static_cast<unsigned>(StatusCode::kUnauthenticated);
  return known ? static_cast<StatusCode>(value) : StatusCode::kUnknown;
}

Error error_of(const Status& status, std::string what, std::string remedy) {
  std::string words = status.words.substr(0, kMostWords);
  if (words.empty()) words = "gRPC status " + std::to_string(static_cast<int>(status.code));
  auto cause =
      std::make_shared<const Error>(Error{told_as(status.code), std::move(words), {}, 0, nullptr});
  return Error{told_as(status.code), std::move(what), std::move(remedy), 0, std::move(cause)};
}

Status status_of(const Error& error) {
  return {told_as(error.code), error.describe().substr(0, kMostWords)};
}

}  // namespace septet::kube::rpc
