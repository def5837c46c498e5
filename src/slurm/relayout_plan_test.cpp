#include "slurm/relayout_plan.h"

#include <gtest/gtest.h>

#include <map>

#include "slurm/run_program.h"

namespace septet::slurm {
namespace {

publish::SlurmDevice slice(std::uint8_t start, std::uint8_t size) {
  publish::SlurmDevice device;
  device.gpu_instance = start;
  device.at = {start, size};
  return device;
}

SlurmJob holding(std::uint64_t id, const std::string& detail) {
  SlurmJob job;
  job.id = id;
  job.state = "RUNNING";
  job.per_node = {{"3g.40gb", 1}};
  job.gres_detail = {detail};
  return job;
}

// The instance at 0 goes, that at 4 stays.
Situation half_goes() {
  Situation situation;
  situation.node.name = "gn0";
  situation.node.state = "mixed";
  situation.node.flags = {"DYNAMIC_NORM"};
  situation.devices = {slice(0, 4), slice(4, 4)};
  plan::Step step;
  step.kind = plan::StepKind::kDestroyInstance;
  step.at = {0, 4};
  situation.cut.steps = {step};
  return situation;
}

TEST(Relayout, OnlyJobsOnInstancesThatGoAreConcerned) {
  Situation situation = half_goes();
  situation.jobs = {holding(1, "gpu:4g.40gb:1(IDX:0)"), holding(2, "gpu:3g.40gb:1(IDX:1)"),
                    holding(3, "gpu:3g.40gb:1"), holding(4, "gpu:x:1(IDX:9)")};
  SlurmJob plain = holding(5, "");
  plain.per_node.clear();
  plain.gres_detail.clear();
  situation.jobs.push_back(plain);
  const auto ids = [&] {
    std::vector<std::uint64_t> found;
    for (const SlurmJob& job : jobs_concerned(situation)) found.push_back(job.id);
    return found;
  };
  EXPECT_EQ(ids(), (std::vector<std::uint64_t>{1, 3, 4}));
  situation.order_known = false;
  EXPECT_EQ(ids(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  plan::Step mode;
  mode.kind = plan::StepKind::kSetMode;
  situation.order_known = true;
  situation.cut.steps = {mode};
  EXPECT_EQ(ids(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST(Relayout, StepsAreThoseOfTheDynamicCycle) {
  Situation situation = half_goes();
  situation.jobs = {holding(1, "gpu:4g.40gb:1(IDX:0)"), holding(2, "gpu:3g.40gb:1(IDX:1)")};
  const auto steps = relayout_steps(situation);
  ASSERT_TRUE(steps);
  std::vector<StepKind> kinds;
  for (const RelayoutStep& step : *steps) kinds.push_back(step.kind);
  EXPECT_EQ(kinds,
            (std::vector<StepKind>{StepKind::kDrain, StepKind::kAwaitConcerned, StepKind::kCut,
                                   StepKind::kAwaitAll, StepKind::kStopSlurmd, StepKind::kDelete,
                                   StepKind::kWriteGres, StepKind::kRegister}));
  situation.node.flags.clear();
  const auto fixed = relayout_steps(situation);
  ASSERT_FALSE(fixed);
  EXPECT_EQ(fixed.error().code, Code::kNotSupported);
}

TEST(Relayout, ANodeKeepsWhatItWasRegisteredWith) {
  SlurmNode node;
  node.cpus = 16;
  node.sockets = 2;
  node.cores = 8;
  node.threads = 1;
  node.real_memory_mib = 1000;
  node.features = {"mig", "mig-a100-80gb-x4", "rack7"};
  EXPECT_EQ(dynamic_conf(node, "gpu:a:1", {"mig-h100-sxm5-80gb-x8"}),
            "CPUs=16 SocketsPerBoard=2 CoresPerSocket=8 ThreadsPerCore=1 RealMemory=1000 Weight=1 "
            "Feature=mig,rack7,mig-h100-sxm5-80gb-x8 Gres=gpu:a:1");
}

publish::ReadFile file_with(const std::string& text) {
  return [text](const std::string&) -> Result<std::string> { return text; };
}

TEST(GresFile, OnlyTheLinesOfTheNodeAreReplaced) {
  const std::string text =
      "# the site's\nAutoDetect=off\nNodeName=gn0 Name=gpu Type=a \\\n  File=/dev/nvidia0\n"
      "NodeName=gn1 Name=gpu File=/dev/nvidia0\nnodename=gn0 Name=gpu File=/dev/nvidia1\n";
  EXPECT_EQ(with_node_lines("/g", "gn0", "NodeName=gn0 new\n", file_with(text)).value(),
            "# the site's\nAutoDetect=off\nNodeName=gn1 Name=gpu File=/dev/nvidia0\n"
            "NodeName=gn0 new\n");
  for (const char* shared :
       {"NodeName=gn[0-3] Name=gpu File=/dev/nvidia0\n", "Name=gpu File=/dev/nvidia0\n"}) {
    const auto refused = with_node_lines("/g", "gn0", "", file_with(shared));
    ASSERT_FALSE(refused) << shared;
    EXPECT_EQ(refused.error().code, Code::kConflict);
  }
}

TEST(GresFile, DetectionIsThatOfTheNode) {
  using publish::Detection;
  EXPECT_EQ(detection_of("/g", "gn0", file_with("AutoDetect=nvml\n")), Detection::kNvml);
  EXPECT_EQ(detection_of("/g", "gn0", file_with("AutoDetect=nvml\nNodeName=gn0 AutoDetect=off\n")),
            Detection::kStatic);
  EXPECT_EQ(detection_of("/g", "gn0", file_with("NodeName=gn1 AutoDetect=nvml\n")),
            Detection::kStatic);
}

TEST(RunProgram, TellsHowAProgramEnded) {
  using std::chrono::milliseconds;
  EXPECT_EQ(run_program({"echo", "a;b $HOME"}, milliseconds(20000)), "a;b $HOME\n");
  EXPECT_EQ(run_program({"no-such-program-of-slurm"}, milliseconds(20000)).error().code,
            Code::kNotFound);
  const auto failed = run_program({"sh", "-c", "echo why >&2; exit 3"}, milliseconds(20000));
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().what.find("exited with 3 and said \"why\""), std::string::npos)
      << failed.error().what;
  const auto slow = run_program({"sleep", "1000"}, milliseconds(50));
  ASSERT_FALSE(slow);
  EXPECT_NE(slow.error().what.find("50 ms"), std::string::npos);
  // A daemon that keeps its output open is not waited for.
  EXPECT_EQ(run_program({"sh", "-c", "sleep 5 & echo done"}, milliseconds(4000)), "done\n");
}

}  // namespace
}  // namespace septet::slurm
