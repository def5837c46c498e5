#include "metrics/tenants.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "publish/testing/cut_gpu.h"

namespace septet::metrics {
namespace {

namespace fs = std::filesystem;
using publish::testing::sevenths;

const std::string kId(64, 'c');
const std::string kPodUid = "0f0e0d0c-1234-4abc-8def-0123456789ab";

mig::Process process_of(std::uint32_t pid, std::optional<std::uint32_t> gi, std::string name = "") {
  return {pid, std::move(name), {}, gi, {}, false};
}

TEST(TenantOf, ControlGroups) {
  const struct {
    const char* who;
    std::string text;
    TenantKind kind;
    std::string name;
  } cases[] = {
      {"Slurm, cgroup v1", "9:devices:/slurm/uid_1000/job_42/step_0\n", TenantKind::kSlurmJob,
       "job 42"},
      {"Slurm, several slurmd", "9:devices:/slurm_gn0/uid_1000/job_42/step_0/task_0\n",
       TenantKind::kSlurmJob, "job 42"},
      {"Slurm, cgroup v2", "0::/system.slice/slurmstepd.scope/job_4711/step_batch/user/task_0\n",
       TenantKind::kSlurmJob, "job 4711"},
      {"Docker, cgroupfs", "4:memory:/docker/" + kId + "\n", TenantKind::kContainer,
       "container cccccccccccc"},
      {"Docker, systemd", "0::/system.slice/docker-" + kId + ".scope\n", TenantKind::kContainer,
       "container cccccccccccc"},
      {"Podman", "0::/machine.slice/libpod-" + kId + ".scope/container\n", TenantKind::kContainer,
       "container cccccccccccc"},
      {"containerd without Kubernetes", "0::/system.slice/cri-containerd-" + kId + ".scope\n",
       TenantKind::kContainer, "container cccccccccccc"},
      {"Kubernetes, cgroupfs", "5:memory:/kubepods/burstable/pod" + kPodUid + "/" + kId + "\n",
       TenantKind::kPod, "pod " + kPodUid},
      {"Kubernetes, systemd",
       "0::/kubepods.slice/kubepods-pod0f0e0d0c_1234_4abc_8def_0123456789ab.slice/"
       "cri-containerd-" +
           kId + ".scope\n",
       TenantKind::kPod, "pod " + kPodUid},
      {"a login", "0::/user.slice/user-1000.slice/session-2.scope\n", TenantKind::kProcess,
       "python3 (pid 7)"},
      {"another pid namespace", "", TenantKind::kProcess, "python3 (pid 7)"},
      {"no text at all", std::string("\0\xff\n::", 5), TenantKind::kProcess, "python3 (pid 7)"},
  };
  for (const auto& row : cases) {
    const Tenant tenant = tenant_of(process_of(7, 1, "/usr/bin/python3"), row.text);
    EXPECT_EQ(tenant.kind, row.kind) << row.who;
    EXPECT_EQ(tenant.name, row.name) << row.who;
    EXPECT_EQ(tenant.pid.has_value(), row.kind == TenantKind::kProcess) << row.who;
  }
  EXPECT_EQ(tenant_of(process_of(7, 1), "").name, "pid 7");
}

TEST(TenantsOf, PodsAsKubeletNamesThem) {
  const mig::Node node = sevenths(2);
  const Tenants tenants = tenants_of(node,
                                     {{"MIG-0-1-0", "prod", "chat", "server"},
                                      {"MIG-0-1-0::1", "prod", "chat-2", "server"},
                                      {"MIG-0-1-0::0", "prod", "chat", "server"},
                                      {"1:3", "prod", "by-index", "main"},
                                      {"GPU-00000001", "prod", "whole", "main"},
                                      {"0000:af:00.0", "prod", "nic", "main"}},
                                     {});
  ASSERT_EQ(tenants.size(), 3u);
  EXPECT_EQ(tenants.at("MIG-0-1-0").size(), 2u) << "each container once, however often it is named";
  EXPECT_EQ(tenants.at("MIG-0-1-0")[0].name, "prod/chat/server");
  EXPECT_EQ(tenants.at("MIG-1-4-0").at(0).pod, "by-index");
  EXPECT_EQ(tenants.at("GPU-00000001").at(0).container, "main");
}

TEST(TenantsOf, ProcessesByWhereTheyAre) {
  mig::Node node = sevenths(1);
  node.gpus.push_back(publish::testing::whole_gpu(1));
  node.gpus[0].processes = {process_of(10, 1), process_of(11, 1), process_of(12, 2),
                            process_of(13, 99), process_of(0, 3)};
  node.gpus[1].processes = {process_of(14, {})};
  const std::string job = "0::/system.slice/slurmstepd.scope/job_42/step_0/user/task_0\n";
  const Tenants tenants =
      tenants_of(node, {}, {{10, job}, {11, job}, {12, "0::/docker/" + kId + "\n"}, {14, job}});
  EXPECT_EQ(tenants.at("MIG-0-1-0").size(), 1u) << "a job's processes are one tenant";
  EXPECT_EQ(tenants.at("MIG-0-1-0")[0].job, "42");
  EXPECT_EQ(tenants.at("MIG-0-2-0").at(0).kind, TenantKind::kContainer);
  EXPECT_EQ(tenants.at("GPU-00000000").at(0).pid, 13u) << "an instance that is gone: the GPU's";
  EXPECT_EQ(tenants.at("GPU-00000001").at(0).job, "42");
  EXPECT_FALSE(tenants.contains("MIG-0-3-0")) << "pid 0 is nobody";
}

TEST(TenantsOf, APodIsNotToldTwice) {
  mig::Node node = sevenths(1);
  node.gpus[0].processes = {process_of(10, 1), process_of(11, 2)};
  const std::string pod = "5:memory:/kubepods/pod" + kPodUid + "/" + kId + "\n";
  const Tenants tenants =
      tenants_of(node, {{"MIG-0-1-0", "prod", "chat", "server"}}, {{10, pod}, {11, pod}});
  ASSERT_EQ(tenants.at("MIG-0-1-0").size(), 1u);
  EXPECT_EQ(tenants.at("MIG-0-1-0")[0].pod, "chat");
  EXPECT_EQ(tenants.at("MIG-0-2-0").at(0).name, "pod " + kPodUid) << "kubelet did not name it";
  EXPECT_EQ(tenants.at("MIG-0-2-0")[0].pod, "");
}

TEST(TenantsOf, AsJson) {
  const Json json = to_json(tenant_of(process_of(7, 1, "a"), "1:x:/slurm/uid_0/job_9/step_0\n"));
  EXPECT_EQ(json.dump(), R"({"kind":"slurm-job","name":"job 9","namespace":null,"pod":null,)"
                         R"("container":null,"job":"9","pid":null})");
}

TEST(ReadCgroups, OnceForEachProcessThatIsThere) {
  std::string folder = (fs::temp_directory_path() / "septet-cgroups-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  fs::create_directories(fs::path(folder) / "21");
  std::ofstream(fs::path(folder) / "21/cgroup") << "0::/x\n";
  mig::Node node = sevenths(1);
  node.gpus[0].processes = {process_of(21, 1), process_of(22, 1), process_of(21, 2)};
  const CgroupTexts texts = read_cgroups(node, folder);
  EXPECT_EQ(texts, (CgroupTexts{{21, "0::/x\n"}, {22, ""}}));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace septet::metrics
