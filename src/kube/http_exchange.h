// kube/http_exchange.h — one HTTP request and its answer, by libcurl.
//
// TLS 1.2 or later, the server's certificate checked against the cluster's authority; no redirects,
// no proxies, no other protocols. One connection is kept for the next request.
// Threads. One exchange per thread.
// Errors. kUnavailable: no answer (the cause is libcurl's sentence), more than was allowed, silent
//         for too long. kInterrupted: `stop` became true (seen within half a second).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kube/api_client.h"

namespace septet::kube {

struct HttpRequest {
  std::string method = "GET", path;
  std::string body, content_type;           // no body when content_type is empty
  std::chrono::milliseconds total{30'000};  // 0: as long as it talks
  // A stream of a 200 that is silent for so long ends well, anything else as kUnavailable; 0: only
  // `total` counts.
  std::chrono::milliseconds silence{0};
  const std::atomic<bool>* stop = nullptr;
  // Takes the body of a 200 piece by piece instead of collecting it; an error ends the exchange and
  // is its result.
  std::function<Result<>(std::string_view)> on_bytes;
};
struct HttpAnswer {
  long status = 0;
  std::string body;  // up to 16 MiB
};

class HttpExchange {
 public:
  static Result<std::unique_ptr<HttpExchange>> open(ApiAccess access);
  virtual ~HttpExchange() = default;
  virtual Result<HttpAnswer> send(const HttpRequest& request) = 0;
};

}  // namespace septet::kube
