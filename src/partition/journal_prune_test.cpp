// Pruning the journal: what stays, and that everything that stays can still be gone back from.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "partition/history.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

std::vector<std::int64_t> ids_of(Journal& journal) {
  std::vector<std::int64_t> ids;
  const auto changes = journal.changes(0).value();
  for (const ChangeRecord& change : changes) ids.push_back(change.id);
  std::ranges::reverse(ids);
  return ids;
}

class Prune : public testing::Test {
 protected:
  std::int64_t change(const std::vector<std::string>& words) {
    const auto made = apply_with_journal(
        *journal_, held_, "apply", plan_as(driver_.observe().value(), words), driver_, quick());
    EXPECT_TRUE(made && made->outcome.end == End::kDone);
    return made->change.value();
  }
  // Of GPU 0 or 1, ended so; the GPUs are not asked.
  std::int64_t record(std::size_t gpu, Ended how) {
    std::vector<std::string> words(2);
    words[gpu] = "1g.10gb@6";
    const auto id =
        journal_->begin(held_, "apply", plan_as(driver_.observe().value(), words)).value();
    EXPECT_TRUE(journal_->end(id, how, ""));
    return id;
  }

  sim::SimulatedDriver driver_{scratch_node({"h100-sxm5-80gb", "h100-sxm5-80gb"}, true)};
  std::unique_ptr<Journal> journal_ = scratch_journal();
  ChangeLock held_ = journal_->lock(0).value();
};

TEST_F(Prune, TheNewestStayAndWishesAreUntouched) {
  for (const char* const words : {"3g.40gb@4", "7g.80gb@0", "3g.40gb@0", "2g.20gb@0", "1g.10gb@0"})
    change({words, ""});
  const auto wanted = journal_->wanted().value();
  const auto pruned = journal_->prune(held_, 2).value();
  EXPECT_EQ(pruned.removed, 3u);
  EXPECT_EQ(pruned.kept, 2u);
  EXPECT_EQ(ids_of(*journal_), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(journal_->change(5)->steps.size(), 4u) << "with their steps";
  EXPECT_EQ(journal_->wanted().value(), wanted);
  EXPECT_EQ(journal_->change(3).error().code, Code::kNotFound);
  EXPECT_EQ(journal_->prune(held_, 2)->removed, 0u) << "again does nothing";
  EXPECT_EQ(change({"4g.40gb@0", ""}), 6) << "numbers are never given twice";
}

// For every number to keep: each kept change is gone back from as before the pruning.
TEST_F(Prune, GoingBackToEveryKeptChangeLeadsWhereItLed) {
  const std::vector<std::vector<std::string>> history = {
      {"3g.40gb@4", ""}, {"", "7g.80gb@0"}, {"1g.10gb@0", "3g.40gb@0"},
      {"", "2g.20gb@2"}, {"7g.80gb@0", ""}, {"", "1g.10gb@6"}};
  for (std::size_t keep = 1; keep <= history.size(); ++keep) {
    driver_ = sim::SimulatedDriver(scratch_node({"h100-sxm5-80gb", "h100-sxm5-80gb"}, true));
    journal_ = scratch_journal();
    for (const auto& words : history) change(words);
    const mig::Node node = driver_.observe().value();
    std::map<std::int64_t, std::string> before;
    for (const std::int64_t id : ids_of(*journal_))
      before[id] = plan::to_string(plan_rollback(*journal_, node, std::to_string(id))->plan);
    ASSERT_EQ(journal_->prune(held_, keep)->kept, keep);
    ASSERT_EQ(ids_of(*journal_).size(), keep);
    for (const std::int64_t id : ids_of(*journal_)) {
      EXPECT_EQ(plan::to_string(plan_rollback(*journal_, node, std::to_string(id))->plan),
                before[id])
          << keep << " kept, change " << id;
    }
  }
}

TEST_F(Prune, NeverAnUnfinishedChangeNorAnyAfterIt) {
  change({"3g.40gb@4", ""});
  const auto stuck = record(1, Ended::kStuck);
  for (int i = 0; i < 5; ++i) record(0, Ended::kDone);
  const auto pruned = journal_->prune(held_, 1).value();
  EXPECT_EQ(pruned.removed, 1u);
  EXPECT_EQ(pruned.kept, 6u);
  EXPECT_EQ(ids_of(*journal_).front(), stuck);
  EXPECT_EQ(journal_->unfinished()->size(), 1u);
}

TEST_F(Prune, NeverTheNewestThatReachedItsTarget) {
  record(0, Ended::kDone);
  const auto reached = record(0, Ended::kDone);
  for (const Ended how : {Ended::kRefused, Ended::kRolledBack, Ended::kUndone}) record(0, how);
  EXPECT_EQ(journal_->prune(held_, 1)->removed, 1u);
  EXPECT_EQ(ids_of(*journal_).front(), reached);
  EXPECT_EQ(find_change(*journal_, "last")->id, reached);
}

TEST_F(Prune, WhatNeverReachedAnythingMayGo) {
  for (int i = 0; i < 4; ++i) record(0, Ended::kRolledBack);
  EXPECT_EQ(journal_->prune(held_, 1)->removed, 3u);
  EXPECT_EQ(journal_->prune(held_, 0)->removed, 1u);
  EXPECT_EQ(journal_->prune(held_, 0)->kept, 0u);
}

TEST(PruneOnDisk, TheFileShrinksAndOtherNodesKeepTheirs) {
  const ScratchFolder folder;
  const std::string file = folder.path() + "/journal.db";
  sim::SimulatedDriver driver(scratch_node({"h100-sxm5-80gb"}, true));
  const plan::Plan plan = plan_as(driver.observe().value(), {"7g.80gb@0"});
  const auto fill = [&plan](Journal& journal, int changes) {
    const auto held = journal.lock(0).value();
    for (int i = 0; i < changes; ++i)
      ASSERT_TRUE(journal.end(journal.begin(held, "apply", plan).value(), Ended::kDone,
                              std::string(2000, 'x')));
  };
  const auto other = Journal::open(folder.path(), scratch_context("simulated:/other")).value();
  fill(*other, 3);
  const auto journal = Journal::open(folder.path(), scratch_context()).value();
  fill(*journal, 200);
  const auto held = journal->lock(0).value();
  EXPECT_EQ(journal->prune(held, 10)->removed, 190u);
  const auto after = std::filesystem::file_size(file);
  EXPECT_LT(after, 200u * 2000u / 2) << "all of them took more";
  EXPECT_EQ(other->changes(0)->size(), 3u);
  EXPECT_EQ(other->changes(0)->front().why.size(), 2000u);
}

}  // namespace
}  // namespace septet::partition
