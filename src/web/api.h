// web/api.h — every request of the HTTP API, and what answers it.
//
// One table of routes (openapi.json describes each; api_test.cpp holds them against each other).
// The server's thread only looks things up; what plans, reads files or simulates waits at a desk.
// Threads. handle() from the server's thread; answers come from others.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/server.h"
#include "web/change_worker.h"
#include "web/desk.h"
#include "web/guard.h"
#include "web/live.h"

namespace septet::web {

struct Route {
  std::string_view method, path;  // "/api/v1/jobs/{id}", "/assets/{name}"
  Access access = Access::kRead;
};
std::span<const Route> routes();

// What others answer for us: JSON of the past, and the metrics of now. Run at a desk.
struct Answers {
  std::function<Result<Json>(std::int64_t minutes, std::optional<std::uint32_t> gpu)> series;
  std::function<Result<std::string>()> metrics;
};

class Api {
 public:
  Api(Guard guard, Live& live, partition::OpenDriver open, Answers answers,
      std::function<void()> changed);
  void handle(const http::Request& request, const std::shared_ptr<http::Reply>& reply);
  void interrupt() { worker_.interrupt(); }  // what is being changed is undone

 private:
  using Request = http::Request;
  using Reply = std::shared_ptr<http::Reply>;
  void answer(const Route& route, const Request& request, const Reply& reply);
  void answer_read(std::string_view path, const Request& request, const Reply& reply);
  void answer_post(std::string_view path, const Request& request, const Reply& reply);
  void plan(const Request& request, const Reply& reply);
  void apply(const Request& request, const Reply& reply);
  void job(const Request& request, const Reply& reply);
  void changes(const Request& request, const Reply& reply);
  void series(const Request& request, const Reply& reply);
  void compare(const Request& request, const Reply& reply);
  // `work` at the desk; 429 when too many wait.
  void at(Desk& desk, const Reply& reply, std::function<http::Response()> work);

  Guard guard_;
  Live& live_;
  partition::OpenDriver open_;
  Answers answers_;
  std::function<void()> changed_;
  ChangeWorker worker_;
  // What is read is not kept waiting by what is planned, nor that by the lab.
  Desk reading_{32}, planning_{16}, lab_{1};
};

}  // namespace septet::web
