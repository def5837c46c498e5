// kube/unix_socket.h — gRPC over a unix socket: the address, a channel to it, errors both ways.
//
// Limits. A socket's path has at most 107 bytes; a message at most what the channel was made for.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace septet::kube {

// "unix:/path", escaped as a URI. kInvalidArgument: not absolute, or too long for a socket.
Result<std::string> unix_address(const std::string& path);

// A channel with a connection of its own: gRPC shares failed connections between channels, and
// would not try again for up to two minutes after kubelet was away.
Result<std::shared_ptr<grpc::Channel>> unix_channel(const std::string& path, int most_bytes);

std::chrono::system_clock::time_point within(std::chrono::milliseconds time);

// kUnavailable when nobody answers in time, kInvalidArgument when refused as such, and so on.
Error error_of(const grpc::Status& status, std::string what, std::string remedy);
// What kubelet is told of an error of ours: INVALID_ARGUMENT, UNAVAILABLE or INTERNAL, our
// sentence.
grpc::Status status_of(const Error& error);

}  // namespace septet::kube
