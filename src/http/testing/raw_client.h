// http/testing/raw_client.h — for tests: bytes to a server over its socket, and what came back.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "http/server.h"

namespace septet::http::testing {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
inline constexpr auto kPatience = 20s;  // a failing test's, not a passing one's

// A folder of its own, short enough for sockets.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = "/tmp/septet-http-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct RawAnswer {
  int status = 0;  // 0: none came
  std::map<std::string, std::string> headers = {};
  std::string body = {};
};

class RawClient {
 public:
  explicit RawClient(const Address& address, int receive_buffer = 0) {
    const int family = address.is_unix()            ? AF_UNIX
                       : address.host.contains(':') ? AF_INET6
                                                    : AF_INET;
    socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_storage bytes{};
    auto* const at = reinterpret_cast<sockaddr*>(&bytes);
    socklen_t size = sizeof(sockaddr_in6);
    if (family == AF_UNIX) {
      auto& to = reinterpret_cast<sockaddr_un&>(bytes);
      address.socket.copy(to.sun_path, sizeof(to.sun_path) - 1);
      size = sizeof(to);
    } else {
      auto& to = reinterpret_cast<sockaddr_in6&>(bytes);  // the port is at the same place
      to.sin6_port = htons(address.port);
      void* const host = family == AF_INET6
                             ? static_cast<void*>(&to.sin6_addr)
                             : static_cast<void*>(&reinterpret_cast<sockaddr_in&>(bytes).sin_addr);
      ::inet_pton(family, address.host.c_str(), host);
    }
    at->sa_family = static_cast<sa_family_t>(family);
    connected_ = ::connect(socket_, at, size) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        unread_(std::move(other.unread_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void finish_sending() const { ::shutdown(socket_, SHUT_WR); }

  // false: the server is gone, or takes nothing for as long as kPatience.
  bool send(std::string_view bytes) const {
    const auto until = Clock::now() + kPatience;
    while (!bytes.empty() && Clock::now() < until) {
      pollfd on = {socket_, POLLOUT, 0};
      ::poll(&on, 1, 100);
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return bytes.empty();
  }

  // Everything up to the end of the connection; nullopt: it does not end in time.
  std::optional<std::string> read_to_end(std::chrono::milliseconds time = kPatience) {
    while (read_more(Clock::now() + time)) {
    }
    if (!ended_) return std::nullopt;
    return std::exchange(unread_, {});
  }
  bool ends_within(std::chrono::milliseconds time) { return read_to_end(time).has_value(); }
  // Reads until `text` has come, and returns what came up to its end.
  std::optional<std::string> read_until(std::string_view text) {
    const auto until = Clock::now() + kPatience;
    while (true) {
      const auto found = unread_.find(text);
      if (found != std::string::npos) return read_bytes(found + text.size());
      if (!read_more(until)) return std::nullopt;
    }
  }

  RawAnswer read_answer(bool has_body = true) {
    RawAnswer answer;
    const auto head = read_until("\r\n\r\n");
    if (!head) return answer;
    std::string_view rest = *head;
    const auto space = rest.find(' ');
    std::from_chars(rest.data() + space + 1, rest.data() + rest.size(), answer.status);
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (!rest.starts_with("\r\n")) {
      const auto colon = rest.find(": "), end = rest.find("\r\n");
      answer.headers.emplace(rest.substr(0, colon), rest.substr(colon + 2, end - colon - 2));
      rest.remove_prefix(end + 2);
    }
    if (!has_body || answer.status == 100) return answer;
    if (answer.headers.contains("Content-Length")) {
      answer.body = read_bytes(std::stoul(answer.headers["Content-Length"])).value_or("(cut)");
    } else if (answer.headers.contains("Transfer-Encoding")) {
      while (const auto chunk = read_chunk()) answer.body += *chunk;
    } else {
      answer.body = read_to_end().value_or("(no end)");
    }
    return answer;
  }
  RawAnswer ask(std::string_view request, bool has_body = true) {
    if (!send(request)) return {};
    return read_answer(has_body);
  }

  // The next chunk of a chunked body; nullopt: its end, or none came.
  std::optional<std::string> read_chunk() {
    const auto line = read_until("\r\n");
    if (!line) return std::nullopt;
    const std::size_t size = std::stoul(*line, nullptr, 16);
    auto chunk = read_bytes(size + 2);
    if (size == 0 || !chunk) return std::nullopt;
    chunk->resize(size);
    return chunk;
  }

 private:
  bool read_more(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd on = {socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&on, 1, static_cast<int>(left)) != 1) return false;
    char bytes[16384];
    const ssize_t got = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (got <= 0) ended_ = true;
    if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::optional<std::string> read_bytes(std::size_t count) {
    const auto until = Clock::now() + kPatience;
    while (unread_.size() < count) {
      if (!read_more(until)) return std::nullopt;
    }
    std::string bytes = unread_.substr(0, count);
    unread_.erase(0, count);
    return bytes;
  }

  int socket_ = -1;
  bool connected_ = false, ended_ = false;
  std::string unread_;
};

// "GET /path HTTP/1.1" with a Host and `more` headers, each with its line end.
inline std::string get(const std::string& target, const std::string& more = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

// Looks at `condition` until it holds; false: it never did.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds time = kPatience) {
  const auto until = Clock::now() + time;
  while (!condition()) {
    if (Clock::now() > until) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace septet::http::testing
