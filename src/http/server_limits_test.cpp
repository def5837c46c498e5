// Every limit of a server, over a socket: what is too long, too much, too often, too slow.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "http/testing/echo_server.h"

namespace septet::http {
namespace {

using namespace testing;

Limits small_limits() {
  return {.target = 100,
          .headers = 1000,
          .body = 1000,
          .connections = 4,
          .stream_backlog = 100'000,
          .requests_per_s = 1'000'000,
          .idle_s = 30};
}

Limits hasty_limits() {
  Limits limits = small_limits();
  limits.idle_s = 1;
  return limits;
}

std::string code_of(const RawAnswer& answer) {
  const Json body = Json::parse(answer.body, nullptr, false);
  return body.is_object() && body.contains("error") ? body["error"].value("code", "") : answer.body;
}

std::string post(std::size_t size, const std::string& more = {}) {
  return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n" + more +
         "\r\n";
}

std::string chunks(std::size_t count, std::size_t size) {
  char line[20];
  std::snprintf(line, sizeof(line), "%zx\r\n", size);
  std::string all = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = 0; i < count; ++i) all += line + std::string(size, 'c') + "\r\n";
  return all + "0\r\n\r\n";
}

TEST(ServerLimits, TooLongATarget) {
  EchoServer echo({.limits = small_limits()});
  auto client = echo.client();
  EXPECT_EQ(client.ask(get("/" + std::string(99, 'a'))).status, 200);
  const auto answer = client.ask(get("/" + std::string(100, 'a')));
  EXPECT_EQ(answer.status, 414);
  EXPECT_EQ(code_of(answer), "invalid-argument");
  EXPECT_EQ(echo.asked, 1);
}

TEST(ServerLimits, TooManyBytesOfHeaders) {
  EchoServer echo({.limits = small_limits()});
  auto client = echo.client();
  EXPECT_EQ(client.ask(get("/", "X: " + std::string(900, 'h') + "\r\n")).status, 200);
  const auto answer = client.ask(get("/", "X: " + std::string(1100, 'h') + "\r\n"));
  EXPECT_EQ(answer.status, 431);
  EXPECT_EQ(code_of(answer), "invalid-argument");
  EXPECT_EQ(echo.asked, 1);
}

TEST(ServerLimits, TooManyHeaders) {
  EchoServer echo({.limits = small_limits()});
  std::string many;
  for (int i = 0; i < 150; ++i) many += "a:\r\n";
  auto client = echo.client();
  EXPECT_EQ(client.ask(get("/", many)).status, 431);
  EXPECT_EQ(echo.asked, 0);
}

// Beyond what libmicrohttpd keeps of a request it answers itself, with the same status.
TEST(ServerLimits, AFloodOfHeadersIsCutOff) {
  EchoServer echo({.limits = small_limits()});
  for (const std::string& line : {std::string(100, 'h') + ": 1\r\n", std::string("a:\r\n")}) {
    auto client = echo.client();
    ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\n"));
    std::string flood;
    while (flood.size() < 100'000) flood += line;
    for (int i = 0; i < 100 && client.send(flood); ++i) {
    }
    EXPECT_TRUE(client.ends_within(kPatience));
  }
  auto line_without_end = echo.client();
  for (int i = 0; i < 100 && line_without_end.send(std::string(100'000, 'G')); ++i) {
  }
  EXPECT_TRUE(line_without_end.ends_within(kPatience));
  EXPECT_EQ(echo.asked, 0);
}

TEST(ServerLimits, TooLargeABodyIsAnsweredWhenItWasSent) {
  EchoServer echo({.limits = small_limits()});
  auto client = echo.client();
  EXPECT_EQ(client.ask(post(1000) + std::string(1000, 'b')).status, 200);
  const auto answer = client.ask(post(5000) + std::string(5000, 'b'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(code_of(answer), "invalid-argument");
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_EQ(echo.asked, 1);
}

TEST(ServerLimits, FarTooLargeABodyIsAnsweredBeforeItIsSent) {
  EchoServer echo({.limits = small_limits()});
  for (const std::string more : {"", "Expect: 100-continue\r\n"}) {
    auto client = echo.client();
    EXPECT_EQ(client.ask(post(more.empty() ? 1'000'000'000'000 : 1001, more)).status, 413);
    EXPECT_TRUE(client.ends_within(kPatience));
  }
  EXPECT_EQ(echo.asked, 0);
}

TEST(ServerLimits, ABodyInChunksHasTheSameLimit) {
  EchoServer echo({.limits = small_limits()});
  auto client = echo.client();
  EXPECT_EQ(client.ask(chunks(10, 100)).status, 200);
  EXPECT_EQ(client.ask(chunks(11, 100)).status, 413);
  auto flood = echo.client();
  flood.send(chunks(10'000, 1000));
  EXPECT_TRUE(flood.ends_within(kPatience)) << "cut off, for it was not worth reading";
  EXPECT_EQ(echo.asked, 1);
}

TEST(ServerLimits, ABodyThatEndsEarlyReachesNobody) {
  EchoServer echo({.limits = small_limits()});
  auto client = echo.client();
  ASSERT_TRUE(client.send(post(100) + "only this"));
  client.finish_sending();
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(echo.asked, 0);
}

TEST(ServerLimits, OneConnectionTooManyIsTold503) {
  EchoServer echo({.limits = small_limits()});
  std::vector<RawClient> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(echo.client());
    ASSERT_EQ(held.back().ask(get("/")).status, 200);
  }
  auto fifth = echo.client();
  const auto answer = fifth.ask(get("/"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(code_of(answer), "busy");
  EXPECT_TRUE(fifth.ends_within(kPatience));
  held.pop_back();
  EXPECT_TRUE(eventually([&] { return echo.client().ask(get("/")).status == 200; }));
}

TEST(ServerLimits, WhoOpensMoreThanIsToldDoesNotStopTheOthers) {
  EchoServer echo({.limits = small_limits()});
  auto early = echo.client();
  ASSERT_EQ(early.ask(get("/")).status, 200);
  std::vector<RawClient> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(echo.client());
  EXPECT_EQ(early.ask(get("/")).status, 200);
  flood.clear();
  EXPECT_TRUE(eventually([&] { return echo.client().ask(get("/")).status == 200; }));
}

TEST(ServerLimits, TooManyRequestsASecond) {
  const ScratchFolder folder;
  for (const std::string text : {"127.0.0.1:0", "unix:"}) {
    Limits limits = small_limits();
    limits.requests_per_s = 5;
    const auto address = read_address(text == "unix:" ? "unix:" + folder.at("s") : text);
    EchoServer echo({.address = *address, .limits = limits});
    const auto began = Clock::now();
    int good = 0, refused = 0;
    for (int i = 0; i < 60; ++i) {
      auto client = echo.client();
      const auto answer = client.ask(get("/"));
      good += answer.status == 200 ? 1 : 0;
      if (answer.status != 429) continue;
      ++refused;
      EXPECT_EQ(answer.headers.at("Retry-After"), "1");
      EXPECT_EQ(code_of(answer), "busy");
    }
    const double passed_s = std::chrono::duration<double>(Clock::now() - began).count();
    EXPECT_EQ(good + refused, 60);
    EXPECT_GE(good, 10) << "the burst";
    EXPECT_LE(good, 11 + 5 * passed_s);
    EXPECT_TRUE(eventually([&] { return echo.client().ask(get("/")).status == 200; }));
  }
}

// Until it is destroyed, this process can open `left` more descriptors.
class FewDescriptors {
 public:
  explicit FewDescriptors(int left) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few = {128, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int copy = ::dup(2); copy >= 0; copy = ::dup(2)) fillers_.push_back(copy);
    for (int i = 0; i < left; ++i) release();
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() {
    while (!fillers_.empty()) release();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  void release() {
    ::close(fillers_.back());
    fillers_.pop_back();
  }
  rlimit before_{};
  std::vector<int> fillers_;
};

TEST(ServerLimits, WithoutDescriptorsTheNextWaitsAndIsServed) {
  EchoServer echo({.limits = small_limits()});
  auto held = echo.client();
  // Twice: a sanitizer that looks at an object for the first time needs a descriptor, too.
  ASSERT_EQ(held.ask(get("/")).status, 200);
  ASSERT_EQ(held.ask(get("/")).status, 200);
  auto refused = [&] {
    const FewDescriptors few(1);
    auto next = echo.client();  // takes the one: nobody can accept it
    EXPECT_TRUE(next.send(get("/")));
    EXPECT_FALSE(next.ends_within(300ms));
    held.close();  // frees its own, and the server's
    EXPECT_EQ(next.read_answer().status, 200);
    return next;
  }();
  EXPECT_EQ(refused.ask(get("/")).status, 200);
}

// Sends a byte now and then, so that no wait for the next byte is ever long.
bool let_go_while_dripping(RawClient& client, std::string_view bytes) {
  const auto until = Clock::now() + kPatience;
  while (Clock::now() < until) {
    for (const char c : bytes) {
      if (!client.send({&c, 1}) || client.ends_within(50ms)) return true;
      if (Clock::now() > until) return false;
    }
  }
  return false;
}

TEST(ServerLimits, WhoDripsHeadersOrABodyIsLetGo) {
  EchoServer echo({.limits = hasty_limits()});
  const auto began = Clock::now();
  auto target = echo.client();
  EXPECT_TRUE(let_go_while_dripping(target, std::string(90, 'G')));
  auto headers = echo.client();
  ASSERT_TRUE(headers.send("GET / HTTP/1.1\r\nHost: x\r\nX: "));
  EXPECT_TRUE(let_go_while_dripping(headers, "slowly "));
  auto body = echo.client();
  ASSERT_TRUE(body.send(post(900)));
  EXPECT_TRUE(let_go_while_dripping(body, "slowly "));
  EXPECT_EQ(echo.asked, 0);
  EXPECT_LT(Clock::now() - began, 10s);
}

TEST(ServerLimits, WhoSaysNothingIsLetGo) {
  EchoServer echo({.limits = hasty_limits()});
  auto silent = echo.client();
  auto kept_alive = echo.client();
  EXPECT_EQ(kept_alive.ask(get("/")).status, 200);
  EXPECT_TRUE(silent.ends_within(kPatience));
  EXPECT_TRUE(kept_alive.ends_within(kPatience));
}

TEST(ServerLimits, WhoDoesNotTakeItsAnswerIsLetGo) {
  EchoServer echo({.limits = hasty_limits()});
  RawClient client(echo.server->address(), 4096);
  // More than the buffers of both sockets hold, and then nothing is read.
  ASSERT_TRUE(client.send(get("/big?size=30000000")));
  std::shared_ptr<Reply> unused;
  EXPECT_TRUE(eventually([&] { return echo.asked == 1; }));
  EXPECT_TRUE(eventually([&] { return !client.send("x"); })) << "the server still holds it";
}

TEST(ServerLimits, ALateReplyIsNobodysFault) {
  EchoServer echo({.limits = hasty_limits()});
  auto client = echo.client();
  ASSERT_TRUE(client.send(get("/later")));
  auto reply = echo.take_reply();
  ASSERT_NE(reply, nullptr);
  EXPECT_FALSE(client.ends_within(2500ms)) << "waited longer than a slow client may";
  reply->send({.body = "late"});
  EXPECT_EQ(client.read_answer().body, "late");
}

}  // namespace
}  // namespace septet::http
