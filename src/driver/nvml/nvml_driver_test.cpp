// NvmlDriver over the simulated libnvidia-ml.so.1: the same calls a real node would get.
#include "driver/nvml/nvml_driver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "driver/simulated/state_file.h"

namespace septet::driver {
namespace {

namespace sim = simulated;

std::string library_path() { return SEPTET_BUILD_DIR "/lib/libnvidia-ml.so.1"; }

class NvmlDriverTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(library_path())) << library_path() << " is not built";
    state_ = (std::filesystem::temp_directory_path() /
              ("septet-nvml-" + std::to_string(getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name()))
                 .string();
    setenv("SEPTET_SIM", state_.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove(state_); }

  std::unique_ptr<Driver> open(unsigned gpus, const std::string& product, bool mig,
                               const std::string& version = "") {
    sim::NodeSpec spec;
    spec.driver_version = version;
    for (unsigned i = 0; i < gpus; ++i) {
      sim::BoardSpec board;
      board.product = product;
      board.mig = mig;
      spec.boards.push_back(board);
    }
    const auto node = sim::make_node(spec);
    EXPECT_TRUE(node) << node.error().describe();
    EXPECT_TRUE(sim::StateFile::create(state_, *node, true));
    auto driver = open_nvml_driver(library_path(), state_);
    EXPECT_TRUE(driver) << driver.error().describe();
    return driver ? std::move(*driver) : nullptr;
  }
  void change(const std::function<sim::Status(sim::NodeState&)>& f) {
    const auto file = sim::StateFile::open(state_);
    ASSERT_TRUE(file) << file.error().describe();
    ASSERT_EQ((*file)->change(f), sim::Status::kSuccess);
  }

  std::string state_;
};

TEST(NvmlDriver, WithoutALibraryNamesBothRemedies) {
  const auto driver = open_nvml_driver("/nowhere/libnvidia-ml.so.1", "");
  ASSERT_FALSE(driver);
  EXPECT_EQ(driver.error().code, Code::kNoDriver);
  EXPECT_EQ(driver.error().driver_status, 12);
  EXPECT_NE(driver.error().remedy.find("--sim"), std::string::npos);
  EXPECT_NE(driver.error().remedy.find("install"), std::string::npos);
}

TEST_F(NvmlDriverTest, WithoutADriverBehindItSaysWhatTheDriverSaid) {
  const auto driver = open_nvml_driver(library_path(), state_);  // no state file there
  ASSERT_FALSE(driver);
  EXPECT_EQ(driver.error().code, Code::kNoDriver) << driver.error().describe();
  EXPECT_NE(driver.error().remedy.find("--sim"), std::string::npos);
}

TEST_F(NvmlDriverTest, TellsTheGpuOfAVirtualMachineAndDoesNotGuess) {
  const auto driver = open(2, "a100-80gb", false);
  ASSERT_TRUE(driver);
  change([](sim::NodeState& node) {
    node.gpus[1].passthrough = 1;
    return sim::Status::kSuccess;
  });
  const auto node = driver->observe();
  ASSERT_TRUE(node) << node.error().describe();
  EXPECT_EQ(node->gpus[0].virtualization, mig::Virtualization::kNone);
  EXPECT_EQ(node->gpus[1].virtualization, mig::Virtualization::kPassthrough);
  change([](sim::NodeState& state) {
    sim::FaultState fault{};
    fault.kind = sim::FaultKind::kCallFails;
    fault.gpu = sim::kNone;
    fault.code = 3;
    fault.call = sim::fault_call_hash("nvmlDeviceGetVirtualizationMode");
    return sim::add_fault(state, fault) ? sim::Status::kSuccess : sim::Status::kUnknown;
  });
  EXPECT_EQ(driver->observe_gpu(1)->virtualization, std::nullopt);
}

TEST_F(NvmlDriverTest, TellsWhatLabelsAreMadeOf) {
  const auto driver = open(1, "h100-sxm5-80gb", true, "550.163.01");
  ASSERT_TRUE(driver);
  const auto gi = driver->create_gpu_instance(0, 9, std::nullopt);
  ASSERT_TRUE(gi && driver->create_compute_instance({0, *gi}, 0, std::nullopt));
  const auto gpu = driver->observe_gpu(0);
  ASSERT_TRUE(gpu) << gpu.error().describe();
  EXPECT_EQ(gpu->pci_class, 0x0302u);
  EXPECT_EQ(gpu->compute_capability, (mig::ComputeCapability{9, 0}));
  EXPECT_EQ(gpu->fabric_clique, std::nullopt);  // the simulated node is in no fabric
  const mig::DeviceAttributes part{16, 3, 3, 0, 3, 0, 3, 1, 40448};  // 1c.3g.40gb
  EXPECT_EQ(gpu->instances.at(0).compute.at(0).attributes, part);
  change([](sim::NodeState& state) {
    sim::FaultState fault{};
    fault.kind = sim::FaultKind::kCallFails;
    fault.gpu = sim::kNone;
    fault.code = 3;
    fault.call = sim::fault_call_hash("nvmlDeviceGetCudaComputeCapability");
    return sim::add_fault(state, fault) ? sim::Status::kSuccess : sim::Status::kUnknown;
  });
  EXPECT_EQ(driver->observe_gpu(0)->compute_capability, std::nullopt);
}

TEST_F(NvmlDriverTest, TellsHowNearTheGpusAre) {
  const auto driver = open(4, "h100-sxm5-80gb", true);  // two on each NUMA node
  ASSERT_TRUE(driver);
  using Peers = std::vector<mig::Peer>;
  constexpr auto kNode = mig::CommonAncestor::kNumaNode, kSystem = mig::CommonAncestor::kSystem;
  EXPECT_EQ(driver->observe()->gpus[0].peers,
            (Peers{{1, kNode, 0}, {2, kSystem, 0}, {3, kSystem, 0}}));
  EXPECT_EQ(driver->observe()->gpus[3].peers,
            (Peers{{0, kSystem, 0}, {1, kSystem, 0}, {2, kNode, 0}}));
  // A GPU that is lost is near to nobody, and nobody to it; what is known of the others stays.
  change([](sim::NodeState& node) {
    node.gpus[1].lost = 1;
    return sim::Status::kSuccess;
  });
  const auto fewer = driver->observe();
  EXPECT_EQ(fewer->gpus[0].peers, (Peers{{2, kSystem, 0}, {3, kSystem, 0}}));
  EXPECT_EQ(fewer->gpus[1].peers, Peers{});
  change([](sim::NodeState& node) {
    node.gpus[1].lost = 0;
    return sim::Status::kSuccess;
  });
  EXPECT_EQ(driver->observe()->gpus[0].peers.size(), 3u);
}

TEST_F(NvmlDriverTest, CountsTheLinksOfABridge) {
  sim::NodeSpec spec;
  spec.boards.assign(3, {});
  spec.boards[0].nvlinks = spec.boards[1].nvlinks = 12;
  const auto node = sim::make_node(spec);
  ASSERT_TRUE(node) << node.error().describe();
  ASSERT_TRUE(sim::StateFile::create(state_, *node, true));
  const auto driver = open_nvml_driver(library_path(), state_);
  ASSERT_TRUE(driver) << driver.error().describe();
  const auto links = [&](std::size_t gpu) {
    const auto seen = (*driver)->observe();
    std::string text;
    for (const mig::Peer& peer : seen->gpus[gpu].peers)
      text += std::to_string(peer.gpu) + ":" + std::to_string(peer.nvlinks) + " ";
    return text;
  };
  EXPECT_EQ(links(0), "1:12 2:0 ");
  EXPECT_EQ(links(1), "0:12 2:0 ");
  EXPECT_EQ(links(2), "0:0 1:0 ");
}

TEST_F(NvmlDriverTest, ShowsWhatWasCreated) {
  const auto driver = open(2, "h100-sxm5-80gb", true, "550.163.01");
  ASSERT_TRUE(driver);
  const auto gi = driver->create_gpu_instance(1, 9, std::nullopt);
  ASSERT_TRUE(gi) << gi.error().describe();
  EXPECT_EQ(*gi, 2u);  // 3g goes to 4:4 first (rules R1), which is GI 2 (R2)
  const auto at = driver->create_gpu_instance(1, 19, mig::Placement{2, 1});
  ASSERT_TRUE(at) << at.error().describe();
  const auto first = driver->create_compute_instance({1, *gi}, 0, std::nullopt);
  const auto second = driver->create_compute_instance({1, *gi}, 1, std::nullopt);
  ASSERT_TRUE(first && second);

  const auto node = driver->observe();
  ASSERT_TRUE(node) << node.error().describe();
  EXPECT_TRUE(node->simulated);
  EXPECT_EQ(node->driver_version, "550.163.01");
  ASSERT_EQ(node->gpus.size(), 2u);
  EXPECT_TRUE(node->gpus[0].instances.empty());
  const mig::Gpu& gpu = node->gpus[1];
  EXPECT_EQ(gpu.mode, mig::MigMode::kOn);
  ASSERT_NE(gpu.product, nullptr);
  EXPECT_EQ(gpu.product->id, "h100-sxm5-80gb");
  ASSERT_EQ(gpu.instances.size(), 2u);
  EXPECT_EQ(gpu.instances[0].name, "3g.40gb");
  EXPECT_EQ(gpu.instances[0].at, (mig::Placement{4, 4}));
  EXPECT_EQ(gpu.instances[1].at, (mig::Placement{2, 1}));
  ASSERT_EQ(gpu.instances[0].compute.size(), 2u);
  EXPECT_EQ(gpu.instances[0].compute[0].name, "1c.3g.40gb");
  EXPECT_EQ(gpu.instances[0].compute[1].name, "2c.3g.40gb");
  EXPECT_EQ(gpu.instances[0].compute[1].sm, 32u);
  EXPECT_TRUE(gpu.instances[0].compute[0].uuid.starts_with("MIG-"));
  EXPECT_EQ(gpu.instances[0].usage.memory_total_mib, 40448u);
  EXPECT_EQ(gpu.instances[1].usage.memory_used_mib, std::nullopt);  // no compute instance to ask
  EXPECT_TRUE(mig::layout_of(gpu));
}

// The geometry read call by call is the geometry of the tables the simulated driver answers from.
TEST_F(NvmlDriverTest, ReadsTheGeometryOfEveryProduct) {
  for (const mig::Product& product : mig::products()) {
    SCOPED_TRACE(product.id);
    const auto driver = open(1, std::string(product.id), true);
    ASSERT_TRUE(driver);
    const auto gpu = driver->observe_gpu(0);
    ASSERT_TRUE(gpu) << gpu.error().describe();
    ASSERT_TRUE(gpu->geometry);
    const auto version = mig::parse_driver_version(driver->observe()->driver_version);
    ASSERT_TRUE(version);
    const mig::Geometry& table = product.geometry_at(*version);
    const mig::Geometry& read = gpu->geometry->geometry;
    EXPECT_EQ(read.units, table.units);
    EXPECT_EQ(read.slices, table.slices);
    ASSERT_EQ(read.profiles.size(), table.profiles.size());
    for (std::size_t i = 0; i < read.profiles.size(); ++i) {
      EXPECT_EQ(read.profiles[i].name, table.profiles[i].name);
      EXPECT_EQ(read.profiles[i].id, table.profiles[i].id);
      EXPECT_EQ(read.profiles[i].size, table.profiles[i].size);
      EXPECT_EQ(read.profiles[i].starts, table.profiles[i].starts);
      EXPECT_EQ(read.profiles[i].media, table.profiles[i].media);
      EXPECT_EQ(read.profiles[i].graphics, table.profiles[i].graphics);
      EXPECT_EQ(read.profiles[i].memory_mib.value, table.profiles[i].memory_mib.value);
      EXPECT_EQ(read.profiles[i].compute.size(), table.profiles[i].compute.size());
    }
  }
}

TEST_F(NvmlDriverTest, RefusalsCarryTheDriversCode) {
  const auto driver = open(1, "h100-sxm5-80gb", true);
  ASSERT_TRUE(driver);
  EXPECT_EQ(driver->create_gpu_instance(0, 777, std::nullopt).error().driver_status, 2);
  EXPECT_EQ(driver->create_gpu_instance(0, 9, mig::Placement{1, 4}).error().driver_status, 2);
  ASSERT_TRUE(driver->create_gpu_instance(0, 0, std::nullopt));
  const auto full = driver->create_gpu_instance(0, 19, std::nullopt);
  EXPECT_EQ(full.error().code, Code::kInfeasible);
  EXPECT_EQ(full.error().driver_status, 23);
  EXPECT_EQ(driver->remaining_capacity(0, 19).value(), 0u);
  ASSERT_TRUE(driver->create_compute_instance({0, 0}, 4, std::nullopt));
  EXPECT_EQ(driver->destroy_gpu_instance({0, 0}).error().code, Code::kBusy);
  ASSERT_TRUE(driver->destroy_compute_instance({0, 0}, 0));
  ASSERT_TRUE(driver->destroy_gpu_instance({0, 0}));
  EXPECT_EQ(driver->destroy_gpu_instance({0, 0}).error().code, Code::kNotFound);
  EXPECT_EQ(driver->observe_gpu(9).error().code, Code::kNotFound);
}

TEST_F(NvmlDriverTest, AmpereNeedsAResetWhichOnlyASimulatedNodeHas) {
  const auto driver = open(1, "a100-40gb", false);
  ASSERT_TRUE(driver);
  const auto change = driver->set_mig_mode(0, true);
  ASSERT_TRUE(change) << change.error().describe();
  if (change->current == mig::MigMode::kOff) {
    EXPECT_EQ(change->pending, mig::MigMode::kOn);
    ASSERT_TRUE(driver->reset(0));
  }
  EXPECT_EQ(driver->observe_gpu(0)->mode, mig::MigMode::kOn);
}

TEST_F(NvmlDriverTest, ALostGpuSaysSoAndTheOthersAreRead) {
  const auto driver = open(3, "h100-sxm5-80gb", true);
  ASSERT_TRUE(driver);
  change([](sim::NodeState& node) {
    node.gpus[1].lost = 1;
    return sim::Status::kSuccess;
  });
  const auto node = driver->observe();
  ASSERT_TRUE(node) << node.error().describe();
  ASSERT_EQ(node->gpus.size(), 3u);
  EXPECT_FALSE(node->gpus[0].problem);
  ASSERT_TRUE(node->gpus[1].problem);
  EXPECT_NE(node->gpus[1].problem->find("lost"), std::string::npos);
  EXPECT_FALSE(node->gpus[2].problem);
  EXPECT_FALSE(node->gpus[2].name.empty());
}

// Somebody else creates and destroys while we look: every answer is a whole moment or says that it
// is none.
TEST_F(NvmlDriverTest, NeverShowsHalfAChange) {
  const auto driver = open(1, "h100-sxm5-80gb", true);
  ASSERT_TRUE(driver);
  std::jthread other([this](const std::stop_token& stop) {
    const auto file = sim::StateFile::open(state_);
    ASSERT_TRUE(file);
    while (!stop.stop_requested()) {
      (void)(*file)->change([](sim::NodeState& node) {
        if (node.gpus[0].instances[0].stamp != 0) return sim::destroy_gpu_instance(node, 0, 0);
        return sim::create_gpu_instance(node, 0, 0, std::nullopt).status;
      });
      std::this_thread::yield();
    }
  });
  unsigned seen = 0;
  for (int i = 0; i < 200; ++i) {
    const auto gpu = driver->observe_gpu(0);
    if (!gpu) {
      EXPECT_EQ(gpu.error().code, Code::kUnavailable) << gpu.error().describe();
      continue;
    }
    EXPECT_TRUE(mig::layout_of(*gpu));
    ++seen;
  }
  EXPECT_GT(seen, 0u);
}

TEST_F(NvmlDriverTest, ObservesEightFullGpusInMilliseconds) {
  const auto driver = open(8, "h100-sxm5-80gb", true);
  ASSERT_TRUE(driver);
  for (std::uint32_t gpu = 0; gpu < 8; ++gpu) {
    for (int i = 0; i < 7; ++i) {
      const auto id = driver->create_gpu_instance(gpu, 19, std::nullopt);
      ASSERT_TRUE(id) << id.error().describe();
      ASSERT_TRUE(driver->create_compute_instance({gpu, *id}, 0, std::nullopt));
    }
  }
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto node = driver->observe();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(node) << node.error().describe();
    best = std::min(best, took.count());
  }
  std::printf("observe 8 GPUs x 7 instances: %.2f ms (budget 5 ms in a release build)\n", best);
  EXPECT_LT(best,
            100.0);  // a debug build with sanitizers on a busy machine; far below a human's notice
}

TEST(DriverStatus, IsWordedAsRecorded) {
  EXPECT_EQ(driver_status_text(2), "Invalid Argument");
  EXPECT_EQ(driver_status_text(3), "Not Supported");
  EXPECT_EQ(driver_status_text(4), "Insufficient Permissions");
  EXPECT_EQ(driver_status_text(6), "Not Found");
  EXPECT_EQ(driver_status_text(19), "In use by another client");
  EXPECT_EQ(driver_status_text(23), "Insufficient Resources");
  EXPECT_EQ(driver_error(19, "x").code, Code::kBusy);
  EXPECT_EQ(driver_error(4, "x").code, Code::kNoPermission);
  EXPECT_EQ(driver_error(15, "x").code, Code::kUnavailable);
  EXPECT_EQ(driver_error(12345, "x").code, Code::kUnavailable);
}

}  // namespace
}  // namespace septet::driver
