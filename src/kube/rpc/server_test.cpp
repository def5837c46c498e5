// Our server and our call, together: what gRPC's own library cannot be made to ask.
#include "kube/rpc/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "kube/rpc/call.h"
#include "kube/unix_socket.h"

namespace septet::kube::rpc {
namespace {

class RpcServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/septet-rpc-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto server = Server::start(path(), {.methods = {{"/a/Echo",
                                                      [](std::string_view request) {
                                                        return Answer{{}, std::string(request)};
                                                      }}},
                                         .watch = "/a/Watch",
                                         .most_request = 10'000});
    ASSERT_TRUE(server) << server.error().describe();
    server_ = std::move(*server);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return folder_ + "/s"; }
  Answer ask(const std::string& method, std::string_view message) const {
    return call({.socket = path(), .path = method}, message);
  }
  int connected() const {
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = unix_address(path());
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)), 0);
    return client;
  }

  std::string folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(RpcServerTest, AnswersEverySizeUpToItsMost) {
  for (const std::size_t size : {0, 1, 9'999, 10'000}) {
    const auto answer = ask("/a/Echo", std::string(size, 'x'));
    ASSERT_TRUE(answer.status.ok()) << size << ": " << answer.status.words;
    EXPECT_EQ(answer.message.size(), size);
  }
  EXPECT_EQ(ask("/a/Echo", std::string(10'001, 'x')).status.code, StatusCode::kResourceExhausted);
}

TEST_F(RpcServerTest, AMethodThatIsNotThereIsUnimplemented) {
  const auto answer = ask("/a/Other", "");
  EXPECT_EQ(answer.status.code, StatusCode::kUnimplemented);
  EXPECT_NE(answer.status.words.find("/a/Other"), std::string::npos);
}

TEST_F(RpcServerTest, ManyAskAtOnceWhileItTells) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string words = std::to_string(t * 1000 + i);
        const Answer answer = ask("/a/Echo", words);
        EXPECT_EQ(answer.message, words) << answer.status.words;
        server_->tell(words);
        (void)server_->watching();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(server_->told(std::chrono::seconds(5)));
}

// Who connects and says nothing takes a place, and gives it back when it goes.
TEST_F(RpcServerTest, TheSilentTakeThirtyTwoPlacesAndNoMore) {
  std::vector<int> silent;
  for (int i = 0; i < 32; ++i) silent.push_back(connected());
  EXPECT_EQ(ask("/a/Echo", "x").status.code, StatusCode::kUnavailable);
  ::close(silent.back());
  silent.pop_back();
  Answer answer;
  for (int i = 0; i < 100 && answer.message.empty(); ++i) answer = ask("/a/Echo", "x");
  EXPECT_TRUE(answer.status.ok()) << answer.status.words;
  for (const int client : silent) ::close(client);
}

TEST_F(RpcServerTest, WhoWatchesAndGoesIsForgotten) {
  server_->tell("one");
  EXPECT_TRUE(server_->told(std::chrono::seconds(5)));
  const auto cut =
      call({.socket = path(), .path = "/a/Watch", .wait = std::chrono::milliseconds(100)}, "");
  EXPECT_EQ(cut.status.code, StatusCode::kDeadlineExceeded);
  server_->tell("two");
  EXPECT_TRUE(server_->told(std::chrono::seconds(5)));
  EXPECT_EQ(server_->watching(), 0u);
}

}  // namespace
}  // namespace septet::kube::rpc
