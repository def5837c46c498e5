// kube/rpc/call.h — one gRPC call of one message over a unix socket, with a connection of its own.
#pragma once

#include <chrono>
#include <string>

#include "kube/rpc/message.h"

namespace septet::kube::rpc {

// Where and how: "/v1.PodResourcesLister/List"; an answer has at most `most_answer` bytes.
struct CallTarget {
  std::string socket, path;
  std::chrono::milliseconds wait{5'000};
  std::size_t most_answer = std::size_t{4} << 20;
};
// Returns within `wait`. UNAVAILABLE: nobody there, or no gRPC; DEADLINE_EXCEEDED: no answer in
// time; INVALID_ARGUMENT: also a path that no socket can have (kube/unix_socket.h says which).
Answer call(const CallTarget& target, std::string_view message);

}  // namespace septet::kube::rpc
