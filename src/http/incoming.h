// http/incoming.h — one request as it comes in: what of it is acceptable, and where it stops being.
#pragma once

#include <optional>

#include "http/microhttpd_library.h"
#include "http/server.h"

namespace septet::http {

class Incoming {
 public:
  // The target as it was sent.
  void begin(std::string_view target, const Limits& limits);
  // Reads the headers. What is wrong with the request is kept, not returned: its body is still to
  // be taken off the wire, or the client would see a reset instead of the answer.
  void read_head(const MicrohttpdLibrary& library, MHD_Connection* connection,
                 std::string_view method, const Limits& limits);
  void check_host(std::string_view version);  // "HTTP/1.1" needs the header
  // false: more than is worth taking; close without an answer.
  bool take_body(std::string_view bytes, const Limits& limits);
  void refuse(Response response);

  const std::optional<Response>& refusal() const { return refusal_; }
  // The refusal is to be sent now: the client waits for it, or sends too much behind it.
  bool refused_before_body(const Limits& limits) const;
  Request& request() { return request_; }
  bool is_head() const { return is_head_; }

 private:
  void check_framing(const Limits& limits);

  Request request_;
  std::optional<Response> refusal_;
  std::uint64_t announced_ = 0, taken_ = 0;  // bytes of the body
  bool is_head_ = false;
  bool framed_ = true;  // where the body ends can be known
  std::string target_;
};

}  // namespace septet::http
