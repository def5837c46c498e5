// kube/testing/fake_api_server.h — for tests: an HTTP server on loopback that says what a test
// wants, well or badly.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kube/api_client.h"

namespace septet::kube::testing {

struct ApiRequest {
  std::string method, path, body;
  std::map<std::string, std::string> headers;  // names in small letters
};

class ApiConnection {
 public:
  explicit ApiConnection(int socket) : socket_(socket) {}

  bool send(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<std::size_t>(n);
    }
    return true;
  }
  void answer(int status, const std::string& body, const std::string& more_headers = "") const {
    send("HTTP/1.1 " + std::to_string(status) + " Words\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body);
  }
  void begin_stream() const { send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"); }
  void chunk(const std::string& text) const {
    char size[24];
    std::snprintf(size, sizeof(size), "%zx\r\n", text.size());
    send(size + text + "\r\n");
  }
  void end_stream() const { send("0\r\n\r\n"); }
  void cut() const { ::shutdown(socket_, SHUT_RDWR); }
  // Until the client goes away, or the time is over.
  bool client_left(int wait_ms) const {
    pollfd asked{socket_, POLLIN | POLLRDHUP, 0};
    return ::poll(&asked, 1, wait_ms) == 1 && (asked.revents & (POLLRDHUP | POLLHUP)) != 0;
  }

 private:
  int socket_;
};

class FakeApiServer {
 public:
  using Answers = std::function<void(const ApiRequest&, ApiConnection&)>;

  explicit FakeApiServer(Answers answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    acceptor_ = std::thread([this] { accept(); });
  }
  FakeApiServer(const FakeApiServer&) = delete;
  FakeApiServer& operator=(const FakeApiServer&) = delete;
  ~FakeApiServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(guard_);
      for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }
  ApiAccess access() const {
    ApiAccess access;
    access.server = url_;
    return access;
  }
  std::vector<ApiRequest> seen() const {
    const std::lock_guard lock(guard_);
    return seen_;
  }

 private:
  void accept() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::lock_guard lock(guard_);
      open_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  }
  void serve(int socket) {
    std::string bytes;
    ApiRequest request;
    ApiConnection connection(socket);
    while (read(socket, bytes, request)) {
      {
        const std::lock_guard lock(guard_);
        seen_.push_back(request);
      }
      answers_(request, connection);
    }
    const std::lock_guard lock(guard_);
    std::erase(open_, socket);
    ::close(socket);
  }
  static bool more(int socket, std::string& bytes) {
    char buffer[65536];
    const auto got = ::recv(socket, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    bytes.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  static bool read(int socket, std::string& bytes, ApiRequest& request) {
    while (!bytes.contains("\r\n\r\n")) {
      if (!more(socket, bytes)) return false;
    }
    request = {};
    const auto end = bytes.find("\r\n\r\n");
    std::istringstream head(bytes.substr(0, end));
    bytes.erase(0, end + 4);
    std::string line;
    head >> request.method >> request.path;
    std::getline(head, line);
    while (std::getline(head, line)) {
      const auto colon = line.find(':');
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      std::string value = line.substr(colon + 2);
      if (value.ends_with('\r')) value.pop_back();
      request.headers[name] = value;
    }
    const auto length = request.headers.find("content-length");
    const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (bytes.size() < size) {
      if (!more(socket, bytes)) return false;
    }
    request.body = bytes.substr(0, size);
    bytes.erase(0, size);
    return true;
  }

  Answers answers_;
  int listener_ = -1;
  std::string url_;
  mutable std::mutex guard_;
  std::vector<int> open_;
  std::vector<ApiRequest> seen_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace septet::kube::testing
