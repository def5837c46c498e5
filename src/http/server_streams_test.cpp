// Streams: many at once, slow ones, ones that leave, and what is left of them when the server ends.
#include <gtest/gtest.h>

#include <algorithm>

#include "http/testing/echo_server.h"

namespace septet::http {
namespace {

using namespace testing;

Options with_limits(std::size_t backlog, unsigned idle_s) {
  Options options;
  options.limits.stream_backlog = backlog;
  options.limits.idle_s = idle_s;
  options.limits.requests_per_s = 1'000'000;
  return options;
}

TEST(ServerStreams, TheHeadAtOnceTheFirstBytesFirst) {
  EchoServer echo;
  auto silent = echo.client();
  const auto head = silent.ask(get("/stream"), false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("Content-Type"), "text/event-stream");
  auto client = echo.client();
  EXPECT_EQ(client.ask(get("/stream?first=one"), false).status, 200);
  EXPECT_EQ(client.read_chunk(), "one");
  ASSERT_TRUE(echo.has_streams(2));
  EXPECT_EQ(echo.server->streams(), 2u);
  auto stream = echo.stream_at(1);
  EXPECT_TRUE(stream->push("two"));
  EXPECT_EQ(client.read_chunk(), "two");
  EXPECT_TRUE(stream->push("three"));
  stream->end();
  EXPECT_FALSE(stream->push("four"));
  EXPECT_EQ(client.read_chunk(), "three");
  EXPECT_EQ(client.read_chunk(), std::nullopt);
  EXPECT_EQ(client.ask(get("/next")).status, 200) << "the connection goes on after its stream";
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 1; }));
}

TEST(ServerStreams, Http10AndHeadHaveStreamsToo) {
  EchoServer echo;
  auto old = echo.client();
  ASSERT_TRUE(old.send("GET /stream?first=a HTTP/1.0\r\n\r\n"));
  ASSERT_TRUE(echo.has_streams(1));
  echo.stream_at(0)->push("b");
  echo.stream_at(0)->end();
  const auto all = old.read_to_end();
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->ends_with("\r\n\r\nab")) << *all;
  auto head = echo.client();
  EXPECT_EQ(head.ask("HEAD /stream?first=a HTTP/1.1\r\nHost: x\r\n\r\n", false).status, 200);
  EXPECT_EQ(head.ask(get("/next")).status, 200);
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 0; }));
  EXPECT_FALSE(echo.stream_at(1)->push("c"));
}

TEST(ServerStreams, TwoHundredAtOnceGetEveryByteInOrder) {
  constexpr std::size_t kStreams = 200;
  constexpr int kPushes = 50;
  EchoServer echo(with_limits(4 << 20, 60));
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kStreams; ++i) {
    clients.push_back(echo.client());
    ASSERT_TRUE(clients.back().send(get("/stream")));
    ASSERT_EQ(clients.back().read_answer(false).status, 200);
  }
  ASSERT_TRUE(echo.has_streams(kStreams));
  EXPECT_EQ(echo.server->streams(), kStreams);
  const std::string filling(2000, '.');
  std::thread pusher([&] {
    for (int push = 0; push < kPushes; ++push) {
      for (std::size_t i = 0; i < kStreams; ++i) {
        ASSERT_TRUE(
            echo.stream_at(i)->push(std::to_string(i) + ":" + std::to_string(push) + filling));
      }
    }
    for (std::size_t i = 0; i < kStreams; ++i) echo.stream_at(i)->end();
  });
  for (std::size_t i = 0; i < kStreams; ++i) {
    std::string expected, got;
    for (int push = 0; push < kPushes; ++push) {
      expected += std::to_string(i) + ":" + std::to_string(push) + filling;
    }
    while (const auto chunk = clients[i].read_chunk()) got += *chunk;
    EXPECT_EQ(got, expected) << i;
  }
  pusher.join();
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 0; }));
}

TEST(ServerStreams, AClientThatNeverReadsIsLetGoAtItsBacklog) {
  EchoServer echo(with_limits(100'000, 60));
  RawClient client(echo.server->address(), 4096);
  ASSERT_TRUE(client.send(get("/stream")));
  ASSERT_TRUE(echo.has_streams(1));
  const auto stream = echo.stream_at(0);
  const std::string piece(10'000, 'x');
  std::size_t pushed = 0, most_waiting = 0;
  while (stream->push(piece)) {
    most_waiting = std::max(most_waiting, stream->waiting());
    ASSERT_LT(pushed += piece.size(), 100'000'000u) << "nothing bounds what waits";
  }
  EXPECT_LE(most_waiting, 100'000u);
  EXPECT_EQ(stream->waiting(), 0u) << "nothing is kept for it";
  EXPECT_FALSE(stream->push("x"));
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 0; }));
}

TEST(ServerStreams, AClientThatIsBehindForTooLongIsLetGo) {
  EchoServer echo(with_limits(100'000'000, 1));
  RawClient client(echo.server->address(), 4096);
  ASSERT_TRUE(client.send(get("/stream")));
  ASSERT_TRUE(echo.has_streams(1));
  EXPECT_TRUE(echo.stream_at(0)->push(std::string(20'000'000, 'x')));
  EXPECT_TRUE(eventually([&] { return !echo.stream_at(0)->push("x"); }));
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 0; }));
}

TEST(ServerStreams, AQuietStreamIsNotSlow) {
  EchoServer echo(with_limits(100'000, 1));
  auto client = echo.client();
  ASSERT_EQ(client.ask(get("/stream?first=a"), false).status, 200);
  EXPECT_EQ(client.read_chunk(), "a");
  EXPECT_FALSE(client.ends_within(2500ms)) << "longer than a slow client may take";
  ASSERT_TRUE(echo.has_streams(1));
  EXPECT_TRUE(echo.stream_at(0)->push("b"));
  EXPECT_EQ(client.read_chunk(), "b");
}

TEST(ServerStreams, AClientThatLeavesIsNoticedWithoutAPush) {
  EchoServer echo;
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(echo.client());
    ASSERT_EQ(clients.back().ask(get("/stream"), false).status, 200);
  }
  EXPECT_EQ(echo.server->streams(), 20u);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return echo.server->streams() == 0; }, 5s));
  EXPECT_FALSE(echo.stream_at(0)->push("x"));
}

TEST(ServerStreams, TheServerEndsThemAndAnswersWhoWaits) {
  EchoServer echo;
  auto streaming = echo.client(), waiting = echo.client(), idle = echo.client();
  ASSERT_EQ(streaming.ask(get("/stream?first=a"), false).status, 200);
  ASSERT_TRUE(waiting.send(get("/later")));
  auto reply = echo.take_reply();
  ASSERT_NE(reply, nullptr);
  const auto began = Clock::now();
  echo.server.reset();
  EXPECT_LT(Clock::now() - began, 1s) << "clients that take what is sent are not waited for";
  EXPECT_EQ(streaming.read_chunk(), "a");
  EXPECT_EQ(streaming.read_chunk(), std::nullopt) << "the last chunk";
  EXPECT_TRUE(streaming.ends_within(kPatience));
  EXPECT_EQ(waiting.read_answer().status, 503);
  EXPECT_TRUE(idle.ends_within(kPatience));
  EXPECT_FALSE(echo.stream_at(0)->push("x")) << "what outlives the server does nothing";
  EXPECT_EQ(echo.stream_at(0)->waiting(), 0u);
  reply->send({.body = "nobody hears this"});
}

TEST(ServerStreams, TheServerDoesNotWaitForAClientThatNeverReads) {
  EchoServer echo(with_limits(100'000'000, 60));
  RawClient client(echo.server->address(), 4096);
  ASSERT_TRUE(client.send(get("/stream")));
  ASSERT_TRUE(echo.has_streams(1));
  EXPECT_TRUE(echo.stream_at(0)->push(std::string(20'000'000, 'x')));
  const auto began = Clock::now();
  echo.server.reset();
  EXPECT_LT(Clock::now() - began, 5s);
}

TEST(ServerStreams, WhoAsksWhileTheServerEndsIsAnsweredToo) {
  EchoServer echo(with_limits(100'000'000, 60));
  RawClient stuck(echo.server->address(), 4096);
  ASSERT_TRUE(stuck.send(get("/stream")));
  ASSERT_TRUE(echo.has_streams(1));
  EXPECT_TRUE(echo.stream_at(0)->push(std::string(20'000'000, 'x')));  // makes the end last
  auto client = echo.client();
  ASSERT_EQ(client.ask(get("/")).status, 200);
  std::thread ends([&] { echo.server.reset(); });
  EXPECT_TRUE(eventually([&] { return !echo.stream_at(0)->push("x"); }));
  const auto answer = client.ask(get("/later"));
  EXPECT_TRUE(answer.status == 503 || answer.status == 0) << answer.status;
  ends.join();
  EXPECT_EQ(echo.asked, 2);
}

// What ThreadSanitizer is to see: pushes, replies, leaving clients and the end, all at once.
TEST(ServerStreams, PushesRaceWithLeavingAndTheEnd) {
  for (int round = 0; round < 10; ++round) {
    EchoServer echo(with_limits(50'000, 60));
    std::atomic<bool> stop = false;
    std::vector<std::thread> pushers;
    for (int p = 0; p < 3; ++p) {
      pushers.emplace_back([&] {
        while (!stop) {
          for (std::size_t i = 0; auto stream = echo.stream_at(i); ++i) stream->push("0123456789");
          const std::lock_guard lock(echo.mutex);
          for (auto& reply : echo.replies) reply->send({.body = "late"});
          echo.replies.clear();
        }
      });
    }
    for (int i = 0; i < 30; ++i) {
      auto leaving = echo.client();
      leaving.send(get(i % 2 == 0 ? "/stream?first=x" : "/later"));
      // Or until it is let go: the pushers may be faster than the server sends.
      if (i % 3 == 0) (void)leaving.read_until("\r\n\r\n");
    }
    echo.server.reset();
    stop = true;
    for (auto& pusher : pushers) pusher.join();
  }
}

}  // namespace
}  // namespace septet::http
