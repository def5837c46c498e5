#include "partition/holders.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

namespace septet::partition {
namespace {

namespace fs = std::filesystem;

const std::string kId(64, 'a');
const std::string kUid = "0f0e0d0c-1234-4abc-8def-0123456789ab";

struct CgroupCase {
  const char* who;
  std::string text;
  CgroupOwner owner;
};

TEST(Holders, ControlGroups) {
  std::string with_underscores = kUid;
  for (char& c : with_underscores) c = c == '-' ? '_' : c;
  const CgroupCase cases[] = {
      {"nobody", "0::/\n", {}},
      {"login", "0::/user.slice/user-1000.slice/session-2.scope\n", {}},
      {"unit", "0::/system.slice/nvidia-dcgm.service\n", {"", "", "nvidia-dcgm.service", ""}},
      {"docker", "0::/system.slice/docker-" + kId + ".scope\n", {kId, "", "", ""}},
      {"docker, version 1",
       "11:devices:/docker/" + kId + "\n1:name=systemd:/\n",
       {kId, "", "", ""}},
      {"podman", "0::/machine.slice/libpod-" + kId + ".scope/container\n", {kId, "", "", ""}},
      {"kubelet, systemd",
       "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + with_underscores +
           ".slice/cri-containerd-" + kId + ".scope\n",
       {kId, kUid, "", ""}},
      {"kubelet, cgroupfs",
       "5:memory:/kubepods/besteffort/pod" + kUid + "/" + kId + "\n",
       {kId, kUid, "", ""}},
      {"containerd in its unit",
       "0::/system.slice/containerd.service/kubepods-pod" + with_underscores +
           ".slice:cri-containerd:" + kId + "\n",
       {kId, kUid, "", ""}},
      {"slurm",
       "0::/system.slice/slurmstepd.scope/job_4711/step_0/user/task_0\n",
       {"", "", "", "4711"}},
      {"too long for a container", "0::/x/" + kId + "a\n", {}},
      {"no uid", "0::/kubepods/podcast\n", {}},
  };
  for (const CgroupCase& row : cases) EXPECT_EQ(parse_cgroup(row.text), row.owner) << row.who;
}

class ScratchProc : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-proc-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    proc_ = folder;
  }
  void TearDown() override {
    std::error_code ignored;  // a folder left in /tmp fails no test
    fs::remove_all(proc_, ignored);
  }
  void add(std::uint32_t pid, const std::string& comm, const std::string& cmdline,
           const std::string& cgroup) {
    const fs::path folder = proc_ / std::to_string(pid);
    fs::create_directories(folder);
    std::ofstream(folder / "comm") << comm << '\n';
    std::ofstream(folder / "cmdline", std::ios::binary) << cmdline;
    std::ofstream(folder / "status") << "Name:\t" << comm << "\nUid:\t0\t0\t0\t0\n";
    std::ofstream(folder / "cgroup") << cgroup;
  }
  fs::path proc_;
};

TEST_F(ScratchProc, AProcessInAPod) {
  add(4121, "python3", std::string("python3\0train.py\0", 17),
      "5:memory:/kubepods/besteffort/pod" + kUid + "/" + kId + "\n");
  const Holder holder = holder_of({4121, "python3", {}, {}, {}, false}, proc_);
  EXPECT_EQ(to_string(holder),
            "pid 4121 python3 train.py (root, pod " + kUid + ", container aaaaaaaaaaaa)");
  EXPECT_EQ(to_json(holder)["container"], kId);
  EXPECT_TRUE(to_json(holder)["unit"].is_null());
}

TEST_F(ScratchProc, AProcessThatProcDoesNotShow) {
  const Holder holder = holder_of({99, "/usr/bin/job", {}, {}, {}, false}, proc_);
  EXPECT_EQ(to_string(holder), "pid 99 /usr/bin/job");
}

TEST_F(ScratchProc, DaemonsThatHoldGpus) {
  add(700, "nvidia-persiste", std::string("/usr/bin/nvidia-persistenced\0", 29),
      "0::/system.slice/nvidia-persistenced.service\n");
  add(800, "nv-hostengine", std::string("nv-hostengine\0-n\0", 17),
      "0::/system.slice/nvidia-dcgm.service\n");
  add(900, "bash", std::string("bash\0", 5), "0::/\n");
  const auto daemons = known_daemons(proc_);
  ASSERT_EQ(daemons.size(), 2u);
  EXPECT_EQ(daemons[0].remedy, "systemctl stop nvidia-persistenced");
  EXPECT_EQ(to_string(daemons[1]),
            "pid 800 nv-hostengine -n (root, nvidia-dcgm.service): DCGM, which watches GPUs; "
            "systemctl stop nvidia-dcgm");
}

TEST_F(ScratchProc, AStepSaysWhatMustStopAndWhoIsInTheWay) {
  add(31, "Xorg", std::string("/usr/lib/xorg/Xorg\0", 19), "0::/\n");
  plan::Step step;
  step.kind = plan::StepKind::kReset;
  step.stop = plan::Stop::kReset;
  step.in_the_way.push_back({31, "Xorg", {}, {}, {}, true});
  EXPECT_EQ(blockers_text(step, "  ", proc_),
            "  needs: the whole GPU must be idle, and is reset\n"
            "  in the way: pid 31 /usr/lib/xorg/Xorg (root): a display server; systemctl isolate "
            "multi-user.target\n");
  EXPECT_EQ(blockers_json(step, proc_)["holders"].size(), 1u);
  step.stop = plan::Stop::kNothing;
  EXPECT_EQ(blockers_text(step, "  ", proc_), "");
}

TEST(Holders, ThisVeryProcess) {
  const Holder holder = holder_of({static_cast<std::uint32_t>(getpid()), {}, {}, {}, {}, false});
  EXPECT_FALSE(holder.command.empty());
  EXPECT_FALSE(holder.user.empty());
}

}  // namespace
}  // namespace septet::partition
