// http/server.h — one HTTP/1.1 server: bounded, on loopback or a unix socket unless told otherwise.
//
// Knows nothing of GPUs: what is asked, and what is answered, are values. Answers may come later
// and from any thread; a stream is fed until its client goes.
//
// Limits. Every one of Limits is enforced before a handler sees the request: too long a target is
//         414, headers 431, a body 413, too many connections 503, too many requests 429; a client
//         that does not send or take anything for `idle_s` is let go.
//         So is one that drips: a request is whole within idle_s of its connection or of the answer
//         before it, an answer is taken within that and 1 s for each 16 KiB, and a stream's client
//         has caught up within idle_s. What is no HTTP, or a head far over its limits,
//         libmicrohttpd answers itself: the same statuses, but HTML.
// Threads. The handler is called by one thread of the server's own and must not block. Reply and
//         Stream may be used from any thread.
// Errors. start(): kInvalidArgument (an address that is none, TLS wanted and not given),
// kNoPermission,
//         kBusy (somebody listens there), kNotFound (libmicrohttpd.so.12 is not installed).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace septet::http {

struct Address {
  std::string host = {};    // "127.0.0.1", "::1", "0.0.0.0"; empty: a unix socket
  std::uint16_t port = 0;   // 0: any that is free
  std::string socket = {};  // path
  bool is_unix() const { return !socket.empty(); }
  bool is_loopback() const;  // or a unix socket
};
// "127.0.0.1:8080", "[::1]:8080", ":8080" (loopback), "8080" (loopback), "unix:/run/septet.sock".
// Names are not looked up, but for localhost. kInvalidArgument says what would do.
Result<Address> read_address(std::string_view text);

struct Request {
  std::string method;  // "GET", which HEAD is too: its answer goes without the body
  std::string path;    // decoded, begins with '/', without ".." or NUL or empty segments
  std::map<std::string, std::string> query, headers;  // names of headers in small letters
  std::string body;
  std::string peer;  // "127.0.0.1", or empty on a unix socket
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::map<std::string, std::string> headers = {};
  // Served without a copy when not empty: bytes that outlive the server (compiled in).
  std::string_view fixed_body = {};
};

// The client's end of a stream. Copies are the same stream.
class Stream {
 public:
  virtual ~Stream() = default;
  // false: the client is gone, or has more than Limits::stream_backlog bytes waiting and was let
  // go; nobody need push any more.
  virtual bool push(std::string_view bytes) = 0;
  // How many bytes wait to be taken: a state that is behind is better replaced than queued.
  virtual std::size_t waiting() const = 0;
  virtual void end() = 0;
};

// Exactly one of the two, once. Dropped without either: 500.
class Reply {
 public:
  virtual ~Reply() = default;
  virtual void send(Response response) = 0;
  // Headers are sent at once; `first` is sent before anything that is pushed.
  virtual std::shared_ptr<Stream> stream(Response head, std::string first) = 0;
};

using Handler = std::function<void(const Request& request, std::shared_ptr<Reply> reply)>;

struct Limits {
  std::size_t target = 2048, headers = 16 * 1024, body = 1024 * 1024;
  std::size_t connections = 512;
  std::size_t stream_backlog = 4 * 1024 * 1024;
  unsigned requests_per_s = 200;  // per peer, with a burst of twice that; unix sockets too
  unsigned idle_s = 30;
};

struct Options {
  Address address = {};
  std::string certificate_pem = {}, key_pem = {};  // both: TLS; neither: none
  unsigned socket_mode = 0600;                     // of a unix socket
  Limits limits = {};
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> start(Options options, Handler handler);
  // Ends streams, answers 503 to who waits for a Reply, gives both a second to be taken. Not from
  // the handler's thread.
  virtual ~Server() = default;
  virtual Address address() const = 0;  // with the port that was free
  virtual std::size_t streams() const = 0;
};

}  // namespace septet::http
