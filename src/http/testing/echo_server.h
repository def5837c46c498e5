// http/testing/echo_server.h — for tests: a server that says what it was asked.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "base/json.h"
#include "http/testing/raw_client.h"

namespace septet::http::testing {

// GET /stream?first=TEXT keeps its stream in `streams`; /later keeps its reply in `replies`; /drop
// forgets it; /throw throws; /big answers with `size` bytes; all else is echoed as JSON.
class EchoServer {
 public:
  explicit EchoServer(Options options = {}) {
    if (!options.address.is_unix() && options.address.host.empty()) {
      options.address.host = "127.0.0.1";
    }
    auto started = Server::start(std::move(options),
                                 [this](const Request& request, std::shared_ptr<Reply> reply) {
                                   answer(request, std::move(reply));
                                 });
    EXPECT_TRUE(started) << started.error().describe();
    if (started) server = std::move(*started);
  }

  RawClient client() const { return RawClient(server->address()); }
  std::shared_ptr<Stream> stream_at(std::size_t index) {
    const std::lock_guard lock(mutex);
    return index < streams.size() ? streams[index] : nullptr;
  }
  // Waits until the handler has opened that many streams.
  bool has_streams(std::size_t count) {
    return eventually([&] { return stream_at(count - 1) != nullptr; });
  }
  std::shared_ptr<Reply> take_reply() {
    std::shared_ptr<Reply> taken;
    eventually([&] {
      const std::lock_guard lock(mutex);
      if (replies.empty()) return false;
      taken = std::move(replies.back());
      replies.pop_back();
      return true;
    });
    return taken;
  }

  std::mutex mutex;
  std::vector<std::shared_ptr<Stream>> streams;
  std::vector<std::shared_ptr<Reply>> replies;
  std::atomic<int> asked = 0;
  std::unique_ptr<Server> server;  // last: ends before what its handler uses

 private:
  void answer(const Request& request, std::shared_ptr<Reply> reply) {
    ++asked;
    const auto query = [&](const char* name) {
      const auto found = request.query.find(name);
      return found == request.query.end() ? std::string() : found->second;
    };
    if (request.path == "/drop") return;
    if (request.path == "/throw") (void)std::string("x").at(7);  // as a library would
    const std::lock_guard lock(mutex);
    if (request.path == "/later") return replies.push_back(std::move(reply));
    if (request.path == "/stream") {
      streams.push_back(reply->stream({.content_type = "text/event-stream"}, query("first")));
      return;
    }
    if (request.path == "/big")
      return reply->send({.body = std::string(std::stoul(query("size")), 'b')});
    Json echo = {
        {"method", request.method},
        {"path", request.path},
        {"query", request.query},
        {"headers", request.headers},
        {"body", request.body.size() > 100 ? std::to_string(request.body.size()) : request.body},
        {"peer", request.peer}};
    reply->send({.body = to_text(echo), .headers = {{"X-Test", "yes"}}});
  }
};

}  // namespace septet::http::testing
