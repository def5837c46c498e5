// Any bytes over a server's socket, cut anywhere: what reaches the handler is what server.h
// promises, and a good request afterwards is answered in time.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "fuzz/byte_reader.h"
#include "http/server.h"

namespace septet::fuzz {
namespace {

constexpr auto kInTime = std::chrono::seconds(10);
constexpr char kGood[] = "GET /good HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

http::Limits limits() {
  return {.target = 200,
          .headers = 2000,
          .body = 2000,
          .connections = 512,  // whoever is thrown at it lingers for a moment
          .stream_backlog = 10'000,
          .requests_per_s = 1'000'000'000,
          .idle_s = 2};
}

void check_request(const http::Request& request) {
  SEPTET_ASSERT(!request.method.empty() && request.method.size() <= 32);
  SEPTET_ASSERT(request.method != "HEAD" && request.peer.empty());
  SEPTET_ASSERT(request.path.starts_with('/') && request.path.size() <= limits().target);
  SEPTET_ASSERT(!request.path.contains('\0') && !(request.path + "/").contains("/../"));
  SEPTET_ASSERT(request.body.size() <= limits().body);
  std::size_t size = 0;
  for (const auto& [name, value] : request.headers) {
    size += name.size() + value.size();
    for (const char c : name) SEPTET_ASSERT(c < 'A' || c > 'Z');
  }
  SEPTET_ASSERT(size <= 2 * limits().headers);
}

// The path chooses: an answer, a stream that ends, one that does not, a reply that is dropped.
void answer(const http::Request& request, const std::shared_ptr<http::Reply>& reply) {
  check_request(request);
  if (request.path == "/good") return reply->send({.body = "good"});
  if (request.path.starts_with("/d")) return;
  if (!request.path.starts_with("/s")) return reply->send({.body = request.body});
  const auto stream = reply->stream({.content_type = "text/event-stream"}, request.body);
  stream->push(request.path);
  if (!request.path.starts_with("/st")) stream->end();
}

class Served {
 public:
  Served() {
    SEPTET_ASSERT(::mkdtemp(folder_.data()) != nullptr);
    http::Options options;
    options.address.socket = folder_ + "/s";
    options.limits = limits();
    auto started = http::Server::start(options, &answer);
    SEPTET_ASSERT(started.has_value());
    server_ = std::move(*started);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  int connected() const {
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    (folder_ + "/s").copy(at.sun_path, sizeof(at.sun_path) - 1);
    SEPTET_ASSERT(client >= 0);
    SEPTET_ASSERT(::connect(client, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0);
    return client;
  }

 private:
  std::string folder_ = "/tmp/septet-fuzz-XXXXXX";
  std::unique_ptr<http::Server> server_;
};

// What comes until the end of the connection, or until kInTime has passed.
std::string read_to_end(int client) {
  const auto until = std::chrono::steady_clock::now() + kInTime;
  std::string all;
  char bytes[4096];
  while (std::chrono::steady_clock::now() < until) {
    pollfd on = {client, POLLIN, 0};
    if (::poll(&on, 1, 1000) != 1) continue;
    const ssize_t got = ::recv(client, bytes, sizeof(bytes), 0);
    if (got <= 0) return all;
    all.append(bytes, static_cast<std::size_t>(got));
  }
  return all;
}

// A server that streams reads no more of that client: what it does not take in time is kept back.
void throw_at(const Served& served, std::string_view bytes, std::size_t piece, bool finish) {
  const int client = served.connected();
  while (!bytes.empty()) {
    pollfd on = {client, POLLOUT, 0};
    if (::poll(&on, 1, 10) != 1) break;
    const auto sent =
        ::send(client, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (finish) ::shutdown(client, SHUT_WR);
  char answered[4096];
  (void)::recv(client, answered, sizeof(answered), MSG_DONTWAIT);
  ::close(client);
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet::fuzz;
  static const Served served;
  ByteReader bytes(data, size);
  const std::size_t piece = 1 + 8 * bytes.byte();
  const bool finish = bytes.pick(2) == 1;
  const std::string text = bytes.rest();
  throw_at(served, text, piece, finish);
  const int client = served.connected();
  SEPTET_ASSERT(::send(client, kGood, sizeof(kGood) - 1, MSG_NOSIGNAL) ==
                static_cast<ssize_t>(sizeof(kGood) - 1));
  const std::string answered = read_to_end(client);
  ::close(client);
  SEPTET_ASSERT(answered.starts_with("HTTP/1.1 200") && answered.ends_with("\r\n\r\ngood"));
  return 0;
}
