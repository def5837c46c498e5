// The API client against a server on loopback that behaves, and one that does not.
#include "kube/api_client.h"

#include <gtest/gtest.h>

#include <fstream>

#include "kube/testing/fake_api_server.h"
#include "kube/testing/fake_kubelet.h"

namespace septet::kube {
namespace {

using testing::ApiConnection;
using testing::ApiRequest;
using testing::FakeApiServer;

std::unique_ptr<ApiClient> client_of(const ApiAccess& access) {
  auto client = ApiClient::open(access);
  EXPECT_TRUE(client) << client.error().describe();
  return client ? std::move(*client) : nullptr;
}

FakeApiServer::Answers always(int status, std::string body, std::string headers = "") {
  return [=](const ApiRequest&, ApiConnection& connection) {
    connection.answer(status, body, headers);
  };
}

constexpr const char* kNodePath = "/api/v1/nodes/n1";

// ---- what is asked

TEST(ApiClientTest, EachVerbIsTheRequestThatKubernetesKnows) {
  FakeApiServer server(always(200, R"({"kind":"Node","metadata":{"name":"n1"}})"));
  ApiAccess access = server.access();
  access.token = "secret";
  const auto client = client_of(access);
  const Json change = {{"metadata", {{"labels", {{"a", "b"}}}}}};
  const auto node = client->get(kNodePath);
  ASSERT_TRUE(node) << node.error().describe();
  EXPECT_EQ((*node)["metadata"]["name"], "n1");
  EXPECT_TRUE(client->create("/api/v1/nodes", change));
  EXPECT_TRUE(client->replace(kNodePath, change));
  EXPECT_TRUE(client->patch(kNodePath, change, Patch::kMerge, "septet agent"));
  EXPECT_TRUE(client->patch(kNodePath, change, Patch::kStrategicMerge, "septet"));
  EXPECT_TRUE(client->patch("/api/v1/nodes/n1?x=y", change, Patch::kApply, "septet"));
  EXPECT_TRUE(client->remove(kNodePath));
  EXPECT_TRUE(client->get(kNodePath));

  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 8u);
  const std::vector<std::string> lines = {
      "GET /api/v1/nodes/n1",
      "POST /api/v1/nodes application/json",
      "PUT /api/v1/nodes/n1 application/json",
      "PATCH /api/v1/nodes/n1?fieldManager=septet%20agent application/merge-patch+json",
      "PATCH /api/v1/nodes/n1?fieldManager=septet application/strategic-merge-patch+json",
      "PATCH /api/v1/nodes/n1?x=y&fieldManager=septet&force=true application/apply-patch+yaml",
      "DELETE /api/v1/nodes/n1",
      "GET /api/v1/nodes/n1"};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto type = seen[i].headers.find("content-type");
    const std::string line = seen[i].method + " " + seen[i].path +
                             (type == seen[i].headers.end() ? "" : " " + type->second);
    EXPECT_EQ(line, lines[i]);
    EXPECT_EQ(seen[i].headers.at("authorization"), "Bearer secret");
    EXPECT_TRUE(seen[i].headers.at("user-agent").starts_with("septet-agent"));
    EXPECT_EQ(seen[i].body.empty(), type == seen[i].headers.end()) << line;
  }
  EXPECT_EQ(seen[1].body, change.dump());
}

TEST(ApiClientTest, ATokenFileIsReadAgainBeforeEachRequest) {
  const testing::ScratchFolder folder;
  const std::string file = folder.at("token");
  FakeApiServer server(always(200, "{}"));
  ApiAccess access = server.access();
  access.token_file = file;
  const auto client = client_of(access);
  EXPECT_EQ(client->get(kNodePath).error().code, Code::kNotFound);
  std::ofstream(file) << "first\n";
  ASSERT_TRUE(client->get(kNodePath));
  std::ofstream(file) << "second";
  ASSERT_TRUE(client->get(kNodePath));
  std::ofstream(file) << "a\r\nX-Smuggled: b";
  EXPECT_EQ(client->get(kNodePath).error().code, Code::kInvalidArgument);
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].headers.at("authorization"), "Bearer first");
  EXPECT_EQ(seen[1].headers.at("authorization"), "Bearer second");
}

TEST(ApiClientTest, PathsThatWouldBecomeSomethingElseAreRefused) {
  FakeApiServer server(always(200, "{}"));
  const auto client = client_of(server.access());
  for (const char* path : {"", "api", "/a b", "/a\r\nHost: x", "/a#b", "@evil/", "/\xff"}) {
    EXPECT_EQ(client->get(path).error().code, Code::kInvalidArgument) << path;
  }
  EXPECT_TRUE(server.seen().empty());
}

TEST(ApiClientTest, OnlyLoopbackIsAskedWithoutTls) {
  for (const char* server : {"http://10.0.0.1:6443", "http://127.0.0.1.example.org", "ftp://a", "",
                             "https://user:word@host", "https://", "http://localhost@evil"}) {
    ApiAccess access;
    access.server = server;
    const auto client = ApiClient::open(access);
    ASSERT_FALSE(client) << server;
    EXPECT_EQ(client.error().code, Code::kInvalidArgument) << server;
  }
}

// ---- what is answered

TEST(ApiClientTest, EachStatusIsItsCodeAndTheServersSentenceIsTheCause) {
  int status = 200;
  FakeApiServer server([&](const ApiRequest&, ApiConnection& connection) {
    connection.answer(status, R"({"kind":"Status","message":"what the server said"})");
  });
  const auto client = client_of(server.access());
  const std::vector<std::pair<int, Code>> expected = {
      {400, Code::kInvalidArgument}, {401, Code::kNoPermission}, {403, Code::kNoPermission},
      {404, Code::kNotFound},        {409, Code::kConflict},     {410, Code::kConflict},
      {422, Code::kInvalidArgument}, {429, Code::kUnavailable},  {500, Code::kUnavailable},
      {503, Code::kUnavailable},     {504, Code::kUnavailable}};
  for (const auto& [sent, code] : expected) {
    status = sent;
    const auto answer = client->get(kNodePath);
    ASSERT_FALSE(answer) << sent;
    EXPECT_EQ(answer.error().code, code) << sent;
    EXPECT_NE(answer.error().describe().find("what the server said"), std::string::npos);
    EXPECT_NE(answer.error().what.find(kNodePath), std::string::npos);
  }
}

TEST(ApiClientTest, AForbiddenVerbIsNamedAsARoleNamesIt) {
  FakeApiServer server(always(403, R"({"message":"nodes is forbidden"})"));
  const auto client = client_of(server.access());
  const auto remedy = [](const auto& answer) { return answer.error().remedy; };
  const std::string status =
      "/apis/septet.dev/v1alpha1/namespaces/septet-system/miglayouts/all/status";
  EXPECT_NE(remedy(client->patch(status, {}, Patch::kMerge, "m"))
                .find(R"("patch" the resource "miglayouts/status")"),
            std::string::npos);
  EXPECT_NE(remedy(client->get("/api/v1/nodes?limit=1")).find(R"("get" the resource "nodes")"),
            std::string::npos);
  EXPECT_NE(remedy(client->remove("/api/v1/namespaces/a/events/b"))
                .find(R"("delete" the resource "events")"),
            std::string::npos);
  EXPECT_NE(remedy(client->get("/healthz")).find("token"), std::string::npos);
}

TEST(ApiClientTest, ARedirectIsNotFollowed) {
  FakeApiServer elsewhere(always(200, R"({"stolen":true})"));
  FakeApiServer server(
      always(302, "", "Location: " + elsewhere.access().server + "/api/v1/nodes/n1\r\n"));
  ApiAccess access = server.access();
  access.token = "secret";
  const auto answer = client_of(access)->get(kNodePath);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_NE(answer.error().describe().find("redirect"), std::string::npos);
  EXPECT_TRUE(elsewhere.seen().empty());
}

TEST(ApiClientTest, HostileAnswersAreErrors) {
  std::string body, headers;
  FakeApiServer server(
      [&](const ApiRequest&, ApiConnection& connection) { connection.answer(200, body, headers); });
  const auto client = client_of(server.access());
  std::string wide = "{\"a\":0";
  for (int i = 0; i < 5000; ++i) wide += ",\"k" + std::to_string(i) + "\":0";
  const std::vector<std::string> bodies = {
      "",
      "<html>login</html>",
      "[1,2]",
      "\"text\"",
      "null",
      "{\"a\":",
      "{} {}",
      "{\"a\":\"\xff\"}",
      std::string(100'000, '['),
      "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}",
      wide + "}",
      std::string("{\0}", 3)};
  for (const auto& hostile : bodies) {
    body = hostile;
    const auto answer = client->get(kNodePath);
    ASSERT_FALSE(answer) << hostile.substr(0, 80);
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << hostile.substr(0, 80);
    EXPECT_LT(answer.error().describe().size(), 600u);
  }
  body = "{\"a\":" + std::string(60, '[') + std::string(60, ']') + "}";
  EXPECT_TRUE(client->get(kNodePath));
}

TEST(ApiClientTest, MoreThanSixteenMebibytesIsRefused) {
  FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
    connection.begin_stream();
    const std::string piece(1 << 20, ' ');
    for (int i = 0; i < 64; ++i) connection.chunk(piece);
  });
  const auto answer = client_of(server.access())->get(kNodePath);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_NE(answer.error().describe().find("16 MiB"), std::string::npos);
}

TEST(ApiClientTest, AnAnswerCutShortAndAServerThatIsNotThereAreUnavailable) {
  ApiAccess gone;
  {
    FakeApiServer server([](const ApiRequest&, ApiConnection& connection) {
      connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"a\":1}");
      connection.client_left(0);
      connection.cut();
    });
    gone = server.access();
    const auto cut = client_of(gone)->get(kNodePath);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, Code::kUnavailable);
  }
  const auto nobody = client_of(gone)->get(kNodePath);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Code::kUnavailable);
  EXPECT_NE(nobody.error().what.find(kNodePath), std::string::npos);
}

TEST(ApiClientTest, ARequestEndsWhenItIsStopped) {
  FakeApiServer server(
      [](const ApiRequest&, ApiConnection& connection) { connection.client_left(20'000); });
  std::atomic<bool> stop{false};
  auto client = ApiClient::open(server.access(), &stop);
  ASSERT_TRUE(client);
  std::thread stopper([&] {
    ::usleep(200'000);
    stop = true;
  });
  const auto before = std::chrono::steady_clock::now();
  const auto answer = (*client)->get(kNodePath);
  stopper.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kInterrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

}  // namespace
}  // namespace septet::kube
