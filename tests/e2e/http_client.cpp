#include "http_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <thread>

namespace septet::e2e {

namespace {

using Clock = std::chrono::steady_clock;

std::string request_text(const std::string& method, const std::string& target,
                         const HttpClient::Headers& headers, const std::string& body) {
  std::string text = method + " " + target + " HTTP/1.1\r\n";
  HttpClient::Headers all = headers;
  all.try_emplace("Host", "localhost");
  all.try_emplace("Connection", "close");
  if (!body.empty()) {
    all.try_emplace("Content-Type", "application/json");
    all.try_emplace("Content-Length", std::to_string(body.size()));
  }
  for (const auto& [name, value] : all) text += name + ": " + value + "\r\n";
  return text + "\r\n" + body;
}

// Until the other side closes, or ten seconds passed.
std::string read_all(int file) {
  std::string text;
  std::array<char, 65536> piece{};
  while (true) {
    pollfd one{file, POLLIN, 0};
    if (poll(&one, 1, 10'000) <= 0) return text;
    const auto got = read(file, piece.data(), piece.size());
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool send_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto sent = send(file, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The pieces of a chunked body put together.
std::string unchunked(const std::string& body) {
  std::string whole;
  for (std::size_t at = 0; at < body.size();) {
    const auto size = std::strtoul(body.c_str() + at, nullptr, 16);
    const auto line = body.find("\r\n", at);
    if (size == 0 || line == std::string::npos) break;
    whole += body.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  return whole;
}

}  // namespace

int HttpClient::open() const {
  const auto colon = where_.rfind(':');
  const bool port = where_.front() != '/' && colon != std::string::npos;
  const int file = socket(port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int failed = -1;
  if (port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(where_.substr(colon + 1))));
    inet_pton(AF_INET, where_.substr(0, colon).c_str(), &address.sin_addr);
    failed = connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    where_.copy(address.sun_path, sizeof address.sun_path - 1);
    failed = connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  if (failed == 0) return file;
  close(file);
  return -1;
}

HttpAnswer HttpClient::raw(const std::string& request) const {
  HttpAnswer answer;
  const int file = open();
  if (file < 0) return answer;
  send_all(file, request);
  const std::string text = read_all(file);
  close(file);
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos || !text.starts_with("HTTP/1.1 ")) return answer;
  answer.status = std::atoi(text.c_str() + 9);
  answer.head = text.substr(0, end);
  answer.body = text.substr(end + 4);
  if (answer.head.contains("chunked")) answer.body = unchunked(answer.body);
  return answer;
}

HttpAnswer HttpClient::get(const std::string& target, Headers headers) const {
  return raw(request_text("GET", target, headers, ""));
}

HttpAnswer HttpClient::post(const std::string& target, const Json& body, Headers headers) const {
  return raw(request_text("POST", target, headers, body.dump()));
}

bool HttpClient::wait_until_served() const {
  const auto end = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < end) {
    if (get("/healthz").status == 200) return true;
    (void)poll(nullptr, 0, 20);
  }
  return false;
}

EventReader::EventReader(const HttpClient& client) : file_(client.open()) {
  if (file_ >= 0) send_all(file_, request_text("GET", "/api/v1/events", {}, ""));
}

EventReader::~EventReader() {
  if (file_ >= 0) close(file_);
}

bool EventReader::read_more(int ms) {
  pollfd one{file_, POLLIN, 0};
  std::array<char, 65536> piece{};
  if (file_ < 0 || poll(&one, 1, ms) <= 0) return false;
  const auto got = read(file_, piece.data(), piece.size());
  if (got <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

// Chunks begin and end where events do not: their sizes stand alone on a line, which no line of an
// event does, and are stepped over.
Json EventReader::next(const std::string& name, int ms,
                       const std::function<bool(const Json&)>& wanted) {
  const auto end = Clock::now() + std::chrono::milliseconds(ms);
  const std::string head = "event: " + name + "\ndata: ";
  while (true) {
    const auto begin = buffer_.find(head);
    const auto stop = begin == std::string::npos ? begin : buffer_.find("\n\n", begin);
    if (stop != std::string::npos) {
      std::string data = buffer_.substr(begin + head.size(), stop - begin - head.size());
      buffer_.erase(0, stop + 2);
      for (auto at = data.find("\r\n"); at != std::string::npos; at = data.find("\r\n"))
        data.erase(at, data.find("\r\n", at + 2) + 2 - at);
      Json json = Json::parse(data, nullptr, false);
      if (!wanted || wanted(json)) return json;
      continue;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0 || !read_more(static_cast<int>(left))) return nullptr;
  }
}

}  // namespace septet::e2e
