// web/testing/api_fixture.h — for tests: the API over a simulated node's state file, without a
// server.
#pragma once

#include <gtest/gtest.h>

#include "driver/simulated/scratch_node.h"
#include "partition/testing/file_driver.h"
#include "web/api.h"
#include "web/testing/fake_reply.h"

namespace septet::web::testing {

class ApiFixture : public ::testing::Test {
 protected:
  explicit ApiFixture(std::size_t gpus = 2)
      : node_(gpus),
        file_(node_.open()),
        live_({"septet 0.1.0", "gn0", 0, true}),
        api_(
            {.token = kToken, .local = true, .tls = false, .listens_on = "127.0.0.1", .hosts = {}},
            live_, [this] { return open(); },
            {[](std::int64_t, std::optional<std::uint32_t>) -> Result<Json> {
               return Json::object();
             },
             []() -> Result<std::string> { return std::string("septet_up 1\n"); }},
            [] {}) {
    look();
  }

  static constexpr const char* kToken = "0123456789abcdef";

  Result<std::unique_ptr<driver::Driver>> open() {
    return std::unique_ptr<driver::Driver>(std::make_unique<partition::FileDriver>(*file_, [] {}));
  }
  mig::Node now() { return (*open())->observe().value(); }
  void look(std::string governed_by = "") {
    auto seen = std::make_shared<Seen>();
    seen->node = now();
    seen->time_ms = 1'000;
    seen->governed_by = std::move(governed_by);
    live_.see(std::move(seen), true);
  }

  http::Request get(const std::string& path) const {
    return {.method = "GET",
            .path = path,
            .query = {},
            .headers = {{"host", "localhost"}},
            .body = "",
            .peer = "127.0.0.1"};
  }
  http::Request post(const std::string& path, const std::string& body, bool token = false) const {
    http::Request request = get(path);
    request.method = "POST";
    request.body = body;
    request.headers["content-type"] = "application/json";
    if (token) request.headers["authorization"] = std::string("Bearer ") + kToken;
    return request;
  }
  http::Response ask(const http::Request& request) {
    const auto reply = std::make_shared<FakeReply>();
    api_.handle(request, reply);
    return reply->wait();
  }
  // The body of an answer of `status`.
  Json json(const http::Request& request, int status = 200) {
    const http::Response response = ask(request);
    EXPECT_EQ(response.status, status) << request.path << " " << request.body << "\n"
                                       << response.body;
    return Json::parse(response.body, nullptr, false);
  }
  Json plan(const std::string& wanted, int status = 200) {
    return json(post("/api/v1/plan", wanted), status);
  }
  // The job's end, as the last one told.
  Json job(const std::string& id) {
    for (int looks = 0; looks < 100'000; ++looks) {
      const Json told = json(get("/api/v1/jobs/" + id));
      if (told["state"] != "running") return told;
      std::this_thread::yield();
    }
    return nullptr;
  }
  // "GPU 0: MIG on, 3g.40gb@0"
  std::string cut(std::size_t gpu) { return plan::to_string(plan::cut_of(now().gpus.at(gpu))); }

  driver::simulated::ScratchNode node_;
  std::unique_ptr<driver::simulated::StateFile> file_;
  Live live_;
  Api api_;
};

}  // namespace septet::web::testing
