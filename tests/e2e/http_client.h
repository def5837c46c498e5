// tests/e2e/http_client.h — speaks HTTP/1.1 to an agent over its unix socket or a port, byte by
// byte.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/json.h"

namespace septet::e2e {

struct HttpAnswer {
  int status = 0;  // 0: none came
  std::string head, body;
  Json json() const { return Json::parse(body, nullptr, false); }
};

// A path of a unix socket, or "127.0.0.1:PORT".
class HttpClient {
 public:
  explicit HttpClient(std::string where) : where_(std::move(where)) {}

  using Headers = std::map<std::string, std::string>;
  HttpAnswer get(const std::string& target, Headers headers = {}) const;
  HttpAnswer post(const std::string& target, const Json& body, Headers headers = {}) const;
  HttpAnswer raw(const std::string& request) const;
  // Asks until somebody answers; false: not within ten seconds.
  bool wait_until_served() const;

 private:
  friend class EventReader;
  int open() const;  // -1: nobody listens
  std::string where_;
};

// The events of one stream, as they come.
class EventReader {
 public:
  explicit EventReader(const HttpClient& client);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // Data of the next event of this name that `wanted` accepts; null: none within `ms`.
  Json next(const std::string& name, int ms, const std::function<bool(const Json&)>& wanted = {});

 private:
  bool read_more(int ms);
  int file_ = -1;
  std::string buffer_;
};

}  // namespace septet::e2e
