// A call to somebody who is not what it should be: real servers are in plugin_server_test.cpp and
// pod_resources_test.cpp.
#include "kube/rpc/call.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <thread>

#include "kube/unix_socket.h"

namespace septet::kube::rpc {
namespace {

// Accepts one connection, reads what comes first, says `words`, and closes or stays silent.
class OddServer {
 public:
  OddServer(std::string words, bool closes) : words_(std::move(words)), closes_(closes) {
    std::string name = "/tmp/septet-rpc-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = unix_address(path());
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    thread_ = std::thread([this] { serve(); });
  }
  OddServer(const OddServer&) = delete;
  OddServer& operator=(const OddServer&) = delete;
  ~OddServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return folder_ + "/s"; }

 private:
  void serve() const {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    std::array<char, 4096> bytes{};
    (void)!::read(client, bytes.data(), bytes.size());
    (void)::send(client, words_.data(), words_.size(), MSG_NOSIGNAL);
    while (!closes_ && ::read(client, bytes.data(), bytes.size()) > 0) {
    }
    ::close(client);
  }

  std::string words_, folder_;
  bool closes_;
  int listener_ = -1;
  std::thread thread_;
};

std::string frame(char type, char flags, char stream, const std::string& payload) {
  const auto size = static_cast<unsigned>(payload.size());
  return std::string{static_cast<char>(size >> 16),
                     static_cast<char>(size >> 8),
                     static_cast<char>(size),
                     type,
                     flags,
                     0,
                     0,
                     0,
                     stream} +
         payload;
}
std::string field(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name +
         static_cast<char>(value.size()) + value;
}
const std::string kSettings = frame(4, 0, 0, "");

Answer asked(const std::string& words, bool closes = true, int wait_ms = 5'000) {
  const OddServer server(words, closes);
  return call({.socket = server.path(),
               .path = "/a/B",
               .wait = std::chrono::milliseconds(wait_ms),
               .most_answer = 1000},
              "request");
}

TEST(RpcCall, AnAnswerInTheFewestFrames) {
  const auto answer =
      asked(kSettings + frame(1, 4, 1, field(":status", "200")) + frame(0, 0, 1, framed("yes")) +
            frame(1, 5, 1, field("grpc-status", "0")));
  ASSERT_TRUE(answer.status.ok()) << answer.status.words;
  EXPECT_EQ(answer.message, "yes");
}

TEST(RpcCall, AStatusKeepsItsWords) {
  const auto answer = asked(kSettings + frame(1, 5, 1,
                                              field(":status", "200") + field("grpc-status", "3") +
                                                  field("grpc-message", "50 %25 is too much")));
  EXPECT_EQ(answer.status.code, StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.status.words, "50 % is too much");
}

TEST(RpcCall, WhoSpeaksSomethingElseIsNamedSo) {
  const auto http1 = asked("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(http1.status.code, StatusCode::kUnavailable);
  const auto web = asked(kSettings + frame(1, 5, 1, field(":status", "404")));
  EXPECT_EQ(web.status.code, StatusCode::kUnavailable);
  EXPECT_NE(web.status.words.find("404"), std::string::npos);
}

TEST(RpcCall, CutOffAnywhereIsUnavailable) {
  const std::string whole = kSettings + frame(1, 4, 1, field(":status", "200")) +
                            frame(0, 0, 1, framed("yes")) +
                            frame(1, 5, 1, field("grpc-status", "0"));
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const auto answer = asked(whole.substr(0, size));
    EXPECT_EQ(answer.status.code, StatusCode::kUnavailable) << size;
    EXPECT_FALSE(answer.status.words.empty());
  }
  const auto reset = asked(kSettings + frame(3, 0, 1, std::string("\0\0\0\x07", 4)), false);
  EXPECT_EQ(reset.status.code, StatusCode::kUnavailable);
  const auto no_status =
      asked(kSettings + frame(1, 4, 1, field(":status", "200")) + frame(0, 1, 1, framed("yes")));
  EXPECT_FALSE(no_status.status.ok());
}

TEST(RpcCall, AnAnswerTooLargeOrCompressedIsRefused) {
  const std::string begin = kSettings + frame(1, 4, 1, field(":status", "200"));
  const std::string end = frame(1, 5, 1, field("grpc-status", "0"));
  const auto large = asked(begin + frame(0, 0, 1, framed(std::string(1001, 'a'))) + end);
  EXPECT_EQ(large.status.code, StatusCode::kResourceExhausted);
  EXPECT_TRUE(asked(begin + frame(0, 0, 1, framed(std::string(1000, 'a'))) + end).status.ok());
  std::string squeezed = framed("a");
  squeezed[0] = 1;
  EXPECT_EQ(asked(begin + frame(0, 0, 1, squeezed) + end).status.code, StatusCode::kUnimplemented);
}

TEST(RpcCall, SilenceEndsInTime) {
  const auto before = std::chrono::steady_clock::now();
  const auto answer = asked(kSettings, false, 200);
  EXPECT_EQ(answer.status.code, StatusCode::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST(RpcCall, NobodyThereIsSaidAtOnce) {
  const auto answer = call({.socket = "/tmp/septet-rpc-nobody/s", .path = "/a/B"}, "");
  EXPECT_EQ(answer.status.code, StatusCode::kUnavailable);
  EXPECT_NE(answer.status.words.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace septet::kube::rpc
