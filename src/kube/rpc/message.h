// kube/rpc/message.h — gRPC's own layer over HTTP/2: a length before each message, a status after
// the last.
//
// Source. doc/PROTOCOL-HTTP2.md and doc/statuscodes.md of grpc (v1.51): the names and numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace septet::kube::rpc {

enum class StatusCode : std::uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};
struct Status {
  StatusCode code = StatusCode::kOk;
  std::string words;
  bool ok() const { return code == StatusCode::kOk; }
};
// What one call ends with; the message counts when the status is ok.
struct Answer {
  Status status;
  std::string message;
};

// One message as it travels, and back: `bytes` must be exactly one, uncompressed.
std::string framed(std::string_view message);
struct Unframed {
  Status status;
  std::string_view message;  // of `bytes`
};
Unframed unframed(std::string_view bytes);
inline constexpr std::size_t kFrameHead = 5;

// Words of a status as they travel in a header, and back. What is badly escaped stays as it is.
std::string escaped(std::string_view words);
std::string unescaped(std::string_view words);
// Of a grpc-status header; kUnknown: not a number that there is.
StatusCode code_of(std::string_view number);

// kUnavailable when nobody answers in time, kInvalidArgument when refused as such, and so on.
Error error_of(const Status& status, std::string what, std::string remedy);
// What kubelet is told of an error of ours: INVALID_ARGUMENT, UNAVAILABLE or INTERNAL, our
// sentence.
Status status_of(const Error& error);

}  // namespace septet::kube::rpc
