#include "http/listener.h"

#include <fcntl.h>

#include <fstream>

#include "http/testing/echo_server.h"

namespace septet::http {
namespace {

using namespace testing;

Options at_socket(const std::string& path, unsigned mode = 0600) {
  return {.address = {.host = "", .port = 0, .socket = path}, .socket_mode = mode};
}

Result<std::unique_ptr<Server>> started(Options options) {
  return Server::start(std::move(options), [](const Request&, std::shared_ptr<Reply> reply) {
    reply->send({.body = "x"});
  });
}

bool is_socket(const std::string& path) {
  return std::filesystem::symlink_status(path).type() == std::filesystem::file_type::socket;
}

TEST(Listener, APortThatIsFreeIsFoundAndTakenOnce) {
  const auto first = started({.address = {.host = "127.0.0.1", .port = 0}});
  ASSERT_TRUE(first);
  const Address taken = (*first)->address();
  EXPECT_NE(taken.port, 0);
  const auto second = started({.address = taken});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kBusy);
  EXPECT_NE(second.error().what.find("127.0.0.1:" + std::to_string(taken.port)), std::string::npos)
      << second.error().what;
}

TEST(Listener, APortIsFreeAgainAtOnce) {
  auto first = started({.address = {.host = "127.0.0.1", .port = 0}});
  ASSERT_TRUE(first);
  const Address taken = (*first)->address();
  RawClient client(taken);
  EXPECT_EQ(client.ask(get("/")).status, 200);
  first->reset();  // the server closes first: its end waits
  EXPECT_TRUE(started({.address = taken}));
}

TEST(Listener, AnAddressThatThisHostDoesNotHave) {
  const auto server = started({.address = {.host = "192.0.2.1", .port = 0}});  // RFC 5737
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, Code::kInvalidArgument);
}

TEST(Listener, ASocketHasItsModeAndIsGoneAtTheEnd) {
  const ScratchFolder folder;
  const std::string path = folder.at("s");
  for (const unsigned mode : {0600u, 0660u, 0666u}) {
    auto server = started(at_socket(path, mode));
    ASSERT_TRUE(server) << server.error().describe();
    EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(path).permissions()), mode);
    EXPECT_EQ(RawClient((*server)->address()).ask(get("/")).status, 200);
    server->reset();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
}

TEST(Listener, ASocketThatNobodyAnswersOnIsReplaced) {
  const ScratchFolder folder;
  const std::string path = folder.at("s");
  const int stale = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof(at.sun_path) - 1);
  ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
  ::close(stale);
  ASSERT_TRUE(is_socket(path));
  auto server = started(at_socket(path));
  ASSERT_TRUE(server) << server.error().describe();
  EXPECT_EQ(RawClient((*server)->address()).ask(get("/")).status, 200);
}

TEST(Listener, ASocketThatSomebodyAnswersOnIsLeftAlone) {
  const ScratchFolder folder;
  const auto first = started(at_socket(folder.at("s")));
  ASSERT_TRUE(first);
  const auto second = started(at_socket(folder.at("s")));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kBusy);
  EXPECT_EQ(RawClient((*first)->address()).ask(get("/")).status, 200);
}

TEST(Listener, WhatIsNoSocketIsLeftAlone) {
  const ScratchFolder folder;
  std::ofstream(folder.at("file")) << "precious";
  std::filesystem::create_directory(folder.at("folder"));
  std::filesystem::create_symlink(folder.at("file"), folder.at("link"));
  for (const char* name : {"file", "folder", "link"}) {
    const auto server = started(at_socket(folder.at(name)));
    ASSERT_FALSE(server) << name;
    EXPECT_EQ(server.error().code, Code::kInvalidArgument);
    EXPECT_NE(server.error().what.find("is no socket"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(folder.at(name)));
  }
  EXPECT_EQ(std::filesystem::file_size(folder.at("file")), 8u);
  const auto nowhere = started(at_socket(folder.at("none/s")));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::kInvalidArgument);
}

TEST(Listener, ASocketOfSomebodyElseIsNotRemovedAtTheEnd) {
  const ScratchFolder folder;
  const std::string path = folder.at("s");
  auto first = started(at_socket(path));
  ASSERT_TRUE(first);
  std::filesystem::rename(path, folder.at("moved"));
  const auto second = started(at_socket(path));
  ASSERT_TRUE(second);
  first->reset();
  EXPECT_TRUE(is_socket(path));
  EXPECT_EQ(RawClient((*second)->address()).ask(get("/")).status, 200);
}

// What libmicrohttpd closes, and what is ours to close.
TEST(Listener, NoDescriptorIsLeftBehind) {
  const auto count = [] {
    std::size_t open = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/self/fd")) {
      ++open;
    }
    return open;
  };
  ASSERT_TRUE(started({.address = {.host = "127.0.0.1", .port = 0}}));  // loads the library
  const auto before = count();
  for (int i = 0; i < 5; ++i) {
    auto good = started({.address = {.host = "127.0.0.1", .port = 0}});
    ASSERT_TRUE(good);
    EXPECT_EQ(RawClient((*good)->address()).ask(get("/")).status, 200);
    const auto bad = started({.address = {.host = "127.0.0.1", .port = 0},
                              .certificate_pem = "no certificate",
                              .key_pem = "no key"});
    ASSERT_FALSE(bad);
  }
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace septet::http
