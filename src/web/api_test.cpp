#include "web/api.h"

#include <gtest/gtest.h>

#include <set>

#include "partition/testing/scratch_journal.h"
#include "web/testing/api_fixture.h"

namespace septet::web {

namespace {

class ApiTest : public testing::ApiFixture {};

constexpr const char* kTwo = R"({"gpus":[{"gpu":0,"instances":["3g.40gb:0","1g.10gb:4"]}]})";

std::string order(const std::string& wanted, const std::string& hash) {
  return R"({"plan":)" + wanted + R"(,"hash":")" + hash + R"("})";
}

TEST_F(ApiTest, EveryAnswerForbidsWhatAPageOfOthersWouldNeed) {
  auto wrong = get("/api/v1/node");
  wrong.headers["host"] = "evil.example";
  for (const auto& request : {get("/"), get("/api/v1/node"), get("/nothing"), wrong}) {
    const auto response = ask(request);
    EXPECT_EQ(response.headers.at("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.headers.at("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.at("Referrer-Policy"), "no-referrer");
    EXPECT_TRUE(response.headers.at("Content-Security-Policy").contains("frame-ancestors 'none'"));
    EXPECT_FALSE(response.headers.contains("Access-Control-Allow-Origin"));
  }
}

TEST_F(ApiTest, TheNodeIsToldWithWhatFits) {
  const Json state = json(get("/api/v1/node"));
  EXPECT_EQ(state["host"], "gn0");
  EXPECT_EQ(state["simulated"], true);
  EXPECT_EQ(state["gpus"].size(), 2u);
  EXPECT_EQ(state["gpus"][0]["free"]["compute_slices"], 7);
}

TEST_F(ApiTest, APlanChangesNothingAndNamesItsSteps) {
  const std::string before = cut(0);
  const Json planned = plan(kTwo);
  EXPECT_EQ(planned["steps"].size(), 4u);
  EXPECT_EQ(planned["steps"][0]["text"], "GPU 0: create 3g.40gb at 0");
  EXPECT_EQ(planned["hash"].get<std::string>().size(), 40u);
  EXPECT_EQ(planned["obstacle"], nullptr);
  EXPECT_EQ(planned["from"][0]["instances"].size(), 0u);
  EXPECT_EQ(planned["to"][0]["instances"][0],
            (Json{{"profile", "3g.40gb"}, {"start", 0}, {"size", 4}, {"stays", false}}));
  EXPECT_EQ(plan(kTwo)["hash"], planned["hash"]) << "the same twice";
  EXPECT_EQ(cut(0), before);
}

TEST_F(ApiTest, WhatDoesNotFitSaysWhatDoes) {
  const Json no = plan(R"({"gpus":[{"gpu":1,"instances":["4g.40gb","4g.40gb"]}]})", 422);
  EXPECT_EQ(no["error"]["code"], "infeasible");
  EXPECT_EQ(no["error"]["exit_code"], 3);
  const auto what = no["error"]["what"].get<std::string>();
  EXPECT_TRUE(what.starts_with("2x 4g.40gb does not fit on GPU 1")) << what;
  EXPECT_TRUE(no["error"]["remedy"].get<std::string>().contains("3g.40gb"));
}

TEST_F(ApiTest, AppliesWhatWasConfirmedAndTakesItBack) {
  const std::string before = cut(0);
  const std::string hash = plan(kTwo)["hash"];
  const Json taken = json(post("/api/v1/apply", order(kTwo, hash), true), 202);
  const Json done = job(taken["job"]);
  EXPECT_EQ(done["state"], "done") << done;
  EXPECT_EQ(done["step"], 4);
  EXPECT_EQ(done["change"], 1);
  EXPECT_EQ(cut(0), "GPU 0: MIG on, 3g.40gb@0 1g.10gb@4");

  const std::string undo = R"({"undo":"last"})";
  const Json back = plan(undo);
  EXPECT_TRUE(back["notes"][0].get<std::string>().contains("before change 1"));
  const Json undone = job(json(post("/api/v1/apply", order(undo, back["hash"]), true), 202)["job"]);
  EXPECT_EQ(undone["state"], "done");
  EXPECT_EQ(cut(0), before);

  const Json changes = json(get("/api/v1/changes"))["changes"];
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0]["verb"], "api rollback 1") << "newest first";
  EXPECT_EQ(changes[1]["verb"], "api");
  EXPECT_TRUE(changes[1]["command"].get<std::string>().contains("for 127.0.0.1"));
}

TEST_F(ApiTest, AnotherPlanThanTheConfirmedOneIsNotCarriedOut) {
  const std::string hash = plan(kTwo)["hash"];
  const auto other = (*open())->create_gpu_instance(0, 19, mig::Placement{6, 1});
  ASSERT_TRUE(other);
  const std::string before = cut(0);
  const Json refused = json(post("/api/v1/apply", order(kTwo, hash), true), 409);
  EXPECT_EQ(refused["error"]["code"], "conflict");
  EXPECT_EQ(refused["hash"], plan(kTwo)["hash"]) << "of the plan as it is now";
  EXPECT_EQ(cut(0), before);
}

TEST_F(ApiTest, SomebodyInTheWayIsNamedAndNotHurt) {
  const std::string hash = plan(kTwo)["hash"];
  job(json(post("/api/v1/apply", order(kTwo, hash), true), 202)["job"]);
  const auto id = now().gpus[0].instances[0].id;
  file_->change([&](driver::simulated::NodeState& node) {
    return driver::simulated::attach_process(node, partition::process_in(0, id));
  });
  const std::string before = cut(0), seven = R"({"gpus":[{"gpu":0,"instances":["7g.80gb"]}]})";
  const Json planned = plan(seven);
  EXPECT_EQ(planned["obstacle"]["code"], "busy");
  ASSERT_FALSE(planned["blocked"].empty());
  EXPECT_TRUE(planned["blocked"][0]["by"][0].get<std::string>().contains("pid 4121"));
  json(post("/api/v1/apply", order(seven, planned["hash"]), true), 409);
  EXPECT_EQ(cut(0), before);
}

TEST_F(ApiTest, WithoutTheTokenNothingIsChanged) {
  const std::string before = cut(0), hash = plan(kTwo)["hash"];
  json(post("/api/v1/apply", order(kTwo, hash)), 401);
  auto wrong = post("/api/v1/apply", order(kTwo, hash), true);
  wrong.headers["authorization"] = "Bearer 0123456789abcdeF";
  json(wrong, 401);
  auto elsewhere = post("/api/v1/apply", order(kTwo, hash), true);
  elsewhere.headers["origin"] = "http://evil.example";
  json(elsewhere, 403);
  EXPECT_EQ(cut(0), before);
}

TEST_F(ApiTest, AGovernedNodeIsNotChangedByHand) {
  look("MigLayout default/night");
  const std::string before = cut(0), hash = plan(kTwo)["hash"];
  const Json no = json(post("/api/v1/apply", order(kTwo, hash), true), 409);
  EXPECT_TRUE(no["error"]["what"].get<std::string>().starts_with("MigLayout default/night"));
  EXPECT_EQ(cut(0), before);
}

TEST_F(ApiTest, WrongRequestsSayWhatIsWrong) {
  struct Row {
    http::Request request;
    int status;
    const char* says;
  };
  auto put = get("/api/v1/node");
  put.method = "PUT";
  auto most = get("/api/v1/changes");
  most.query["most"] = "0";
  auto minutes = get("/api/v1/series");
  minutes.query["minutes"] = "60x";
  const Row table[] = {
      {get("/nothing"), 404, "/nothing"},
      {get("/api/v2/node"), 404, "openapi"},
      {get("/api/v1/jobs/"), 404, "no"},
      {get("/api/v1/jobs/77"), 404, "job"},
      {put, 405, "GET"},
      {get("/api/v1/plan"), 405, "POST"},
      {most, 400, "most"},
      {minutes, 400, "minutes"},
      {post("/api/v1/plan", ""), 400, "JSON"},
      {post("/api/v1/plan", "{}"), 400, "gpus, file and undo"},
      {post("/api/v1/plan", R"({"gpu":[]})"), 400, "gpus"},
      {post("/api/v1/apply", R"({"plan":{"undo":"last"}})", true), 400, "hash"},
      {post("/api/v1/apply", R"({"plan":{"undo":"last"},"hash":7})", true), 400, "text"},
      {post("/api/v1/plan", R"({"undo":"last"})"), 404, "recorded"},
      {post("/api/v1/lab/compare", R"({"scenario":"seven-small-servces"})"), 404,
       "seven-small-services"},
      {post("/api/v1/lab/compare", R"({"text":"a: 1","seconds":121})"), 400, "120"}};
  for (const Row& row : table) {
    const Json body = json(row.request, row.status);
    const std::string text = body.dump();
    EXPECT_TRUE(text.contains(row.says)) << row.request.path << ": " << text;
    EXPECT_EQ(body["error"].size(), 4u) << text;
  }
}

TEST_F(ApiTest, EventsBeginWithTheNodeAndFollowIt) {
  const auto reply = std::make_shared<testing::FakeReply>();
  api_.handle(get("/api/v1/events"), reply);
  EXPECT_EQ(reply->wait().content_type, "text/event-stream");
  ASSERT_TRUE(reply->stream());
  look();
  const std::string hash = plan(kTwo)["hash"];
  job(json(post("/api/v1/apply", order(kTwo, hash), true), 202)["job"]);
  look();
  EXPECT_TRUE(reply->stream()->events().starts_with("state activity change"))
      << reply->stream()->events();
  EXPECT_TRUE(reply->stream()->events().ends_with("change state")) << reply->stream()->events();
}

TEST_F(ApiTest, TheDescriptionListsEveryRouteAndNoOther) {
  const http::Response response = ask(get("/api/v1/openapi.json"));
  const Json described = Json::parse(response.fixed_body);
  EXPECT_EQ(described["openapi"], "3.1.0");
  std::set<std::string> there, ours;
  for (const auto& [path, methods] : described["paths"].items()) {
    for (const auto& [method, about] : methods.items()) {
      there.insert(method + " " + path);
      EXPECT_FALSE(about["summary"].get<std::string>().empty()) << path;
      EXPECT_TRUE(about["responses"].contains("200") || about["responses"].contains("202")) << path;
    }
  }
  for (const Route& route : routes())
    ours.insert((route.method == "GET" ? "get " : "post ") + std::string(route.path));
  EXPECT_EQ(there, ours);
}

}  // namespace

}  // namespace septet::web
