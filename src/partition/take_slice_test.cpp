#include "partition/take_slice.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "partition/leased_driver.h"
#include "partition/testing/shared_node.h"

namespace septet::partition {
namespace {

namespace fs = std::filesystem;
namespace sim = driver::simulated;

class TakeSlice : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-leases-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    sim::NodeSpec spec;
    spec.boards.resize(2);
    for (auto& board : spec.boards) board.mig = true;
    node_ = std::make_unique<testing::SharedNode>(*sim::make_node(spec));
    driver_ = node_->open();
    JournalContext context{"hardware", this_process(), "boot", [this] { return ++now_; }};
    journal_ = *Journal::in_memory(context);
    lock_.emplace(*journal_->lock(0));
  }
  void TearDown() override { fs::remove_all(folder_); }

  SliceChange change() {
    ApplyOptions apply;
    apply.patience.sleep = [](std::chrono::milliseconds) {};
    return {*journal_, *lock_, *driver_, folder_, apply};
  }
  std::size_t instances() const {
    std::size_t count = 0;
    const mig::Node node = *driver_->observe();
    for (const mig::Gpu& gpu : node.gpus) count += gpu.instances.size();
    return count;
  }
  // As when everybody who held it was killed.
  static void abandon(TakenSlice taken) { const TakenSlice gone = std::move(taken); }

  std::string folder_;
  std::int64_t now_ = 1'000;
  std::unique_ptr<testing::SharedNode> node_;
  std::unique_ptr<driver::Driver> driver_;
  std::unique_ptr<Journal> journal_;
  std::optional<ChangeLock> lock_;
};

TEST_F(TakeSlice, WhatIsCutIsGivenBackAndNobodyWantsIt) {
  auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_TRUE(taken->lease.made);
  EXPECT_TRUE(taken->lease.mig_uuid.starts_with("MIG-"));
  EXPECT_EQ(instances(), 1u);
  EXPECT_TRUE(journal_->wanted()->empty());
  const auto given = give_back(change(), *taken);
  ASSERT_TRUE(given) << given.error().describe();
  EXPECT_EQ(instances(), 0u);
  EXPECT_TRUE(live_leases(folder_)->empty());
  EXPECT_TRUE(take_strays(folder_)->empty());
  EXPECT_TRUE(journal_->wanted()->empty());
}

TEST_F(TakeSlice, TwoNeverTakeTheSame) {
  const auto one = take_slice(change(), {"1g.10gb", {}}, true);
  const auto two = take_slice(change(), {"1g.10gb", {}}, true);
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->lease.mig_uuid, two->lease.mig_uuid);
  EXPECT_EQ(live_leases(folder_)->size(), 2u);
}

TEST_F(TakeSlice, WhatWasThereStaysThere) {
  auto cut = take_slice(change(), {"2g.20gb", {}}, true);
  ASSERT_TRUE(cut && give_back(change(), *cut));  // kept
  EXPECT_EQ(instances(), 1u);
  auto again = take_slice(change(), {"2g.20gb", {}}, false);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->lease.made);
  EXPECT_EQ(again->lease.mig_uuid, cut->lease.mig_uuid);
  ASSERT_TRUE(give_back(change(), *again));
  EXPECT_EQ(instances(), 1u);
}

TEST_F(TakeSlice, AnAbandonedOneIsFoldedBack) {
  abandon(*take_slice(change(), {"1g.10gb", {}}, false));
  EXPECT_EQ(instances(), 1u);
  const auto folded = fold_strays(change());
  ASSERT_TRUE(folded) << folded.error().describe();
  ASSERT_EQ(folded->notes.size(), 1u);
  EXPECT_NE(folded->notes[0].find("folded back"), std::string::npos);
  EXPECT_EQ(instances(), 0u);
}

TEST_F(TakeSlice, AnAbandonedOneInUseStaysAndIsSaid) {
  abandon(*take_slice(change(), {"1g.10gb", {}}, false));
  sim::ProcessState process{};
  process.pid = 4121;
  const mig::Node seen = *driver_->observe();
  for (const mig::Gpu& gpu : seen.gpus)
    for (const mig::GpuInstance& instance : gpu.instances) {
      process.gpu = gpu.index;
      process.gpu_instance = instance.id;
      process.compute_instance = instance.compute[0].id;
    }
  ASSERT_EQ(sim::attach_process(node_->state(), process), sim::Status{});
  auto folded = fold_strays(change());
  ASSERT_TRUE(folded);
  ASSERT_TRUE(folded->failure);
  EXPECT_EQ(folded->failure->code, Code::kBusy);
  EXPECT_EQ(instances(), 1u);
  ASSERT_EQ(sim::detach_process(node_->state(), 4121), sim::Status{});
  folded = fold_strays(change());
  ASSERT_TRUE(folded && !folded->failure);
  EXPECT_EQ(instances(), 0u);
}

// Killed before the UUID was noted, and somebody cut the same at the same place meanwhile.
TEST_F(TakeSlice, WhatSomebodyElseCutAtThePlaceStays) {
  auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_TRUE(taken);
  Lease unnoted = taken->lease;
  unnoted.mig_uuid.clear();
  unnoted.holder.pid += 1;  // the journal has no change of that one
  ASSERT_TRUE(taken->held.end());
  abandon({unnoted, *HeldLease::begin(folder_, unnoted)});
  const auto folded = fold_strays(change());
  ASSERT_TRUE(folded && !folded->failure);
  EXPECT_NE(folded->notes.at(0).find("somebody else's"), std::string::npos);
  EXPECT_EQ(instances(), 1u);
}

TEST_F(TakeSlice, KilledBeforeTheUuidWasNotedTheJournalKnows) {
  auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_TRUE(taken);
  Lease unnoted = taken->lease;
  unnoted.mig_uuid.clear();
  ASSERT_TRUE(taken->held.end());
  abandon({unnoted, *HeldLease::begin(folder_, unnoted)});
  ASSERT_TRUE(fold_strays(change()));
  EXPECT_EQ(instances(), 0u);
}

TEST_F(TakeSlice, AHolderIsInTheWayOfEverybody) {
  const auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_TRUE(taken);
  const auto watched = with_leases(node_->open(), folder_);
  const mig::Node node = *watched->observe();
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.instances.empty()) continue;
    plan::GpuCut empty = plan::cut_of(gpu);
    empty.instances.clear();
    const auto refused = apply(plan::diff(node, {empty}), *watched, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kBusy);
  }
  EXPECT_EQ(instances(), 1u);
}

TEST_F(TakeSlice, AFailingCutLeavesNothing) {
  node_->before = [](const testing::Call& call) {
    return testing::Answer{call.name == "create_compute_instance" ? 999 : 0, false};
  };
  const auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_FALSE(taken);
  node_->before = nullptr;
  EXPECT_EQ(instances(), 0u);
  EXPECT_TRUE(live_leases(folder_)->empty());
  EXPECT_TRUE(take_strays(folder_)->empty());
}

class Refusing final : public Teller {
 public:
  Result<> before(const plan::Plan&) override { return fail(Code::kConflict, "theirs"); }
  Result<> after() override { return fail(Code::kConflict, "theirs"); }
};

// A CDI file that cannot follow refuses a cut, but never keeps a slice from being given back.
TEST_F(TakeSlice, WhatIsPublishedMayRefuseACutAndNoGivingBack) {
  auto taken = take_slice(change(), {"1g.10gb", {}}, false);
  ASSERT_TRUE(taken);
  SliceChange refusing = change();
  refusing.apply.teller = std::make_shared<Refusing>();
  const auto given = give_back(refusing, *taken);
  ASSERT_FALSE(given);  // said
  EXPECT_EQ(given.error().code, Code::kConflict);
  EXPECT_EQ(instances(), 0u);
  EXPECT_FALSE(take_slice(refusing, {"1g.10gb", {}}, false));
  EXPECT_EQ(instances(), 0u);
}

TEST_F(TakeSlice, WhatIsNoLeaseIsSaid) {
  fs::create_directories(folder_ + "/runs");
  for (const char* const text : {"", "{}", "[1", "{\"gpu\": 7}"}) {
    std::ofstream(folder_ + "/runs/1-2.json") << text;
    const auto strays = take_strays(folder_);
    ASSERT_FALSE(strays) << text;
    EXPECT_EQ(strays.error().code, Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace septet::partition
