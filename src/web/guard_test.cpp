#include "web/guard.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace septet::web {

namespace {

http::Request get(const std::string& path) {
  return {"GET", path, {}, {{"host", "localhost:8080"}}, "", "127.0.0.1"};
}

http::Request post(const std::string& path) {
  http::Request request = get(path);
  request.method = "POST";
  request.headers["content-type"] = "application/json";
  request.body = "{}";
  return request;
}

int status(const Guard& guard, const http::Request& request, Access access) {
  const auto refused = refuse(guard, request, access);
  if (!refused) return 200;
  const Json body = Json::parse(refused->body);
  EXPECT_FALSE(body["error"]["what"].get<std::string>().empty());
  return refused->status;
}

const Guard kLocal{.token = "s3cret", .listens_on = "127.0.0.1"};
const Guard kFar{.token = "s3cret",
                 .local = false,
                 .tls = true,
                 .listens_on = "0.0.0.0",
                 .hosts = {"gn0.example"}};

TEST(Guard, ReadingIsOpenOnLoopbackAndNeedsTheTokenElsewhere) {
  EXPECT_EQ(status(kLocal, get("/api/v1/node"), Access::kRead), 200);
  EXPECT_EQ(status(kFar, get("/api/v1/node"), Access::kRead), 401);
  EXPECT_EQ(status(kFar, get("/"), Access::kOpen), 200);
  auto with = get("/api/v1/node");
  with.headers["authorization"] = "bearer s3cret";
  EXPECT_EQ(status(kFar, with, Access::kRead), 200);
}

TEST(Guard, AChangeNeedsTheToken) {
  const auto refused = refuse(kLocal, post("/api/v1/apply"), Access::kChange);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->headers.at("WWW-Authenticate"), "Bearer");
  for (const char* const wrong :
       {"Bearer S3cret", "Bearer s3cre", "Bearer s3crets", "Bearer ", "s3cret", "Basic s3cret",
        "Bearer s3crets3cret", "Bearer  s3cret"}) {
    auto request = post("/api/v1/apply");
    request.headers["authorization"] = wrong;
    EXPECT_EQ(status(kLocal, request, Access::kChange), 401) << wrong;
  }
  auto right = post("/api/v1/apply");
  right.headers["authorization"] = "Bearer s3cret";
  EXPECT_EQ(status(kLocal, right, Access::kChange), 200);
}

TEST(Guard, WithoutATokenNothingIsChangedWhateverIsSent) {
  Guard guard = kLocal;
  guard.token.clear();
  for (const char* const given : {"", "Bearer ", "Bearer x"}) {
    auto request = post("/api/v1/apply");
    request.headers["authorization"] = given;
    EXPECT_EQ(status(guard, request, Access::kChange), 403) << given;
  }
}

TEST(Guard, ATokenInAUrlIsRefused) {
  for (const char* const name : {"token", "access_token"}) {
    auto request = get("/api/v1/node");
    request.query[name] = "s3cret";
    EXPECT_EQ(status(kLocal, request, Access::kRead), 400) << name;
    EXPECT_EQ(status(kLocal, request, Access::kOpen), 400) << name;
  }
}

TEST(Guard, OnlyOurHostsAreAnswered) {
  const std::pair<const char*, bool> local[] = {{"localhost", true},
                                                {"LOCALHOST:1", true},
                                                {"127.0.0.1:8080", true},
                                                {"127.9.9.9", true},
                                                {"[::1]:8080", true},
                                                {"[::1]", true},
                                                {"evil.example", false},
                                                {"localhost.evil", false},
                                                {"127.0.0.1.evil.example", false},
                                                {"10.0.0.1", false},
                                                {"", false},
                                                {"[::1", false},
                                                {"localhost:80a", false},
                                                {"localhost@evil", false},
                                                {":80", false}};
  for (const auto& [host, ours] : local) EXPECT_EQ(is_our_host(kLocal, host), ours) << host;
  const std::pair<const char*, bool> far[] = {{"gn0.example:8443", true}, {"GN0.example", true},
                                              {"10.0.0.5", true},         {"[2001:db8::1]:1", true},
                                              {"gn1.example", false},     {"localhost", true}};
  for (const auto& [host, ours] : far) EXPECT_EQ(is_our_host(kFar, host), ours) << host;
  auto request = get("/");
  request.headers["host"] = "rebound.example";
  EXPECT_EQ(status(kLocal, request, Access::kOpen), 403);
  request.headers.erase("host");
  EXPECT_EQ(status(kLocal, request, Access::kOpen), 403);
}

TEST(Guard, OtherSitesCannotPost) {
  struct Row {
    const char *origin, *site;
    int status;
  };
  for (const Row& row :
       {Row{"http://localhost:8080", "same-origin", 200},
        Row{"http://localhost:8080", nullptr, 200}, Row{nullptr, "same-origin", 200},
        Row{"http://localhost:8081", nullptr, 403}, Row{"https://localhost:8080", nullptr, 403},
        Row{"http://evil.example", nullptr, 403}, Row{"null", nullptr, 403}, Row{"", nullptr, 403},
        Row{nullptr, "cross-site", 403}, Row{nullptr, "same-site", 403},
        Row{"http://localhost:8080", "none", 403}}) {
    auto request = post("/api/v1/plan");
    if (row.origin != nullptr) request.headers["origin"] = row.origin;
    if (row.site != nullptr) request.headers["sec-fetch-site"] = row.site;
    EXPECT_EQ(status(kLocal, request, Access::kRead), row.status)
        << (row.origin ? row.origin : "-") << " " << (row.site ? row.site : "-");
  }
}

TEST(Guard, APostIsJson) {
  for (const char* const type : {"", "text/plain", "application/x-www-form-urlencoded",
                                 "application/jsonp", "text/plain; application/json"}) {
    auto request = post("/api/v1/plan");
    request.headers["content-type"] = type;
    EXPECT_EQ(status(kLocal, request, Access::kRead), 415) << type;
  }
  auto request = post("/api/v1/plan");
  request.headers["content-type"] = "Application/JSON ; charset=utf-8";
  EXPECT_EQ(status(kLocal, request, Access::kRead), 200);
}

}  // namespace

}  // namespace septet::web
