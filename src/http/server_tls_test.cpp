// TLS: with a certificate made here, asked by the openssl program and by clients that speak none.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "http/testing/echo_server.h"

namespace septet::http {
namespace {

using namespace testing;

std::string contents_of(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class ServerTls : public ::testing::Test {
 protected:
  void SetUp() override {
    make_certificate("server");
    make_certificate("other");
  }
  int run(const std::string& command) const {
    return std::system(("cd " + folder_.path() + " && " + command + " 2>errors").c_str());
  }
  void make_certificate(const std::string& name) const {
    ASSERT_EQ(
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            " -subj /CN=" +
            name + " -addext subjectAltName=IP:127.0.0.1 -keyout " + name + ".key -out " + name +
            ".crt"),
        0)
        << contents_of(folder_.at("errors"));
  }
  Options with_certificate() const {
    Options options;
    options.address.host = "127.0.0.1";
    options.certificate_pem = contents_of(folder_.at("server.crt"));
    options.key_pem = contents_of(folder_.at("server.key"));
    options.limits.idle_s = 1;
    return options;
  }
  // What `openssl s_client` with these options brings back of one request.
  std::string ask(const Server& server, const std::string& request,
                  const std::string& options) const {
    std::ofstream(folder_.at("request")) << request;
    run("timeout 20 openssl s_client -quiet -verify_return_error -connect 127.0.0.1:" +
        std::to_string(server.address().port) + " " + options + " <request >answer");
    return contents_of(folder_.at("answer"));
  }
  ScratchFolder folder_;
};

TEST_F(ServerTls, WhoTrustsTheCertificateIsAnswered) {
  const EchoServer echo(with_certificate());
  const std::string request = get("/secret", "Connection: close\r\n");
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    const std::string answer = ask(*echo.server, request, version + " -CAfile server.crt");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << version << answer;
    EXPECT_NE(answer.find("/secret"), std::string::npos);
  }
  EXPECT_EQ(ask(*echo.server, request, "-CAfile other.crt"), "");
}

TEST_F(ServerTls, AStreamComesThroughWhole) {
  EchoServer echo(with_certificate());
  std::thread pusher([&] {
    ASSERT_TRUE(echo.has_streams(1));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(echo.stream_at(0)->push(std::string(10'000, 's')));
    echo.stream_at(0)->end();
  });
  const std::string answer =
      ask(*echo.server, get("/stream", "Connection: close\r\n"), "-CAfile server.crt");
  pusher.join();
  EXPECT_EQ(std::ranges::count(answer.substr(answer.find("\r\n\r\n")), 's'), 1'000'000);
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
}

TEST_F(ServerTls, LessThanTls12IsRefused) {
  EchoServer echo(with_certificate());
  for (const std::string version : {"-tls1", "-tls1_1"}) {
    EXPECT_EQ(ask(*echo.server, get("/", "Connection: close\r\n"),
                  version + " -cipher ALL:@SECLEVEL=0 -CAfile server.crt"),
              "");
  }
  EXPECT_EQ(echo.asked, 0);
}

TEST_F(ServerTls, WhoSpeaksPlainlyOrNothingIsLetGo) {
  EchoServer echo(with_certificate());
  auto plain = echo.client();
  plain.send(get("/"));
  const auto answer = plain.read_to_end();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->starts_with("HTTP/"));
  auto silent = echo.client();
  EXPECT_TRUE(silent.ends_within(kPatience)) << "a handshake has the same time as a request";
  EXPECT_EQ(echo.asked, 0);
}

TEST_F(ServerTls, AWrongPairIsRefusedInWords) {
  const auto refused = [&](const std::string& certificate, const std::string& key) {
    Options options = with_certificate();
    options.certificate_pem = certificate;
    options.key_pem = key;
    const auto server = Server::start(options, [](const Request&, std::shared_ptr<Reply>) {});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, Code::kInvalidArgument) << server.error().describe();
    EXPECT_EQ(server.error().what.find("PRIVATE"), std::string::npos) << "no key is told";
  };
  const std::string crt = contents_of(folder_.at("server.crt"));
  const std::string key = contents_of(folder_.at("server.key"));
  refused(crt, "");
  refused("", key);
  refused(crt, "not PEM");
  refused("not PEM", key);
  refused(crt, crt);
  refused(key, key);
  refused(crt, contents_of(folder_.at("other.key")));
}

}  // namespace
}  // namespace septet::http
