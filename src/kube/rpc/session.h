// kube/rpc/session.h — the serving side of one gRPC connection, without its socket: bytes in, bytes
// out.
//
// HTTP/2 by nghttp2. A service has methods that answer one message with one, and one that streams:
// whoever watches is told the latest message, and again when it changed; what was replaced while
// another was being written is never sent.
// Limits.  64 calls at once; a request of `most_request` bytes, 32 MiB of requests in `held`
//          together (RESOURCE_EXHAUSTED); 16 KiB of headers.
// Threads. One at a time. Methods are called inside receive().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "kube/rpc/message.h"

namespace septet::kube::rpc {

struct Service {
  // By path, as "/v1beta1.DevicePlugin/Allocate".
  std::map<std::string, std::function<Answer(std::string_view)>, std::less<>> methods;
  std::string watch;  // the path of the one that streams
  std::size_t most_request = std::size_t{4} << 20;
};
using Latest = std::shared_ptr<const std::string>;  // framed; nullptr: nothing can be told yet
bool same_message(const Latest& a, const Latest& b);

class Session {
 public:
  // `held` counts the bytes of requests in the making, of all sessions of a server. Both outlive
  // this.
  static std::unique_ptr<Session> open(const Service& service, std::size_t& held);
  virtual ~Session() = default;
  // False: that was no HTTP/2, or the client said goodbye: send what is left and close.
  virtual bool receive(std::string_view bytes) = 0;
  // What is to be sent now, until sent() says that a part of it was.
  virtual std::string_view unsent() = 0;
  virtual void sent(std::size_t bytes) = 0;
  // To every watching call, now and to come.
  virtual void tell(Latest latest) = 0;
  // Ends the watching calls well, and the connection with them.
  virtual void finish() = 0;
  virtual unsigned watching() const = 0;
  // Everybody who watches was sent `latest`, down to the last byte.
  virtual bool told(const Latest& latest) const = 0;
};

}  // namespace septet::kube::rpc
