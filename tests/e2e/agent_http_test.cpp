// The agent as a user runs it, asked over its socket and its port.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "http_client.h"
#include "program.h"

namespace septet::e2e {
namespace {

constexpr const char* kToken = "0123456789abcdef";
const HttpClient::Headers kBearer = {{"Authorization", std::string("Bearer ") + kToken}};
const Json kWanted = {{"gpus", {{{"gpu", 0}, {"instances", {"3g.40gb:0", "1g.10gb:4"}}}}}};

// An agent on a socket beside the node's state file.
class Agent {
 public:
  explicit Agent(const Node& node, const std::string& more = "")
      : socket_(node.state() + ".sock"),
        client_(socket_),
        running_(node.argv("agent --http unix:" + socket_ + " " + more)) {
    EXPECT_TRUE(client_.wait_until_served()) << "it did not come up";
  }
  const HttpClient& client() const { return client_; }
  const std::string& socket() const { return socket_; }
  Outcome stop() {
    kill(running_.pid(), SIGTERM);
    return running_.wait();
  }

 private:
  std::string socket_;
  HttpClient client_;
  Running running_;
};

std::string token_file(const Node& node) {
  const std::string path = node.write("token", std::string(kToken) + "\n");
  chmod(path.c_str(), 0600);
  return "--token-file " + path;
}

Json order(const HttpClient& client, const Json& wanted) {
  const HttpAnswer planned = client.post("/api/v1/plan", wanted);
  EXPECT_EQ(planned.status, 200) << planned.body;
  return {{"plan", wanted}, {"hash", planned.json()["hash"]}};
}

std::string profiles(const Node& node) {
  std::string text;
  const Json gpus = node.json("status")["gpus"];
  for (const Json& instance : gpus[0]["gpu_instances"])
    text += instance["profile"].get<std::string>() + " ";
  return text;
}

Json ended_job(const HttpClient& client, const Json& taken) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  Json job;
  do {
    (void)poll(nullptr, 0, 20);  // a client that asks without a pause is told to wait
    job = client.get("/api/v1/jobs/" + taken.value("job", "none")).json();
  } while (job["state"] == "running" && std::chrono::steady_clock::now() < end);
  return job;
}

TEST(AgentHttp, TellsTheNodeAsStatusDoes) {
  const Node node("--gpus 2 --mig on");
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 3g.40gb -C").code, 0);
  Agent agent(node);
  const Json told = agent.client().get("/api/v1/node").json(), status = node.json("status");
  ASSERT_EQ(told["gpus"].size(), 2u);
  EXPECT_EQ(told["gpus"][0]["uuid"], status["gpus"][0]["uuid"]);
  EXPECT_EQ(told["gpus"][0]["gpu_instances"][0]["compute_instances"][0]["uuid"],
            status["gpus"][0]["gpu_instances"][0]["compute_instances"][0]["uuid"]);
  EXPECT_EQ(told["simulated"], true);
  EXPECT_EQ(told["may_change"], false);
  EXPECT_TRUE(agent.client().get("/metrics").body.contains("# TYPE septet_"));
  struct stat about {};
  ASSERT_EQ(stat(agent.socket().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u) << "the socket is its owner's";
  const Outcome stopped = agent.stop();
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  EXPECT_TRUE(stopped.err.contains("read-only")) << stopped.err;
  EXPECT_FALSE(std::filesystem::exists(agent.socket())) << "the socket goes with it";
}

TEST(AgentHttp, AppliesWhatWasConfirmedAndUndoesIt) {
  const Node node("--gpus 1 --mig on");
  Agent agent(node, token_file(node));
  const HttpAnswer taken =
      agent.client().post("/api/v1/apply", order(agent.client(), kWanted), kBearer);
  ASSERT_EQ(taken.status, 202) << taken.body;
  const Json job = ended_job(agent.client(), taken.json());
  EXPECT_EQ(job["state"], "done") << job;
  EXPECT_EQ(profiles(node), "3g.40gb 1g.10gb ");
  const Json undo = {{"undo", "last"}};
  const HttpAnswer back =
      agent.client().post("/api/v1/apply", order(agent.client(), undo), kBearer);
  EXPECT_EQ(ended_job(agent.client(), back.json())["state"], "done");
  EXPECT_EQ(profiles(node), "");
  const auto history = node.septet("history");
  EXPECT_TRUE(history.out.contains("api rollback 1")) << history.out;
}

TEST(AgentHttp, NothingIsChangedByWhoMayNot) {
  const Node node("--gpus 1 --mig on");
  Agent agent(node, token_file(node));
  const Json good = order(agent.client(), kWanted);
  Json other = good;
  other["hash"] = std::string(40, '0');
  HttpClient::Headers wrong = {{"Authorization", "Bearer 0123456789abcdeF"}};
  HttpClient::Headers cross = kBearer, rebound = kBearer, form = kBearer;
  cross["Origin"] = "http://evil.example";
  rebound["Host"] = "evil.example";
  form["Content-Type"] = "text/plain";
  const auto& client = agent.client();
  EXPECT_EQ(client.post("/api/v1/apply", good).status, 401);
  EXPECT_EQ(client.post("/api/v1/apply", good, wrong).status, 401);
  EXPECT_EQ(client.post("/api/v1/apply", good, cross).status, 403);
  EXPECT_EQ(client.post("/api/v1/apply", good, rebound).status, 403);
  EXPECT_EQ(client.post("/api/v1/apply", good, form).status, 415);
  EXPECT_EQ(client.post(std::string("/api/v1/apply?token=") + kToken, good).status, 400);
  const HttpAnswer conflict = client.post("/api/v1/apply", other, kBearer);
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.json()["hash"], good["hash"]);
  EXPECT_EQ(profiles(node), "");
  EXPECT_TRUE(client.get("/api/v1/changes").json()["changes"].empty());
}

TEST(AgentHttp, WhatAnotherProcessChangesIsSeen) {
  const Node node("--gpus 1 --mig on");
  Agent agent(node);
  EventReader events(agent.client());
  ASSERT_TRUE(events.next("state", 5000).is_object());
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 4g.40gb -C").code, 0);
  const Json seen = events.next("state", 5000, [](const Json& state) {
    return state["gpus"][0]["gpu_instances"].size() == 1;
  });
  ASSERT_TRUE(seen.is_object());
  EXPECT_TRUE(events.next("activity", 5000).is_object());
}

TEST(AgentHttp, AFaultIsShownWhereItStruck) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 3g.40gb,3g.40gb -C").code, 0);
  Agent agent(node);
  EventReader events(agent.client());
  ASSERT_TRUE(events.next("state", 5000).is_object());
  ASSERT_EQ(node.septet("sim fault xid 79 --gpu 0").code, 0);
  const Json seen = events.next("state", 5000, [](const Json& state) {
    return state["gpus"][0]["health"]["healthy"] == false;
  });
  EXPECT_TRUE(seen.is_object());
}

TEST(AgentHttp, StartsOnlyWhereItIsSafe) {
  const Node node("--gpus 1 --mig on");
  const std::string open = node.write("open", kToken), lock = token_file(node);
  chmod(open.c_str(), 0644);
  const std::pair<std::string, const char*> table[] = {
      {"agent --http 0.0.0.0:0", "TLS and a token"},
      {"agent --http 0.0.0.0:0 " + lock, "TLS and a token"},
      {"agent --http 127.0.0.1:0 --token-file " + open, "others may read"},
      {"agent --http 127.0.0.1:0 --tls-cert " + open, "--tls-key"},
      {"agent --http nowhere.example:80", "nowhere.example"},
      {"agent", "--http"}};
  for (const auto& [words, says] : table) {
    const Outcome refused = node.septet(words);
    EXPECT_NE(refused.code, 0) << words;
    EXPECT_TRUE(refused.err.contains(says)) << words << "\n" << refused.err;
    EXPECT_FALSE(refused.err.contains(kToken));
  }
}

// Files may hold 8 KiB: less than the history's first pages.
TEST(AgentHttp, AFullDiskUnderTheHistoryStopsNothing) {
  const Node node("--gpus 1 --mig on");
  const std::string socket = node.state() + ".sock";
  std::vector<std::string> argv{"/usr/bin/prlimit", "--fsize=8192"};
  for (const std::string& word : node.argv("agent --http unix:" + socket)) argv.push_back(word);
  Running agent(argv);
  const HttpClient client(socket);
  ASSERT_TRUE(client.wait_until_served());
  EventReader events(client);
  for (int second = 0; second < 3; ++second)
    ASSERT_TRUE(events.next("activity", 5000).is_object()) << second;
  EXPECT_EQ(client.get("/api/v1/node").status, 200);
  EXPECT_TRUE(client.get("/api/v1/series").json().is_object());
  kill(agent.pid(), SIGTERM);
  const Outcome stopped = agent.wait();
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  EXPECT_TRUE(stopped.err.contains("history")) << stopped.err;
}

TEST(AgentHttp, AStopInTheMiddleOfAChangeTakesItBack) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("sim fault slow --create 200 --destroy 200 --mode 0").code, 0);
  Agent agent(node, token_file(node));
  EventReader events(agent.client());
  ASSERT_TRUE(events.next("state", 5000).is_object());
  const HttpAnswer taken =
      agent.client().post("/api/v1/apply", order(agent.client(), kWanted), kBearer);
  ASSERT_EQ(taken.status, 202) << taken.body;
  const Json second = events.next("change", 5000, [](const Json& job) { return job["step"] == 2; });
  ASSERT_TRUE(second.is_object());
  const Json another = {{"plan", kWanted}, {"hash", "of another client"}};
  EXPECT_EQ(agent.client().post("/api/v1/apply", another, kBearer).status, 409)
      << "one change at a time";
  const Outcome stopped = agent.stop();
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  EXPECT_EQ(profiles(node), "");
  EXPECT_EQ(node.json("history")[0]["state"], "rolled-back");
}

TEST(AgentHttp, HostileBytesAreAnsweredAndTheNextIsServed) {
  const Node node("--gpus 1 --mig on");
  Agent agent(node);
  for (const std::string& request :
       {std::string(
            "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        std::string("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: "
                    "close\r\n\r\n"),
        std::string("BREW /api/v1/node HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        std::string(
            "POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            "application/json\r\nContent-Length: 9999999999\r\nConnection: close\r\n\r\n")}) {
    const HttpAnswer answer = agent.client().raw(request);
    EXPECT_GE(answer.status, 400) << request;
    EXPECT_FALSE(answer.body.contains("root:")) << request;
  }
  EXPECT_EQ(agent.client().get("/api/v1/node").status, 200);
}

}  // namespace
}  // namespace septet::e2e
