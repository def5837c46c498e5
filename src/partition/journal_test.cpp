#include "partition/journal.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "partition/journal_apply.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

mig::Node h100() {
  sim::SimulatedDriver driver(scratch_node({"h100-sxm5-80gb"}, true));
  return driver.observe().value();
}

std::unique_ptr<Journal> open_at(const std::string& folder,
                                 const std::string& node = "simulated:/scratch") {
  auto journal = Journal::open(folder, scratch_context(node));
  EXPECT_TRUE(journal) << journal.error().describe();
  return journal ? *std::move(journal) : nullptr;
}

void expect_refused(const std::string& folder, Code code, const char* words) {
  const auto refused = Journal::open(folder, scratch_context());
  ASSERT_FALSE(refused) << words;
  EXPECT_EQ(refused.error().code, code) << refused.error().describe();
  EXPECT_NE(refused.error().describe().find(folder + "/journal.db"), std::string::npos)
      << refused.error().describe();
  EXPECT_NE(refused.error().describe().find(words), std::string::npos)
      << refused.error().describe();
  EXPECT_FALSE(refused.error().remedy.empty());
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(Journal, HoldsAChangeFromIntentionToEnd) {
  const ScratchFolder scratch;
  const mig::Node node = h100();
  const plan::Plan plan = plan_as(node, {"3g.40gb@4"});
  {
    const auto journal = open_at(scratch.path());
    const auto held = journal->lock(0).value();
    const auto id = journal->begin(held, "apply", plan).value();
    const auto recorder = journal->recorder(id).value();
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      const Attempt attempt{Way::kForward, 1, i + 1, 1};
      ASSERT_TRUE(recorder->intend(plan.steps[i], attempt));
      if (i > 0) continue;  // of the second nothing is heard
      ASSERT_TRUE(recorder->outcome(plan.steps[i], attempt, {}));
    }
    ASSERT_EQ(journal->unfinished().value().size(), 1u);
  }
  const auto journal = open_at(scratch.path());
  const auto open = journal->unfinished().value();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].actor, scratch_context().actor);
  EXPECT_EQ(open[0].from, plan.from);
  EXPECT_EQ(open[0].to, plan.to);
  ASSERT_EQ(open[0].steps.size(), 2u);
  EXPECT_TRUE(open[0].steps[0].ended_ns.has_value());
  EXPECT_FALSE(open[0].steps[1].ended_ns.has_value());
  EXPECT_TRUE(journal->wanted().value().empty());
  ASSERT_TRUE(journal->end(open[0].id, Ended::kDone, ""));
  EXPECT_TRUE(journal->unfinished().value().empty());
  EXPECT_EQ(journal->wanted().value(), plan.to);
  EXPECT_EQ(journal->change(open[0].id).value().ended, Ended::kDone);
  EXPECT_EQ(journal->change(99).error().code, Code::kNotFound);
}

TEST(Journal, ManyThreadsRecordAtOnce) {
  const auto journal = scratch_journal();
  const auto held = journal->lock(0).value();
  const plan::Plan plan = plan_as(h100(), {"3g.40gb@4"});
  const auto id = journal->begin(held, "apply", plan).value();
  const auto recorder = journal->recorder(id).value();
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t gpu = 0; gpu < 8; ++gpu) {
      threads.emplace_back([&, gpu] {
        plan::Step step = plan.steps[0];
        step.gpu = gpu;
        for (std::size_t number = 1; number <= 20; ++number) {
          const Attempt attempt{Way::kForward, 1, number, 1};
          const Result<> done = fail(Code::kBusy, "not now");
          if (!recorder->intend(step, attempt) || !recorder->outcome(step, attempt, done)) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  const auto change = journal->change(id).value();
  EXPECT_EQ(change.steps.size(), 160u);
  for (const StepRecord& step : change.steps) EXPECT_EQ(step.failure, "not now");
}

TEST(Journal, AStepIsIntendedOnce) {
  const auto journal = scratch_journal();
  const auto held = journal->lock(0).value();
  const plan::Plan plan = plan_as(h100(), {"3g.40gb@4"});
  const auto id = journal->begin(held, "apply", plan).value();
  const auto recorder = journal->recorder(id).value();
  ASSERT_TRUE(recorder->intend(plan.steps[0], {}));
  EXPECT_FALSE(recorder->intend(plan.steps[0], {}));
  EXPECT_TRUE(journal->recorder(id).value()->intend(plan.steps[0], {})) << "another run";
}

TEST(Journal, FilesAreTheOwnersAlone) {
  const ScratchFolder scratch;
  const auto journal = open_at(scratch.path());
  const auto held = journal->lock(0).value();
  ASSERT_TRUE(journal->begin(held, "apply", plan_as(h100(), {"3g.40gb@4"})));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) {
    struct stat found {};
    ASSERT_EQ(stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777u, 0600u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4) << "journal.db, its -wal and -shm, and the lock";
}

TEST(Journal, ASecondChangeOfAGpuWaitsForTheFirstToEnd) {
  const auto journal = scratch_journal();
  sim::SimulatedDriver driver(scratch_node({"h100-sxm5-80gb", "h100-sxm5-80gb"}, true));
  const auto node = driver.observe().value();
  const auto held = journal->lock(0).value();
  const auto first = journal->begin(held, "apply", plan_as(node, {"3g.40gb@4"})).value();
  const auto refused = journal->begin(held, "apply", plan_as(node, {"7g.80gb@0"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_NE(refused.error().describe().find("septet recover"), std::string::npos);
  EXPECT_TRUE(journal->begin(held, "apply", plan_as(node, {"", "7g.80gb@0"})));
  ASSERT_TRUE(journal->end(first, Ended::kStuck, "a person is needed"));
  EXPECT_FALSE(journal->begin(held, "apply", plan_as(node, {"7g.80gb@0"})));
  ASSERT_TRUE(journal->end(first, Ended::kRolledBack, ""));
  EXPECT_TRUE(journal->begin(held, "apply", plan_as(node, {"7g.80gb@0"})));
}

TEST(Journal, NodesDoNotSeeEachOther) {
  const ScratchFolder scratch;
  const plan::Plan plan = plan_as(h100(), {"3g.40gb@4"});
  const auto one = open_at(scratch.path(), "simulated:/one");
  const auto held = one->lock(0).value();
  ASSERT_TRUE(one->begin(held, "apply", plan));
  ASSERT_TRUE(one->want(plan.to));
  for (const char* node : {"simulated:/two", "hardware"}) {
    const auto other = open_at(scratch.path(), node);
    EXPECT_TRUE(other->wanted().value().empty()) << node;
    EXPECT_TRUE(other->changes(0).value().empty()) << node;
    EXPECT_TRUE(other->unfinished().value().empty()) << node;
    EXPECT_FALSE(other->change(1)) << node;
    const auto also_held = other->lock(0);
    ASSERT_TRUE(also_held) << also_held.error().describe();
    EXPECT_TRUE(other->begin(*also_held, "apply", plan)) << node;
  }
}

TEST(Journal, ANodeIsTheHardwareOrAStateFile) {
  mig::Node node;
  EXPECT_EQ(node_key(node), "hardware");
  node.simulated = true;
  node.simulated_state = "/tmp/../tmp/node";
  EXPECT_EQ(node_key(node), "simulated:/tmp/node");
}

// ---- files that are not what they should be ----------------------------------------------------

TEST(Journal, AForeignFileIsRefusedAndKept) {
  const ScratchFolder text;
  std::ofstream(text.path() + "/journal.db") << std::string(5000, 'x');
  const std::string before = bytes_of(text.path() + "/journal.db");
  expect_refused(text.path(), Code::kUnavailable, "not a database");
  EXPECT_EQ(bytes_of(text.path() + "/journal.db"), before);

  const ScratchFolder other;
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((other.path() + "/journal.db").c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "CREATE TABLE theirs(x)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  const std::string theirs = bytes_of(other.path() + "/journal.db");
  expect_refused(other.path(), Code::kInvalidArgument, "not a journal of septet");
  EXPECT_EQ(bytes_of(other.path() + "/journal.db"), theirs);
}

TEST(Journal, AnotherVersionIsRefused) {
  const ScratchFolder scratch;
  open_at(scratch.path()).reset();
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open((scratch.path() + "/journal.db").c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "PRAGMA user_version=2", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  expect_refused(scratch.path(), Code::kInvalidArgument, "has version 2");
}

TEST(Journal, DamageIsSeenAfterACrashBeforeItIsBelieved) {
  const ScratchFolder scratch;
  {
    const auto journal = open_at(scratch.path());
    const auto held = journal->lock(0).value();
    for (int i = 0; i < 20; ++i) {
      const auto id = journal->begin(held, "apply", plan_as(h100(), {"3g.40gb@4"})).value();
      if (i == 19) continue;  // the crash
      ASSERT_TRUE(journal->end(id, Ended::kRolledBack, ""));
    }
  }
  const std::string path = scratch.path() + "/journal.db";
  const auto size = std::filesystem::file_size(path);
  int seen = 0, tried = 0;
  for (std::uintmax_t page = 1; page < size / 4096; ++page) {
    const std::string whole = bytes_of(path);
    std::string damaged = whole;
    for (std::size_t i = 0; i < 64; ++i) damaged[page * 4096 + i] = '\x5a';
    std::ofstream(path, std::ios::binary) << damaged;
    ++tried;
    if (const auto journal = Journal::open(scratch.path(), scratch_context()); !journal) {
      EXPECT_EQ(journal.error().code, Code::kUnavailable) << journal.error().describe();
      EXPECT_NE(journal.error().describe().find(path), std::string::npos);
      ++seen;
    }
    std::ofstream(path, std::ios::binary) << whole;
  }
  std::printf("  pages damaged: %d, seen at open: %d\n", tried, seen);
  EXPECT_EQ(seen, tried);
  EXPECT_NE(open_at(scratch.path()), nullptr);
}

TEST(Journal, ALinkInItsPlaceIsNotFollowed) {
  const ScratchFolder scratch, elsewhere;
  std::filesystem::create_symlink(elsewhere.path() + "/target", scratch.path() + "/journal.db");
  EXPECT_FALSE(Journal::open(scratch.path(), scratch_context()));
  EXPECT_FALSE(std::filesystem::exists(elsewhere.path() + "/target"));
}

TEST(Journal, WithoutTheRightItNamesTheFile) {
  const ScratchFolder scratch;
  open_at(scratch.path()).reset();
  ASSERT_EQ(chmod((scratch.path() + "/journal.db").c_str(), 0400), 0);
  ASSERT_EQ(chmod(scratch.path().c_str(), 0555), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(9);
    const auto refused = Journal::open(scratch.path(), scratch_context());
    _exit(!refused && refused.error().code == Code::kNoPermission &&
                  refused.error().what.contains(scratch.path() + "/journal.db")
              ? 0
              : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

ssize_t no_room(int, const void*, std::size_t, off_t) {
  errno = ENOSPC;
  return -1;
}

TEST(Journal, AFullDiskIsSaidAndNothingIsBegun) {
  const ScratchFolder scratch;
  const auto journal = open_at(scratch.path());
  const auto held = journal->lock(0).value();
  sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  for (const char* const call : {"pwrite", "pwrite64"})
    files->xSetSystemCall(files, call, reinterpret_cast<sqlite3_syscall_ptr>(no_room));
  const auto refused = journal->begin(held, "apply", plan_as(h100(), {"3g.40gb@4"}));
  for (const char* const call : {"pwrite", "pwrite64"}) files->xSetSystemCall(files, call, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_EQ(refused.error().describe(), "the journal " + scratch.path() +
                                            "/journal.db: database or disk is full\n" +
                                            "  try: make room on that disk, and try again");
  EXPECT_TRUE(journal->changes(0).value().empty());
  EXPECT_TRUE(journal->begin(held, "apply", plan_as(h100(), {"3g.40gb@4"})));
}

// ---- two at once -------------------------------------------------------------------------------

TEST(Journal, TheSecondIsToldWhoHoldsIt) {
  const ScratchFolder scratch;
  const auto journal = open_at(scratch.path());
  {
    JournalContext first = scratch_context();
    first.actor.pid = getpid();  // one that lives
    const auto holder = Journal::open(scratch.path(), first).value();
    const auto held = holder->lock(0).value();
    const auto refused = journal->lock(30);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kBusy);
    const std::string said = refused.error().describe();
    EXPECT_NE(said.find("pid " + std::to_string(getpid())), std::string::npos) << said;
    EXPECT_NE(said.find("alice"), std::string::npos) << said;
    EXPECT_NE(said.find("septet apply -f spec.yaml"), std::string::npos) << said;
    EXPECT_NE(said.find("since 2026-01-01T00:00:01.000Z"), std::string::npos) << said;
  }
  EXPECT_TRUE(journal->lock(0));
}

TEST(Journal, TheSecondWaitsAndThenGoesOn) {
  const ScratchFolder scratch;
  const auto journal = open_at(scratch.path());
  auto held = std::make_unique<ChangeLock>(open_at(scratch.path())->lock(0).value());
  std::jthread letting_go([&held] {
    usleep(50'000);
    held.reset();
  });
  EXPECT_TRUE(journal->lock(5000));
}

TEST(Journal, AHolderThatIsKilledHoldsNothing) {
  const ScratchFolder scratch;
  const pid_t child = fork();
  if (child == 0) {
    auto journal = Journal::open(scratch.path(), scratch_context());
    const auto held = (*journal)->lock(0);
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(open_at(scratch.path())->lock(0));
}

TEST(Journal, ManyOpenANewOneAtOnce) {
  for (int round = 0; round < 5; ++round) {
    const ScratchFolder scratch;
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        const auto journal = Journal::open(scratch.path(), scratch_context());
        _exit(journal && (*journal)->want(plan_as(h100(), {"3g.40gb@4"}).to) ? 0 : 1);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(open_at(scratch.path())->wanted().value().size(), 1u);
  }
}

}  // namespace
}  // namespace septet::partition
