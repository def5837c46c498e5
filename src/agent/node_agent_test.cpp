// The whole agent in this process: a simulated node behind the real libnvidia-ml.so.1 of the build,
// kubelet's side of the wire, and an API server that holds one node.
#include "agent/node_agent.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "agent/mig_layout_status.h"
#include "agent/testing/fake_cluster.h"
#include "driver/nvml/nvml_driver.h"
#include "driver/simulated/state_file.h"
#include "kube/testing/fake_kubelet.h"

namespace septet::agent {

namespace {

namespace fs = std::filesystem;
namespace sim = driver::simulated;
using kube::testing::FakeKubelet;
using kube::testing::WatchedList;

std::string library() { return SEPTET_BUILD_DIR "/lib/libnvidia-ml.so.1"; }

class NodeAgentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs::exists(library())) << library() << " is not built";
    setenv("SEPTET_SIM", state().c_str(), 1);
    options_.kubernetes = true;
    options_.library = library();
    options_.simulated_state = state();
    options_.node_name = "n1";
    options_.name_space = "ns";
    options_.plugin_folder = folder_.path();
    options_.kubelet_socket = folder_.at("kubelet.sock");
    options_.pod_resources_socket = folder_.at("kubelet.sock");
    options_.cdi_root = folder_.at("cdi");
    options_.mig_minors = folder_.at("mig-minors");
    options_.poll_s = 0.02;
    options_.faults.quiet_s = 0.3;
    options_.plugin.strategy = publish::MigStrategy::kMixed;
    options_.plugin.use_node_feature_api = true;
    options_.api = false;
  }
  void TearDown() override {
    stop();
    unsetenv("SEPTET_SIM");
  }

  void make_node(const std::vector<const char*>& gpus) {
    ASSERT_TRUE(sim::StateFile::create(state(), testing::state_of(gpus), true));
  }
  void start() {
    stop_ = false;
    thread_ = std::thread([this] {
      ended_ = run_node_agent(options_, stop_, [this](const std::string& line) {
        const std::scoped_lock lock(mutex_);
        said_ += line + "\n";
      });
    });
  }
  void start_with_cluster() {
    config_ = folder_.at("kubeconfig");
    std::ofstream file(config_);
    file << "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
         << "clusters: [{name: k, cluster: {server: '" << cluster_.access().server << "'}}]\n"
         << "users: [{name: u, user: {token: t}}]\n"
         << "contexts: [{name: c, context: {cluster: k, user: u}}]\n";
    file.close();
    options_.api = true;
    options_.kubeconfig = config_;
    start();
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void change(const std::function<sim::Status(sim::NodeState&)>& how) {
    const auto file = sim::StateFile::open(state());
    ASSERT_TRUE(file) << file.error().describe();
    ASSERT_EQ((*file)->change(how), sim::Status::kSuccess);
  }
  mig::Node node() const {
    const auto driver = driver::open_nvml_driver(library(), state());
    EXPECT_TRUE(driver) << driver.error().describe();
    return (*driver)->observe().value();
  }
  std::string uuid(std::uint32_t gpu, unsigned start) const {
    return testing::uuid_at(node(), gpu, start);
  }
  std::string socket(const char* resource) const {
    return folder_.at(std::string("nvidia-") + resource + ".sock");
  }
  bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const std::scoped_lock lock(mutex_);
    ADD_FAILURE() << "the agent said:\n" << said_;
    return false;
  }
  bool registered(const FakeKubelet& kubelet, const std::string& resource) {
    return eventually([&] {
      return std::ranges::any_of(kubelet.registered(), [&resource](const auto& one) {
        return one.resource_name() == resource;
      });
    });
  }
  std::string phase(const char* layout) const {
    const Json status = cluster_.status(layout);
    return status.is_object() ? status.value("phase", "") : "";
  }
  void hold(FakeKubelet& kubelet, const std::string& id) {
    auto* const pod = kubelet.pods.add_pod_resources();
    pod->set_name("train");
    pod->set_namespace_("default");
    auto* const container = pod->add_containers();
    container->set_name("main");
    auto* const device = container->add_devices();
    device->set_resource_name("nvidia.com/mig-1g.10gb");
    device->add_device_ids(id);
  }
  std::string state() const { return folder_.at("node"); }

  kube::testing::ScratchFolder folder_;
  testing::FakeCluster cluster_;
  AgentOptions options_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::mutex mutex_;
  std::string said_, config_;
  Result<> ended_;
};

const Json kHalves = Json::parse(
    R"({"nodeName": "n1", "gpus": [{"gpu": 0, "instances": ["3g.40gb:0", "3g.40gb:4"]}]})");

TEST_F(NodeAgentTest, NewAndVanishedInstancesAreAdvertisedWithoutARestart) {
  make_node({"1g.10gb@0 3g.40gb@4", "off"});
  FakeKubelet kubelet(options_.kubelet_socket);
  start();
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-3g.40gb"));
  ASSERT_TRUE(registered(kubelet, "nvidia.com/gpu"));
  WatchedList small(socket("mig-1g.10gb"));
  const std::string first = uuid(0, 0);
  ASSERT_TRUE(small.wait_for_last(first + "+"));

  const mig::Gpu gpu = node().gpus[0];
  const auto* const one = gpu.geometry->geometry.find_name("1g.10gb");
  const auto* const two = gpu.geometry->geometry.find_name("2g.20gb");
  std::uint32_t made = 0;
  change([&](sim::NodeState& state) {
    const auto instance = sim::create_gpu_instance(state, 0, one->id, {{1, 1}});
    made = instance.id;
    if (instance.status != sim::Status::kSuccess) return instance.status;
    return sim::create_compute_instance(state, 0, made, one->default_compute()->id, {}).status;
  });
  EXPECT_TRUE(small.wait_for_last(first + "+ " + uuid(0, 1) + "+"));
  change([&](sim::NodeState& state) {
    const auto instance = sim::create_gpu_instance(state, 0, two->id, {{2, 2}});
    if (instance.status != sim::Status::kSuccess) return instance.status;
    return sim::create_compute_instance(state, 0, instance.id, two->default_compute()->id, {})
        .status;
  });
  EXPECT_TRUE(registered(kubelet, "nvidia.com/mig-2g.20gb"));
  change([&](sim::NodeState& state) {
    const auto gone = sim::destroy_compute_instance(state, 0, made, 0);
    return gone != sim::Status::kSuccess ? gone : sim::destroy_gpu_instance(state, 0, made);
  });
  EXPECT_TRUE(small.wait_for_last(first + "+"));
}

TEST_F(NodeAgentTest, AnXidOnOneInstanceLeavesTheOthersWell) {
  make_node({"1g.10gb@0 1g.10gb@1 1g.10gb@2 1g.10gb@3 1g.10gb@4 1g.10gb@5 1g.10gb@6"});
  FakeKubelet kubelet(options_.kubelet_socket);
  options_.faults.quiet_s = 1;
  start();
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  WatchedList list(socket("mig-1g.10gb"));
  std::string well, ill;
  for (unsigned start = 0; start < 7; ++start) {
    const std::string id = (start == 0 ? "" : " ") + uuid(0, start);
    well += id + "+";
    ill += id + (start == 3 ? "-" : "+");
  }
  ASSERT_TRUE(list.wait_for_last(well));
  std::uint32_t struck = 0;
  const mig::Node now = node();
  for (const mig::GpuInstance& instance : now.gpus[0].instances) {
    if (instance.at.start == 3) struck = instance.id;
  }
  // Again until it is heard: whether the agent listens already cannot be seen from here.
  EXPECT_TRUE(eventually([&] {
    change([struck](sim::NodeState& state) {
      sim::post_event(state, 8, 94, 0, struck, 0);
      return sim::Status::kSuccess;
    });
    const auto lists = list.lists();
    return !lists.empty() && lists.back() == ill;
  }));
  EXPECT_TRUE(list.wait_for_last(well)) << "nobody who met the fault is left, and it is quiet";
}

TEST_F(NodeAgentTest, AKubeletThatComesBackIsServedAgain) {
  make_node({"1g.10gb@0"});
  {
    FakeKubelet kubelet(options_.kubelet_socket);
    start();
    ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  }
  fs::remove(socket("mig-1g.10gb"));  // as kubelet does when it starts
  fs::remove(options_.kubelet_socket);
  FakeKubelet kubelet(options_.kubelet_socket);
  EXPECT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  WatchedList list(socket("mig-1g.10gb"));
  EXPECT_TRUE(list.wait_for_last(uuid(0, 0) + "+"));
}

TEST_F(NodeAgentTest, ALayoutChangesBesideAPodThatNoticesNothing) {
  make_node({"1g.10gb@0 1g.10gb@1 1g.10gb@2 1g.10gb@3"});
  FakeKubelet kubelet(options_.kubelet_socket);
  const std::string held = uuid(0, 0);
  hold(kubelet, held);
  start_with_cluster();
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  cluster_.put_layout("day", Json::parse(R"({"nodeName": "n1", "gpus": [
    {"gpu": 0, "instances": ["1g.10gb", "3g.40gb"]}]})"));
  ASSERT_TRUE(eventually([&] { return phase("day") == "Applied"; })) << cluster_.status("day");
  EXPECT_EQ(uuid(0, 0), held) << "the pod's own instance, not one like it";
  EXPECT_NE(uuid(0, 4), "none");
  WatchedList list(socket("mig-1g.10gb"));
  EXPECT_TRUE(list.wait_for_last(held + "+"));
  EXPECT_TRUE(registered(kubelet, "nvidia.com/mig-3g.40gb"));
}

TEST_F(NodeAgentTest, APodInTheWayBlocksUntilItEndsAndItsSliceIsCordoned) {
  make_node({"1g.10gb@4 1g.10gb@5"});
  FakeKubelet kubelet(options_.kubelet_socket);
  const std::string held = uuid(0, 4), idle = uuid(0, 5);
  hold(kubelet, held);
  start_with_cluster();
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  WatchedList list(socket("mig-1g.10gb"));
  ASSERT_TRUE(list.wait_for_last(held + "+ " + idle + "+"));
  cluster_.put_layout("halves", kHalves);
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Blocked"; }))
      << cluster_.status("halves");
  EXPECT_NE(cluster_.status("halves").dump().find("pod default/train"), std::string::npos);
  EXPECT_TRUE(list.wait_for_last("")) << "both slices have to go, so nobody new gets them";
  EXPECT_EQ(uuid(0, 4), held);
  kubelet.pods.Clear();
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Applied"; }))
      << cluster_.status("halves");
  EXPECT_EQ(node().gpus[0].instances.size(), 2u);
}

TEST_F(NodeAgentTest, ADeletedMigLayoutLetsGo) {
  make_node({"1g.10gb@4"});
  FakeKubelet kubelet(options_.kubelet_socket);
  const std::string held = uuid(0, 4);
  hold(kubelet, held);
  start_with_cluster();
  cluster_.put_layout("halves", kHalves);
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Blocked"; }));
  WatchedList list(socket("mig-1g.10gb"));
  ASSERT_TRUE(list.wait_for_last(""));
  cluster_.remove_layout("halves");
  EXPECT_TRUE(list.wait_for_last(held + "+")) << "offered again";
}

TEST_F(NodeAgentTest, AStatusThatWasNotFoundIsWrittenLater) {
  make_node({"1g.10gb@0"});
  FakeKubelet kubelet(options_.kubelet_socket);
  options_.observe_s = 0.2;
  cluster_.statuses_missing = 5;
  start_with_cluster();
  cluster_.put_layout("halves", kHalves);
  EXPECT_TRUE(eventually([&] { return phase("halves") == "Applied"; }));
  EXPECT_EQ(cluster_.statuses_missing, 0);
}

TEST_F(NodeAgentTest, TheLabelProtocolAnswersWithTheReason) {
  make_node({"1g.10gb@0"});
  FakeKubelet kubelet(options_.kubelet_socket);
  start_with_cluster();
  cluster_.label(kConfigLabel, "all-3g.40gb");
  ASSERT_TRUE(eventually([&] { return cluster_.node_label(kStateLabel) == "success"; }));
  EXPECT_EQ(node().gpus[0].instances.size(), 2u);
  cluster_.label(kConfigLabel, "all-3g.40bg");
  EXPECT_TRUE(eventually([&] { return cluster_.node_label(kStateLabel) == "failed"; }));
  EXPECT_EQ(node().gpus[0].instances.size(), 2u) << "a word nobody knows changes nothing";
}

TEST_F(NodeAgentTest, WithoutTheApiServerDevicesAreServedAndLayoutsStay) {
  make_node({"1g.10gb@0"});
  FakeKubelet kubelet(options_.kubelet_socket);
  cluster_.away = true;
  start_with_cluster();
  ASSERT_TRUE(registered(kubelet, "nvidia.com/mig-1g.10gb"));
  cluster_.put_layout("halves", kHalves);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(node().gpus[0].instances.size(), 1u);
  cluster_.away = false;
  EXPECT_TRUE(eventually([&] { return phase("halves") == "Applied"; }));
}

TEST_F(NodeAgentTest, WithoutAnAnswerFromKubeletNothingIsDestroyed) {
  make_node({"1g.10gb@4"});
  options_.pod_resources_socket = folder_.at("nobody.sock");
  FakeKubelet kubelet(options_.kubelet_socket);
  start_with_cluster();
  cluster_.put_layout("halves", kHalves);
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Failed"; }));
  EXPECT_NE(cluster_.status("halves").dump().find("unknown"), std::string::npos);
  EXPECT_EQ(node().gpus[0].instances.size(), 1u);
}

TEST_F(NodeAgentTest, ADriverRestartIsSurvivedAndTheLayoutComesBack) {
  make_node({"1g.10gb@0"});
  FakeKubelet kubelet(options_.kubelet_socket);
  start_with_cluster();
  cluster_.put_layout("halves", kHalves);
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Applied"; }));
  change([](sim::NodeState& state) {
    sim::restart_driver(state);
    return sim::Status::kSuccess;
  });
  EXPECT_TRUE(eventually([&] {
    const auto driver = driver::open_nvml_driver(library(), state());
    const auto seen = driver ? (*driver)->observe() : Result<mig::Node>();
    return seen && !seen->gpus.empty() && seen->gpus[0].instances.size() == 2;
  }));
}

TEST_F(NodeAgentTest, ChangesAreInTheJournalAndARefusalWouldBe) {
  make_node({"1g.10gb@0"});
  FakeKubelet kubelet(options_.kubelet_socket);
  start_with_cluster();
  cluster_.put_layout("halves", kHalves);
  ASSERT_TRUE(eventually([&] { return phase("halves") == "Applied"; }));
  EXPECT_TRUE(eventually([&] {
    return std::ranges::any_of(cluster_.events(), [](const std::string& event) {
      return event.starts_with("LayoutApplied: MigLayout ns/halves");
    });
  }));
  EXPECT_TRUE(fs::exists(state() + ".journal/journal.db"));
}

}  // namespace

}  // namespace septet::agent
