#include "agent/agent_options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>

namespace septet::agent {

namespace {

std::map<std::string, std::string>& variables() {
  static std::map<std::string, std::string> map;
  return map;
}

std::optional<std::string> environment(const char* name) {
  const auto found = variables().find(name);
  return found == variables().end() ? std::nullopt : std::optional(found->second);
}

Result<AgentOptions> read(const std::vector<std::string>& words,
                          std::map<std::string, std::string> set = {}) {
  variables() = std::move(set);
  return read_agent_options(words, environment);
}

TEST(AgentOptions, CommandLineOverEnvironment) {
  EXPECT_EQ(read({"--node-name=a"}, {{"NODE_NAME", "b"}})->node_name, "a");
  EXPECT_EQ(read({"--node-name", "a"})->node_name, "a");
  EXPECT_EQ(read({}, {{"NODE_NAME", "b"}})->node_name, "b");
  EXPECT_EQ(read({"--mig-strategy", "mixed"}, {{"MIG_STRATEGY", "single"}})->plugin.strategy,
            publish::MigStrategy::kMixed);
}

TEST(AgentOptions, SocketsStandBesideKubelets) {
  EXPECT_EQ(read({})->plugin_folder, "/var/lib/kubelet/device-plugins");
  EXPECT_EQ(read({"--kubelet-socket=/x/kubelet.sock"})->plugin_folder, "/x");
  EXPECT_EQ(read({"--kubelet-socket=", "--plugin-folder=/y"})->plugin_folder, "/y");
}

TEST(AgentOptions, SwitchesTakeTrueAndFalse) {
  EXPECT_TRUE(read({"--kubernetes"})->kubernetes);
  EXPECT_TRUE(read({"--kubernetes=true"})->kubernetes);
  EXPECT_FALSE(read({"--kubernetes=false"})->kubernetes);
  EXPECT_FALSE(read({"--no-api"})->api);
}

TEST(AgentOptions, TheHttpServiceIsOffUntilItHasAnAddress) {
  EXPECT_EQ(read({"--kubernetes"})->http.address, "");
  const auto options =
      read({"--http", "127.0.0.1:8080", "--token-file=/t", "--tls-cert", "c", "--tls-key", "k",
            "--http-host", "a.example,b.example", "--http-host=c.example", "--history", "none"});
  ASSERT_TRUE(options) << options.error().describe();
  EXPECT_FALSE(options->kubernetes);
  EXPECT_EQ(options->http.address, "127.0.0.1:8080");
  EXPECT_EQ(options->http.token_file, "/t");
  EXPECT_EQ(options->http.hosts, (std::vector<std::string>{"a.example", "b.example", "c.example"}));
  EXPECT_EQ(options->http.history, "none");
  EXPECT_EQ(read({"--http=:1"}, {{"SEPTET_HTTP", ":2"}})->http.address, ":1");
  EXPECT_EQ(read({}, {{"SEPTET_HTTP", ":2"}})->http.address, ":2");
}

TEST(AgentOptions, WrongWordsAreNamedWithTheNearest) {
  const std::pair<std::vector<std::string>, const char*> table[] = {
      {{"--nod-name=a"}, "--node-name"},
      {{"--node-name"}, "needs a value"},
      {{"stray"}, "stray"},
      {{"--poll-interval=fast"}, "number of seconds"},
      {{"--poll-interval=0"}, "seconds"},
      {{"--poll-interval=nan"}, "seconds"},
      {{"--kubernetes=maybe"}, "maybe"},
      {{"--mig-strategy=all"}, "all"},
      {{"--config-file=/nowhere"}, "/nowhere"}};
  for (const auto& [words, said] : table) {
    const auto options = read(words);
    ASSERT_FALSE(options) << words[0];
    EXPECT_NE(options.error().describe().find(said), std::string::npos)
        << options.error().describe();
  }
  EXPECT_FALSE(read({}, {{"DP_DISABLE_HEALTHCHECKS", "lots"}}));
}

TEST(AgentOptions, SharingByMpsNeedsAFolder) {
  const std::string file = testing::TempDir() + "septet_mps_" + std::to_string(getpid()) + ".yaml";
  std::ofstream(file) << "sharing: {mps: {resources: [{name: nvidia.com/gpu, replicas: 2}]}}\n";
  const auto without = read({"--config-file", file});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, Code::kInvalidArgument);
  EXPECT_TRUE(without.error().remedy.contains("mps.root")) << without.error().describe();
  EXPECT_TRUE(read({"--config-file", file}, {{"MPS_ROOT", "/run/nvidia/mps"}}));
  std::remove(file.c_str());
}

TEST(AgentOptions, WhatIsNotFollowedIsSaid) {
  EXPECT_TRUE(read({})->plugin.warnings.empty());
  EXPECT_EQ(read({"--oneshot"})->plugin.warnings.size(), 1u);
  EXPECT_TRUE(read({"--device-list-strategy=cdi-cri", "--gds-enabled"})->plugin.warnings.empty())
      << "a CDI file says it";
  EXPECT_TRUE(read({"--gds-enabled"})->plugin.warnings.empty()) << "an environment variable does";
}

TEST(AgentOptions, TheDriverIsFoundByName) {
  EXPECT_EQ(read({}, {{"SEPTET_DRIVER", "/a/lib.so"}})->library, "/a/lib.so");
  EXPECT_EQ(read({}, {{"DRIVER_ROOT_CTR_PATH", "/nowhere"}})->library, "libnvidia-ml.so.1");
}

}  // namespace

}  // namespace septet::agent
