// What a user does to a simulated node, and what every program then sees.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "program.h"

namespace septet::e2e {
namespace {

TEST(SimulatedNode, IsSaidOutLoud) {
  const Node node("--gpus 1");
  EXPECT_NE(node.septet("status").out.find("SIMULATED"), std::string::npos);
  EXPECT_TRUE(node.json("status")["simulated"].get<bool>());
}

TEST(SimulatedNode, ProcessMakesItsInstanceBusyAndItsNumbersLive) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("smi mig -cgi 9 -C").code, 0);
  const Json before = node.json("status")["gpus"][0]["gpu_instances"][0];
  const auto id = std::to_string(before["id"].get<int>());
  const auto started =
      node.septet("sim process start --gpu 0 --gi " + id + " --memory 8GiB --sm 70 --name vllm");
  ASSERT_EQ(started.code, 0) << started.err;

  const Json gi = node.json("status")["gpus"][0]["gpu_instances"][0];
  EXPECT_EQ(gi["usage"]["memory_used_mib"].get<int>(),
            before["usage"]["memory_used_mib"].get<int>() + 8192);
  ASSERT_EQ(gi["processes"].size(), 1u);
  EXPECT_EQ(gi["processes"][0]["name"], "vllm");
  EXPECT_EQ(node.septet("smi mig -dci").code, 19) << "in use";

  const std::string pid = std::to_string(gi["processes"][0]["pid"].get<int>());
  EXPECT_EQ(node.septet("sim process stop " + pid).code, 0);
  EXPECT_EQ(node.septet("smi mig -dci").code, 0);
  EXPECT_EQ(node.septet("smi mig -dgi").code, 0);
}

TEST(SimulatedNode, ProcessKilledHardIsForgotten) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("smi mig -cgi 19 -C").code, 0);
  const auto started = node.septet("sim process start --gpu 0 --gi 13 --memory 1GiB");
  ASSERT_EQ(started.code, 0) << started.err;
  kill(std::stoi(started.out), SIGKILL);
  for (int i = 0; i < 200 && node.septet("smi mig -dci").code != 0; ++i) usleep(10'000);
  EXPECT_TRUE(node.json("status")["gpus"][0]["gpu_instances"][0]["compute_instances"].empty());
}

TEST(SimulatedNode, RebootForgetsInstancesAndHoppersMode) {
  const Node node("--product a100-80gb,h100-sxm5-80gb --mig on");
  ASSERT_EQ(node.septet("smi mig -cgi 9 -C").code, 0);
  ASSERT_EQ(node.septet("sim fault reboot").code, 0);
  const Json gpus = node.json("status")["gpus"];
  EXPECT_EQ(gpus[0]["mig_mode"], "on") << "Ampere keeps the mode";
  EXPECT_EQ(gpus[1]["mig_mode"], "off") << "Hopper loses it";
  EXPECT_TRUE(gpus[0]["gpu_instances"].empty());
}

TEST(SimulatedNode, AmpereModeWaitsForAReset) {
  const Node node("--gpus 1 --product a100-40gb");
  ASSERT_EQ(node.septet("smi -i 0 -mig 1").code, 0);
  EXPECT_EQ(node.json("status")["gpus"][0]["mig_mode"], "off");
  EXPECT_EQ(node.json("status")["gpus"][0]["mig_mode_pending"], "on");
  ASSERT_EQ(node.septet("smi --gpu-reset -i 0").code, 0);
  EXPECT_EQ(node.json("status")["gpus"][0]["mig_mode"], "on");
}

TEST(SimulatedNode, LostGpuIsSaidAndTheOthersAreStillRead) {
  const Node node("--gpus 2 --mig on");
  ASSERT_EQ(node.septet("sim fault lost --gpu 0").code, 0);
  const Json gpus = node.json("status")["gpus"];
  EXPECT_FALSE(gpus[0]["problem"].is_null());
  EXPECT_TRUE(gpus[1]["problem"].is_null());
  EXPECT_EQ(gpus[1]["mig_mode"], "on");
  ASSERT_EQ(node.septet("sim fault clear").code, 0);
  EXPECT_TRUE(node.json("status")["gpus"][0]["problem"].is_null());
}

TEST(SimulatedNode, NthCallFailsAndPermissionIsDenied) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("sim fault call nvmlDeviceCreateGpuInstance --nth 2 --code 23").code, 0);
  const auto failed = node.septet("smi mig -cgi 19,19,19");
  EXPECT_EQ(failed.code, 23);
  EXPECT_EQ(node.json("status")["gpus"][0]["gpu_instances"].size(), 1u) << "what was made stays";
  ASSERT_EQ(node.septet("sim fault denied").code, 0);
  EXPECT_EQ(node.septet("smi mig -cgi 19").code, 4);
}

TEST(SimulatedNode, RunShowsCompanionFilesToAnyProgram) {
  const Node node("--gpus 1 --product a100-40gb --mig on --pci 00000000:36:00.0");
  ASSERT_EQ(node.septet("smi mig -cgi 9 -C").code, 0);
  const auto modules = node.septet("sim run -- cat /proc/modules");
  if (modules.err.find("no mount namespace") != std::string::npos) {
    GTEST_SKIP() << "no mount namespace here: " << modules.err;
  }
  EXPECT_TRUE(modules.out.starts_with("nvidia ")) << modules.out << modules.err;
  const auto config = node.septet("sim run -- cat /proc/driver/nvidia/capabilities/mig/config");
  EXPECT_EQ(config.out, "DeviceFileMinor: 1\nDeviceFileMode: 256\nDeviceFileModify: 1\n");
  // GI 2 on a normal chip (3g goes to 4:4 first), gpu minor 0: 3 + 135*0 + 9*2.
  const auto gi =
      node.septet("sim run -- cat /proc/driver/nvidia/capabilities/gpu0/mig/gi2/access");
  EXPECT_TRUE(gi.out.starts_with("DeviceFileMinor: 21\n")) << gi.out << gi.err;
  EXPECT_EQ(node.septet("sim run -- cat /sys/bus/pci/devices/0000:36:00.0/vendor").out, "0x10de\n");
  EXPECT_EQ(node.septet("sim run -- nvidia-smi -L").out, node.septet("smi -L").out);
  EXPECT_EQ(node.septet("sim run -- echo $HOME").out, "$HOME\n")
      << "words are not handed to a shell";
  EXPECT_EQ(node.septet("sim run -- false").code, 1);
  EXPECT_EQ(node.septet("sim run -- /nowhere/at-all").code, 127);
}

struct WrongInput {
  const char* rule;
  const char* words;
  int code;
  const char* said;
};
class WrongInputTest : public testing::TestWithParam<WrongInput> {};

TEST_P(WrongInputTest, IsAnErrorThatHelps) {
  const Node node("--gpus 1 --mig on");
  const auto outcome = node.septet(GetParam().words);
  EXPECT_EQ(outcome.code, GetParam().code) << outcome.out << outcome.err;
  EXPECT_NE(outcome.err.find(GetParam().said), std::string::npos) << outcome.err;
  EXPECT_EQ(node.json("status")["gpus"].size(), 1u) << "bad input never loses anything";
}
INSTANTIATE_TEST_SUITE_P(
    , WrongInputTest,
    testing::Values(
        WrongInput{"unknown_verb", "statsu", 1, "did you mean status"},
        WrongInput{"unknown_option", "status --colour", 1, "--colour"},
        WrongInput{"unknown_product", "sim create --product h100-sxm5-80g", 1, "h100-sxm5-80gb"},
        WrongInput{"unknown_chip", "sim create --chip upside", 1, "normal or rotated"},
        WrongInput{"too_many_gpus", "sim create --gpus 33", 1, "--gpus"},
        WrongInput{"old_driver", "sim create --driver 390.10", 1, "390.10"},
        WrongInput{"no_such_gpu", "status -i 7", 1, "there is no GPU 7"},
        WrongInput{"no_such_fault", "sim fault xdi --gpu 0 31", 1, "did you mean xid"},
        WrongInput{"no_such_instance", "sim fault xid --gpu 0 --gi 9 31", 1, "Not Found"},
        WrongInput{"missing_file", "plan /no/such/file.yaml", 1, "/no/such/file.yaml"},
        WrongInput{"unknown_profile", "explain --product a100-80gb 3g.41gbb", 1, "3g.40gb"}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST(StateFile, ForeignFileIsNamedAndLeftAlone) {
  const Node node("--gpus 1");
  const std::string foreign = node.state() + ".txt";
  std::ofstream(foreign) << "precious\n";
  const auto outcome = septet("--sim=" + foreign + " status");
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.err.find(foreign), std::string::npos);
  EXPECT_NE(outcome.err.find("sim create"), std::string::npos) << outcome.err;
  EXPECT_EQ(septet("--sim=" + foreign + " sim create").code, 1) << "not replaced without --force";
  EXPECT_EQ(read_file(foreign), "precious\n");
}

TEST(Driver, MissingDriverNamesBothRemedies) {
  const auto outcome = septet("--driver /nowhere/libnvidia-ml.so.1 status");
  EXPECT_EQ(outcome.code, 6);
  EXPECT_NE(outcome.err.find("--sim"), std::string::npos) << outcome.err;
}

TEST(Explain, AsksForABoardOnlyWhenTheAnswerNeedsOne) {
  unsetenv("SEPTET_SIM");  // each would name a board
  unsetenv("SEPTET_DRIVER");
  const auto bare = septet("explain -- mig -dci");
  EXPECT_EQ(bare.code, 0) << bare.err;
  EXPECT_NE(bare.out.find("the GPU instances stay"), std::string::npos) << bare.out;
  EXPECT_TRUE(Json::parse(septet("explain --json -- mig -dci").out)["board"].is_null());
  for (const char* words : {"explain -- mig -cgi 9 -C", "explain 3g.40gb", "explain --cgi 9"}) {
    const auto asked = septet(words);
    EXPECT_EQ(asked.code, 1) << words << asked.out;
    EXPECT_NE(asked.err.find("on which board?"), std::string::npos) << words << asked.err;
  }
}

}  // namespace
}  // namespace septet::e2e
