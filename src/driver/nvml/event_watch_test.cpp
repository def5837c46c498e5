// The event watch over the simulated libnvidia-ml.so.1.
#include "driver/event_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "driver/nvml/nvml_driver.h"
#include "driver/simulated/state_file.h"

namespace septet::driver {
namespace {

namespace sim = simulated;
using namespace std::chrono_literals;

constexpr std::uint64_t kSingleBitEvent = 1, kDoubleBitEvent = 2, kXidEvent = 8;

std::string simulated_library() { return SEPTET_BUILD_DIR "/lib/libnvidia-ml.so.1"; }

class EventWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(simulated_library()));
    state_ = (std::filesystem::temp_directory_path() /
              ("septet-events-" + std::to_string(getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name()))
                 .string();
    setenv("SEPTET_SIM", state_.c_str(), 1);
    sim::NodeSpec spec;
    for (unsigned i = 0; i < 2; ++i) {
      sim::BoardSpec board;
      board.product = "h100-sxm5-80gb";
      board.mig = true;
      spec.boards.push_back(board);
    }
    const auto node = sim::make_node(spec);
    ASSERT_TRUE(node) << node.error().describe();
    ASSERT_TRUE(sim::StateFile::create(state_, *node, true));
    const auto driver = open_nvml_driver(simulated_library(), state_);
    ASSERT_TRUE(driver) << driver.error().describe();
    for (const unsigned gpu : {0u, 1u}) uuids_.push_back((*driver)->observe_gpu(gpu)->uuid);
  }
  void TearDown() override { std::filesystem::remove(state_); }

  std::unique_ptr<EventWatch> open() {
    auto watch = open_nvml_event_watch(simulated_library());
    EXPECT_TRUE(watch) << watch.error().describe();
    return watch ? std::move(*watch) : nullptr;
  }
  void change(const std::function<void(sim::NodeState&)>& f) {
    const auto file = sim::StateFile::open(state_);
    ASSERT_TRUE(file) << file.error().describe();
    ASSERT_EQ((*file)->change([&](sim::NodeState& node) {
      f(node);
      return sim::Status::kSuccess;
    }),
              sim::Status::kSuccess);
  }
  void post(std::uint64_t type, std::uint64_t data, std::uint32_t gpu, std::uint32_t gi,
            std::uint32_t ci) {
    change([&](sim::NodeState& node) { sim::post_event(node, type, data, gpu, gi, ci); });
  }
  void call_fails(const char* call, std::uint32_t code) {
    change([&](sim::NodeState& node) {
      sim::FaultState fault{};
      fault.kind = sim::FaultKind::kCallFails;
      fault.gpu = sim::kNone;
      fault.code = code;
      fault.call = sim::fault_call_hash(call);
      ASSERT_TRUE(sim::add_fault(node, fault));
    });
  }
  std::string state_;
  std::vector<std::string> uuids_;
};

TEST_F(EventWatchTest, AnXidIsOfOneInstanceOrOfTheWholeGpu) {
  const auto watch = open();
  ASSERT_TRUE(watch);
  EXPECT_TRUE(watch->unwatched().empty());
  post(kXidEvent, 94, 1, 9, 0);
  post(kXidEvent, 79, 0, sim::kNone, sim::kNone);
  const auto on_instance = watch->wait(5s);
  ASSERT_TRUE(on_instance && *on_instance);
  EXPECT_EQ((*on_instance)->kind, EventKind::kXid);
  EXPECT_EQ((*on_instance)->gpu_uuid, uuids_[1]);
  EXPECT_EQ((*on_instance)->xid, 94u);
  EXPECT_EQ((*on_instance)->gpu_instance, 9u);
  EXPECT_EQ((*on_instance)->compute_instance, 0u);
  const auto on_gpu = watch->wait(5s);
  ASSERT_TRUE(on_gpu && *on_gpu);
  EXPECT_EQ((*on_gpu)->gpu_uuid, uuids_[0]);
  EXPECT_EQ((*on_gpu)->xid, 79u);
  EXPECT_EQ((*on_gpu)->gpu_instance, std::nullopt);
  EXPECT_EQ((*on_gpu)->compute_instance, std::nullopt);
}

TEST_F(EventWatchTest, EccErrorsHaveTheirKindAndNoXid) {
  const auto watch = open();
  ASSERT_TRUE(watch);
  post(kDoubleBitEvent, 3, 0, sim::kNone, sim::kNone);
  post(kSingleBitEvent, 4, 1, sim::kNone, sim::kNone);
  const auto twice = watch->wait(5s), once = watch->wait(5s);
  ASSERT_TRUE(twice && *twice && once && *once);
  EXPECT_EQ((*twice)->kind, EventKind::kDoubleBitEcc);
  EXPECT_EQ((*once)->kind, EventKind::kSingleBitEcc);
  EXPECT_EQ((*twice)->xid + (*once)->xid, 0u);
}

TEST_F(EventWatchTest, WaitsNoLongerThanAsked) {
  const auto watch = open();
  ASSERT_TRUE(watch);
  const auto before = std::chrono::steady_clock::now();
  const auto nothing = watch->wait(200ms);
  ASSERT_TRUE(nothing) << nothing.error().describe();
  EXPECT_FALSE(*nothing);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 200ms);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
}

TEST_F(EventWatchTest, AnotherThreadMayAskMeanwhile) {
  const auto watch = open();
  const auto driver = open_nvml_driver(simulated_library(), state_);
  ASSERT_TRUE(watch && driver);
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE((*driver)->observe_gpu(0));
    post(kXidEvent, 63, 0, sim::kNone, sim::kNone);
  });
  const auto event = watch->wait(20s);
  other.join();
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->xid, 63u);
}

TEST_F(EventWatchTest, ALostGpuIsSaidAndTheNextWatchLeavesItOut) {
  auto watch = open();
  ASSERT_TRUE(watch);
  change([](sim::NodeState& node) { node.gpus[1].lost = 1; });
  const auto lost = watch->wait(100ms);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::kUnavailable);
  EXPECT_EQ(lost.error().driver_status, 15);
  EXPECT_NE(lost.error().what.find(uuids_[1]), std::string::npos);

  watch = open();
  ASSERT_TRUE(watch);
  ASSERT_EQ(watch->unwatched().size(), 1u);
  EXPECT_EQ(watch->unwatched().front().second.driver_status, 15);
  EXPECT_NE(watch->unwatched().front().second.what.find("GPU 1"), std::string::npos);
  const auto quiet = watch->wait(100ms);
  EXPECT_TRUE(quiet) << quiet.error().describe();
  post(kXidEvent, 31, 0, 7, 0);
  const auto event = watch->wait(5s);
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->gpu_uuid, uuids_[0]);
}

TEST_F(EventWatchTest, ARestartedDriverNeedsANewWatch) {
  auto watch = open();
  ASSERT_TRUE(watch);
  change([](sim::NodeState& node) { sim::restart_driver(node); });
  const auto gone = watch->wait(1s);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kUnavailable);
  watch.reset();
  watch = open();
  ASSERT_TRUE(watch);
  post(kXidEvent, 48, 0, sim::kNone, sim::kNone);
  const auto event = watch->wait(5s);
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->xid, 48u);
}

TEST_F(EventWatchTest, AGpuThatCannotBeWatchedIsNamed) {
  call_fails("nvmlDeviceRegisterEvents", 3);
  const auto watch = open();
  ASSERT_TRUE(watch);
  ASSERT_EQ(watch->unwatched().size(), 2u);
  EXPECT_EQ(watch->unwatched()[0].first, uuids_[0]);
  EXPECT_EQ(watch->unwatched()[1].second.code, Code::kNotSupported);
}

TEST_F(EventWatchTest, AWaitThatFailsIsUnknownNotQuiet) {
  const auto watch = open();
  ASSERT_TRUE(watch);
  call_fails("nvmlEventSetWait_v2", 999);
  const auto failed = watch->wait(100ms);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
}

TEST(EventWatchOpen, WithoutALibraryThereIsNoDriver) {
  EXPECT_EQ(open_nvml_event_watch("/nowhere/libnvidia-ml.so.1").error().code, Code::kNoDriver);
}

}  // namespace
}  // namespace septet::driver
