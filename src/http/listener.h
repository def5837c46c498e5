// http/listener.h — a socket that listens, and what of it is left on disk.
#pragma once

#include <sys/stat.h>

#include "base/result.h"
#include "http/server.h"

namespace septet::http {

// Closes what it listens on; of a unix socket also removes the file, if it still is its own.
class Listener {
 public:
  // TCP: SO_REUSEADDR. Unix: `mode` holds before anybody can connect; a socket that nobody answers
  // on is replaced, anything else at that path is left alone.
  // kInvalidArgument (no such address here; a path that is no socket), kNoPermission, kBusy.
  static Result<Listener> open(const Address& address, unsigned mode);
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  int descriptor() const { return descriptor_; }
  const Address& address() const { return address_; }  // with the port that was free

 private:
  Listener(int descriptor, Address address);
  Result<> listen_on_path(unsigned mode);
  Result<> listen_on_port();

  int descriptor_ = -1;
  Address address_;
  struct stat made_ {};  // of the socket's file
};

}  // namespace septet::http
