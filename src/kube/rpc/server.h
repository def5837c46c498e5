// kube/rpc/server.h — one gRPC service on one unix socket.
//
// Limits.  32 connections, those of session.h each. All servers of a process share one thread, in
//          which methods are called.
// Threads. All functions may be called from any thread but that one.
// Errors.  kUnavailable with the system's sentence when the socket cannot be made.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "kube/rpc/session.h"

namespace septet::kube::rpc {

class Server {
 public:
  // Only the owner of `path` may connect to it. Its name may be changed; it is not removed.
  static Result<std::unique_ptr<Server>> start(const std::string& path, Service service);
  virtual ~Server() = default;  // ends the calls and connections
  // The latest message, for those who watch.
  virtual void tell(const std::string& message) = 0;
  virtual bool told(std::chrono::milliseconds wait) = 0;  // to all of them
  virtual unsigned watching() const = 0;
};

}  // namespace septet::kube::rpc
