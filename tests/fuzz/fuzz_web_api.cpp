// Any request from whoever reaches the agent's HTTP API, over a simulated node's state file: there
// is an answer, a refusal has the shape of one, and without the token nothing is changed.
#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "fuzz/byte_reader.h"
#include "partition/testing/file_driver.h"
#include "web/api.h"

namespace septet::fuzz {
namespace {

namespace sim = driver::simulated;

constexpr const char* kToken = "0123456789abcdef";

class Answered final : public http::Reply {
 public:
  void send(http::Response response) override { take(std::move(response)); }
  std::shared_ptr<http::Stream> stream(http::Response head, std::string) override {
    take(std::move(head));
    return nullptr;  // its client is gone already
  }
  http::Response wait() {
    std::unique_lock lock(mutex_);
    const bool came =
        came_.wait_for(lock, std::chrono::seconds(60), [this] { return response_.has_value(); });
    SEPTET_ASSERT(came);
    return *response_;
  }

 private:
  void take(http::Response response) {
    const std::scoped_lock lock(mutex_);
    SEPTET_ASSERT(!response_);  // once
    response_ = std::move(response);
    came_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<http::Response> response_;
};

// One node for all inputs; gone with the process.
class Served {
 public:
  Served() {
    std::string folder = (std::filesystem::temp_directory_path() / "septet-fuzz-XXXXXX").string();
    SEPTET_ASSERT(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    sim::NodeSpec spec;
    spec.boards.resize(2);
    for (sim::BoardSpec& board : spec.boards) board.mig = true;
    const auto made = sim::StateFile::create(folder + "/node", sim::make_node(spec).value(), false);
    SEPTET_ASSERT(made);
    file_ = sim::StateFile::open(folder + "/node").value();
    auto seen = std::make_shared<web::Seen>();
    seen->node = now();
    live_.see(std::move(seen), true);
  }
  ~Served() {
    std::error_code ignored;  // a folder left in /tmp breaks nothing
    std::filesystem::remove_all(folder_, ignored);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  std::string cuts() {
    std::string text;
    for (const mig::Gpu& gpu : now().gpus) text += plan::to_string(plan::cut_of(gpu)) + "\n";
    return text;
  }
  http::Response ask(const http::Request& request) {
    const auto reply = std::make_shared<Answered>();
    api_.handle(request, reply);
    return reply->wait();
  }

 private:
  std::unique_ptr<driver::Driver> open() {
    return std::make_unique<partition::FileDriver>(*file_, [] {});
  }
  mig::Node now() { return open()->observe().value(); }

  std::string folder_;
  std::unique_ptr<sim::StateFile> file_;
  web::Live live_{{"septet", "fuzz", 0, true}};
  web::Api api_{
      {.token = kToken, .local = true, .tls = false, .listens_on = "127.0.0.1", .hosts = {}},
      live_,
      [this]() -> Result<std::unique_ptr<driver::Driver>> { return open(); },
      {[](std::int64_t, std::optional<std::uint32_t>) -> Result<Json> { return Json::object(); },
       []() -> Result<std::string> { return std::string(); }},
      [] {}};
};

std::string text_of(ByteReader& bytes) {
  std::string text;
  for (std::size_t left = bytes.byte() % 40; left > 0; --left)
    text += static_cast<char>(bytes.byte());
  return text;
}

constexpr const char* kBodies[] = {R"({"gpus":[{"gpu":0,"instances":[")",
                                   R"({"plan":{"undo":"last"},"hash":")",
                                   R"({"file":")",
                                   R"({"undo":)",
                                   R"({"scenario":"small-llms","seconds":)",
                                   R"({"text":")"};

http::Request request_of(ByteReader& bytes) {
  http::Request request;
  constexpr const char* kMethods[] = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"};
  request.method = kMethods[bytes.pick(6)];
  const auto routes = web::routes();
  const std::size_t route = bytes.pick(routes.size() + 4);
  request.path = route < routes.size() ? std::string(routes[route].path) : "/" + text_of(bytes);
  const std::uint8_t has = bytes.byte();
  request.headers["host"] = (has & 1) != 0 ? text_of(bytes) : "localhost:8080";
  if ((has & 2) == 0) request.headers["content-type"] = "application/json";
  if ((has & 4) != 0) request.headers["authorization"] = "Bearer " + text_of(bytes);
  if ((has & 8) != 0) request.headers["origin"] = text_of(bytes);
  if ((has & 16) != 0) request.headers["accept-encoding"] = text_of(bytes);
  if ((has & 32) != 0) request.query[text_of(bytes)] = text_of(bytes);
  if ((has & 64) != 0) request.query["most"] = text_of(bytes);
  if ((has & 128) != 0) request.body = kBodies[bytes.pick(std::size(kBodies))];
  request.body += bytes.rest();
  return request;
}

void check(const http::Request& request, const http::Response& response) {
  SEPTET_ASSERT(response.status >= 200 && response.status < 600);
  SEPTET_ASSERT(response.headers.contains("X-Content-Type-Options"));
  if (response.status < 400) return;
  const Json body = Json::parse(response.body, nullptr, false);
  SEPTET_ASSERT(body.is_object() && body.contains("error"));
  for (const char* const key : {"code", "what", "remedy", "exit_code"})
    SEPTET_ASSERT(body["error"].contains(key));
  SEPTET_ASSERT(!response.body.contains(kToken) || request.body.contains(kToken));
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static septet::fuzz::Served served;
  septet::fuzz::ByteReader bytes(data, size);
  const auto request = septet::fuzz::request_of(bytes);
  const auto given = request.headers.find("authorization");
  const bool token = given != request.headers.end() &&
                     given->second == std::string("Bearer ") + septet::fuzz::kToken;
  const std::string before = served.cuts();
  septet::fuzz::check(request, served.ask(request));
  SEPTET_ASSERT(token || served.cuts() == before);
  return 0;
}
