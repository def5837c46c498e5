#include "kube/unix_socket.h"

#include <grpc/support/log.h>
#include <sys/un.h>

#include <cctype>
#include <cstdlib>

namespace septet::kube {
namespace {

// A status travels in a header, and headers over 8 KiB break the connection.
constexpr std::size_t kMostWords = 1500;

// gRPC writes to standard error by itself, what we return as an error anyway. Whoever debugs it
// sets GRPC_VERBOSITY.
void hush_grpc() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours changes the environment
  static const bool wanted = std::getenv("GRPC_VERBOSITY") != nullptr;
  if (!wanted) gpr_set_log_function([](gpr_log_func_args*) {});
}

Code code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return Code::kInvalidArgument;
    case grpc::StatusCode::NOT_FOUND: return Code::kNotFound;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return Code::kNoPermission;
    case grpc::StatusCode::UNIMPLEMENTED: return Code::kNotSupported;
    case grpc::StatusCode::OK:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::DO_NOT_USE: return Code::kUnavailable;
  }
  return Code::kUnavailable;
}

grpc::StatusCode told_code(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kInfeasible:
    case Code::kNotSupported:
    case Code::kNotFound: return grpc::StatusCode::INVALID_ARGUMENT;
    case Code::kBusy:
    case Code::kUnavailable:
    case Code::kNoDriver:
    case Code::kNeedsReset:
    case Code::kAwaitsReboot:
    case Code::kInterrupted:
    case Code::kConflict: return grpc::StatusCode::UNAVAILABLE;
    case Code::kNoPermission:
    case Code::kInternal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

}  // namespace

Result<std::string> unix_address(const std::string& path) {
  if (!path.starts_with('/')) {
    return fail(Code::kInvalidArgument, "the socket path \"" + path + "\" is not absolute");
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Code::kInvalidArgument,
                "the socket path " + path + " has " + std::to_string(path.size()) +
                    " bytes, a socket's path at most 107",
                "use a shorter folder");
  }
  hush_grpc();
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string address = "unix:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("/._-").contains(c)) {
      address += c;
    } else {
      address += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return address;
}

Result<std::shared_ptr<grpc::Channel>> unix_channel(const std::string& path, int most_bytes) {
  const std::string address = TRY(unix_address(path));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(most_bytes);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::chrono::system_clock::time_point within(std::chrono::milliseconds time) {
  return std::chrono::system_clock::now() + time;
}

Error error_of(const grpc::Status& status, std::string what, std::string remedy) {
  const Code code = code_of(status.error_code());
  std::string words = status.error_message().substr(0, kMostWords);
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) words = "no answer in time";
  if (words.empty()) words = "gRPC status " + std::to_string(status.error_code());
  auto cause = std::make_shared<const Error>(Error{code, std::move(words), {}, 0, nullptr});
  return Error{code, std::move(what), std::move(remedy), 0, std::move(cause)};
}

grpc::Status status_of(const Error& error) {
  return {told_code(error.code), error.describe().substr(0, kMostWords)};
}

}  // namespace septet::kube
