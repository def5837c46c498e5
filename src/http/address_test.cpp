#include <gtest/gtest.h>

#include "http/server.h"

namespace septet::http {
namespace {

TEST(ReadAddress, TheFormsThatPeopleWrite) {
  const struct {
    std::string_view text, host, socket;
    unsigned port;
    bool loopback;
  } cases[] = {
      {"127.0.0.1:8080", "127.0.0.1", "", 8080, true},
      {"127.9.9.9:1", "127.9.9.9", "", 1, true},
      {"[::1]:8080", "::1", "", 8080, true},
      {"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", "", 1, true},
      {"[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", "", 1, false},
      {":8080", "127.0.0.1", "", 8080, true},
      {"8080", "127.0.0.1", "", 8080, true},
      {"localhost:0", "127.0.0.1", "", 0, true},
      {"0.0.0.0:65535", "0.0.0.0", "", 65535, false},
      {"[::]:80", "::", "", 80, false},
      {"10.0.0.7:80", "10.0.0.7", "", 80, false},
      {"unix:/run/septet.sock", "", "/run/septet.sock", 0, true},
  };
  for (const auto& c : cases) {
    const auto address = read_address(c.text);
    ASSERT_TRUE(address) << c.text << ": " << address.error().describe();
    EXPECT_EQ(address->host, c.host);
    EXPECT_EQ(address->socket, c.socket);
    EXPECT_EQ(address->port, c.port);
    EXPECT_EQ(address->is_loopback(), c.loopback) << c.text;
    EXPECT_EQ(address->is_unix(), !c.socket.empty());
  }
}

TEST(ReadAddress, AnythingElseIsRefusedWithWhatWouldDo) {
  for (const std::string_view text : {"",
                                      ":",
                                      "a",
                                      "80a",
                                      "-1",
                                      "65536",
                                      "1e3",
                                      "+80",
                                      " 80",
                                      "example.org:80",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:x",
                                      "::1:80",
                                      "[::1]",
                                      "[::1:80",
                                      "[]:80",
                                      "[127.0.0.1]:80",
                                      "127.1:80",
                                      "0x7f000001:80",
                                      "http://127.0.0.1:80",
                                      "unix:",
                                      "unix:a.sock",
                                      "unix:./a"}) {
    const auto address = read_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, Code::kInvalidArgument);
    EXPECT_NE(address.error().remedy.find("127.0.0.1:8080"), std::string::npos);
  }
  EXPECT_TRUE(read_address("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(read_address("unix:/" + std::string(107, 'a')));
  EXPECT_FALSE(read_address(std::string_view("unix:/a\0b", 9)));
}

}  // namespace
}  // namespace septet::http
