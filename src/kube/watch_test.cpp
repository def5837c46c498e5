// Watching, and keeping a list at hand, over streams that break in every way.
#include <gtest/gtest.h>

#include <condition_variable>

#include "kube/testing/fake_api_server.h"
#include "kube/watch_lines.h"

namespace septet::kube {
namespace {

using namespace std::chrono_literals;
using testing::ApiConnection;
using testing::ApiRequest;
using testing::FakeApiServer;
using Seen = ApiClient::Seen;

constexpr const char* kNodes = "/api/v1/nodes";

std::string object_text(const std::string& name, int version) {
  return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + std::to_string(version) +
         R"("}})";
}
std::string event_text(const std::string& type, const std::string& name, int version) {
  return R"({"type":")" + type + R"(","object":)" + object_text(name, version) + "}\n";
}
std::string list_text(const std::vector<std::string>& names, int version) {
  std::string items;
  for (const auto& name : names) items += (items.empty() ? "" : ",") + object_text(name, version);
  return R"({"kind":"NodeList","metadata":{"resourceVersion":")" + std::to_string(version) +
         R"("},"items":[)" + items + "]}";
}
constexpr const char* kTooOld =
    R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}})"
    "\n";

bool is_watch(const ApiRequest& request) { return request.path.contains("watch=true"); }

// ---- one watch

class WatchTest : public ::testing::Test {
 protected:
  Result<> watch(const FakeApiServer& server, std::chrono::seconds silence = 20s) {
    auto client = ApiClient::open(server.access());
    EXPECT_TRUE(client);
    return (*client)->watch(kNodes, "7", silence, stop_, [this](Seen seen, const Json& object) {
      static constexpr const char* kMarks[] = {"+", "~", "-", "="};
      log_ += kMarks[static_cast<int>(seen)] + object["metadata"].value("name", "") + " ";
      if (on_event_) on_event_();
    });
  }
  Result<> watch_text(const std::string& text) {
    FakeApiServer server([&](const ApiRequest&, ApiConnection& connection) {
      connection.begin_stream();
      connection.chunk(text);
      connection.end_stream();
    });
    return watch(server);
  }
  std::atomic<bool> stop_{false};
  std::string log_;
  std::function<void()> on_event_;
};

TEST_F(WatchTest, EventsComeInOrderHoweverTheyAreCutIntoChunks) {
  const std::string text = event_text("ADDED", "a", 8) + event_text("MODIFIED", "a", 9) + "\r\n" +
                           event_text("BOOKMARK", "", 10) + event_text("DELETED", "a", 11);
  FakeApiServer server([&](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    for (std::size_t i = 0; i < text.size(); i += 13) connection.chunk(text.substr(i, 13));
    connection.end_stream();
  });
  const auto ended = watch(server);
  EXPECT_TRUE(ended) << ended.error().describe();
  EXPECT_EQ(log_, "+a ~a = -a ");
  EXPECT_EQ(server.seen().front().path,
            "/api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&"
            "resourceVersion=7");
}

TEST_F(WatchTest, TooOldIsAConflictHoweverItIsSaid) {
  EXPECT_EQ(watch_text(event_text("ADDED", "a", 8) + kTooOld).error().code, Code::kConflict);
  EXPECT_EQ(log_, "+a ");
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.answer(410, R"({"kind":"Status","message":"too old"})");
  });
  EXPECT_EQ(watch(server).error().code, Code::kConflict);
}

TEST_F(WatchTest, WhatIsNoEventIsAnError) {
  const std::vector<std::string> streams = {"garbage\n",
                                            "[]\n",
                                            "{\"type\":\"ADDED\"}\n",
                                            "{\"type\":\"ADDED\",\"object\":[]}\n",
                                            "{\"type\":\"NEWKIND\",\"object\":{}}\n",
                                            "{\"type\":7,\"object\":{}}\n",
                                            "{\"object\":{}}\n",
                                            std::string(1000, '[') + "\n"};
  for (const auto& stream : streams) {
    log_.clear();
    const auto ended = watch_text(event_text("ADDED", "a", 8) + stream);
    ASSERT_FALSE(ended) << stream.substr(0, 60);
    EXPECT_EQ(ended.error().code, Code::kUnavailable) << stream.substr(0, 60);
    EXPECT_EQ(log_, "+a ") << "what came before counts";
  }
  EXPECT_TRUE(watch_text("")) << "no event is no error";
}

TEST_F(WatchTest, ALineWithoutAnEndIsRefused) {
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 32; ++i) connection.chunk(piece);
  });
  const auto ended = watch(server);
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().describe().find("16 MiB"), std::string::npos);
}

TEST_F(WatchTest, SilenceEndsIt) {
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    connection.chunk(event_text("ADDED", "a", 8));
    connection.client_left(20'000);
  });
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(watch(server, 1s));
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_GE(took, 900ms);
  EXPECT_LT(took, 3s);
  EXPECT_EQ(log_, "+a ");
}

TEST_F(WatchTest, AServerThatNeverBeginsIsAnError) {
  FakeApiServer server(
      [](const ApiRequest&, ApiConnection& connection) { connection.client_left(20'000); });
  const auto ended = watch(server, 1s);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
}

TEST_F(WatchTest, StopIsSeenWithinASecond) {
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    connection.chunk(event_text("ADDED", "a", 8));
    connection.client_left(20'000);
  });
  std::chrono::steady_clock::time_point stopped;
  on_event_ = [&] {
    stopped = std::chrono::steady_clock::now();
    stop_ = true;
  };
  EXPECT_TRUE(watch(server));
  EXPECT_LT(std::chrono::steady_clock::now() - stopped, 1s);
}

TEST_F(WatchTest, ACutStreamIsUnavailable) {
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    connection.chunk(event_text("ADDED", "a", 8));
    connection.cut();
  });
  const auto ended = watch(server);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
}

// ---- the informer

class InformerTest : public ::testing::Test {
 protected:
  void start(const FakeApiServer& server) {
    informer_ = Informer::start(server.access(), kNodes, [this] {
      const std::lock_guard lock(guard_);
      changed_.notify_all();
    });
  }
  // Until the names are these ("a b"); empty: no objects, but known.
  bool becomes(const std::string& names, std::chrono::seconds most = 10s) {
    return becomes(
        [&](const Informer::State& state) {
          std::string now;
          for (const Json& object : state.objects) {
            now += (now.empty() ? "" : " ") + object["metadata"]["name"].get<std::string>();
          }
          return state.known && now == names;
        },
        most);
  }
  bool becomes(const std::function<bool(const Informer::State&)>& is, std::chrono::seconds most) {
    std::unique_lock lock(guard_);
    const auto until = std::chrono::steady_clock::now() + most;
    while (!is(informer_->state())) {
      if (std::chrono::steady_clock::now() > until) return false;
      changed_.wait_for(lock, 20ms);
    }
    return true;
  }
  static std::vector<std::string> paths(const FakeApiServer& server) {
    std::vector<std::string> paths;
    for (const auto& request : server.seen()) {
      const auto version = request.path.find("resourceVersion=");
      paths.push_back(is_watch(request) ? "watch " + request.path.substr(version + 16) : "list");
    }
    return paths;
  }
  std::mutex guard_;
  std::condition_variable changed_;
  std::unique_ptr<Informer> informer_;
};

TEST_F(InformerTest, KeepsTheLatest) {
  FakeApiServer server([](const ApiRequest& request, ApiConnection& connection) {
    if (!is_watch(request)) return connection.answer(200, list_text({"b", "a"}, 7));
    connection.begin_stream();
    connection.chunk(event_text("ADDED", "c", 8) + event_text("DELETED", "a", 9));
    connection.client_left(20'000);
  });
  start(server);
  EXPECT_TRUE(becomes("b c"));
  EXPECT_FALSE(informer_->state().problem);
  const auto before = std::chrono::steady_clock::now();
  informer_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST_F(InformerTest, AWatchThatEndsGoesOnWhereItWas) {
  std::atomic<int> watches{0};
  FakeApiServer server([&](const ApiRequest& request, ApiConnection& connection) {
    if (!is_watch(request)) return connection.answer(200, list_text({"a"}, 7));
    connection.begin_stream();
    if (watches++ == 0) {
      connection.chunk(event_text("MODIFIED", "a", 8) + event_text("BOOKMARK", "", 20));
      connection.end_stream();
      return;
    }
    connection.chunk(event_text("ADDED", "b", 21));
    connection.client_left(20'000);
  });
  start(server);
  EXPECT_TRUE(becomes("a b"));
  EXPECT_EQ(paths(server), (std::vector<std::string>{"list", "watch 7", "watch 20"}));
}

TEST_F(InformerTest, AfterAGapItListsAgain) {
  std::atomic<int> lists{0}, watches{0};
  FakeApiServer server([&](const ApiRequest& request, ApiConnection& connection) {
    if (!is_watch(request)) {
      return connection.answer(200, lists++ == 0 ? list_text({"a"}, 7) : list_text({"z"}, 50));
    }
    connection.begin_stream();
    if (watches++ == 0) {
      connection.chunk(kTooOld);
      connection.end_stream();
      return;
    }
    connection.client_left(20'000);
  });
  start(server);
  EXPECT_TRUE(becomes("z"));
  EXPECT_TRUE(becomes([&](const auto&) { return paths(server).size() == 4; }, 5s));
  EXPECT_EQ(paths(server), (std::vector<std::string>{"list", "watch 7", "list", "watch 50"}));
}

TEST_F(InformerTest, TroubleIsSaidAndTheOldObjectsStay) {
  std::atomic<int> lists{0};
  std::atomic<bool> healthy{true};
  FakeApiServer server([&](const ApiRequest& request, ApiConnection& connection) {
    if (!healthy) return connection.answer(503, R"({"message":"etcd is away"})");
    if (!is_watch(request)) {
      return connection.answer(200, lists++ == 0 ? list_text({"a"}, 7) : list_text({"b"}, 9));
    }
    connection.begin_stream();
    if (lists > 1) return void(connection.client_left(20'000));
    healthy = false;
    connection.cut();
  });
  start(server);
  ASSERT_TRUE(becomes(
      [](const auto& s) { return s.problem && s.problem->describe().contains("etcd is away"); },
      10s));
  auto state = informer_->state();
  EXPECT_TRUE(state.known);
  EXPECT_EQ(state.objects.size(), 1u);
  healthy = true;
  ASSERT_TRUE(becomes("b"));
  EXPECT_FALSE(informer_->state().problem);
}

TEST_F(InformerTest, UntilTheFirstListNothingIsKnown) {
  for (const std::string body : {R"({"items":7})", R"({"metadata":{"resourceVersion":"1"}})",
                                 R"({"items":[{}],"metadata":{"resourceVersion":"1"}})",
                                 R"({"items":[],"metadata":{"resourceVersion":3}})"}) {
    FakeApiServer server(
        [&](const ApiRequest&, ApiConnection& connection) { connection.answer(200, body); });
    start(server);
    ASSERT_TRUE(becomes([](const auto& s) { return s.problem.has_value(); }, 10s)) << body;
    EXPECT_FALSE(informer_->state().known) << body;
    informer_.reset();
  }
}

// A server that ends every watch at once is asked a few times in three seconds, not thousands.
TEST_F(InformerTest, DoesNotHammerAServer) {
  FakeApiServer server([&](const ApiRequest& request, ApiConnection& connection) {
    if (!is_watch(request)) return connection.answer(200, list_text({"a"}, 7));
    connection.begin_stream();
    connection.end_stream();
  });
  start(server);
  EXPECT_TRUE(becomes("a"));
  EXPECT_FALSE(becomes("never", 3s));
  EXPECT_GE(server.seen().size(), 3u);
  EXPECT_LE(server.seen().size(), 6u);
}

TEST_F(InformerTest, StopsWhileNobodyAnswers) {
  FakeApiServer server(
      [](const ApiRequest&, ApiConnection& connection) { connection.client_left(20'000); });
  start(server);
  ::usleep(100'000);
  const auto before = std::chrono::steady_clock::now();
  informer_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

}  // namespace
}  // namespace septet::kube
