// Killed anywhere, on a disk that fills up anywhere: the end is the target or the start.
//
// How. A child applies a plan with its journal, on a simulated node whose state file outlives it.
//      Every write of SQLite (through its table of system calls) and every call that changes the
//      node is a boundary: before it, after half of it, after it. The child kills itself at the
//      n-th, for n = 1, 2, 3 ... until it lives to its end. A second child then recovers and is
//      killed at some boundary of that; the parent recovers what is left, and looks.
#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "partition/journal_apply.h"
#include "partition/recover.h"
#include "partition/testing/file_driver.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

// ---- boundaries, in a child ---------------------------------------------------------------------

struct Boundaries {
  unsigned seen = 0, kill_at = 0;
  unsigned writes = 0, full_from = 0, full_until = 0;  // writes that find the disk full
};

// Shared with the child, so that the parent can read how far it came.
Boundaries& boundaries() {
  static void* const shared =
      mmap(nullptr, sizeof(Boundaries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *static_cast<Boundaries*>(shared);
}

void boundary() {
  if (++boundaries().seen == boundaries().kill_at) raise(SIGKILL);
}

ssize_t torn_write(int file, const void* bytes, std::size_t size, off_t at) {
  Boundaries& now = boundaries();
  ++now.writes;
  if (now.writes >= now.full_from && now.writes < now.full_until) {
    errno = ENOSPC;
    return -1;
  }
  boundary();
  if (now.seen + 1 == now.kill_at) {
    [[maybe_unused]] const ssize_t half = pwrite(file, bytes, size / 2, at);
  }
  boundary();
  return pwrite(file, bytes, size, at);
}

int counted_unlink(const char* path) {
  boundary();
  return unlink(path);
}

int counted_ftruncate(int file, off_t size) {
  boundary();
  return ftruncate(file, size);
}

// A function of any type as SQLite's table has it.
template <typename F>
void replace_call(const char* name, F* function) {
  sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  files->xSetSystemCall(files, name, reinterpret_cast<sqlite3_syscall_ptr>(function));
}

void count_boundaries() {
  replace_call("pwrite", torn_write);
  replace_call("pwrite64", torn_write);
  replace_call("unlink", counted_unlink);
  replace_call("ftruncate", counted_ftruncate);
}

// ---- what is changed ----------------------------------------------------------------------------

struct Scenario {
  const char* name;
  std::vector<std::string> products;
  bool mig;
  std::vector<std::string> start, target;
  int busy_start;  // start of the instance of GPU 0 that is in use and kept; -1: none
};

const Scenario kScenarios[] = {
    {"hopper: instances",
     {"h100-sxm5-80gb"},
     true,
     {"3g.40gb@4 1g.10gb@0"},
     {"3g.40gb@4 2g.20gb@0"},
     4},
    {"hopper: compute instances",
     {"h100-sxm5-80gb"},
     true,
     {"3g.40gb@4 4g.40gb@0"},
     {"3g.40gb@4 4g.40gb@0/1c.4g.40gb,2c.4g.40gb"},
     4},
    {"hopper: mode on", {"h100-sxm5-80gb"}, false, {"off"}, {"7g.80gb@0"}, -1},
    {"hopper: mode off", {"h100-sxm5-80gb"}, true, {"7g.80gb@0"}, {"off"}, -1},
    {"ampere: mode on, reset", {"a100-80gb"}, false, {"off"}, {"3g.40gb@4"}, -1},
    {"ampere: mode off, reset", {"a30-24gb"}, true, {"2g.12gb@0"}, {"off"}, -1},
    {"ampere: all else",
     {"a100-80gb"},
     true,
     {"3g.40gb@4 1g.10gb@0 1g.10gb@2"},
     {"3g.40gb@4 4g.40gb@0"},
     4},
    {"mixed node",
     {"h100-sxm5-80gb", "a100-80gb"},
     true,
     {"3g.40gb@4 1g.10gb@0", "7g.80gb@0"},
     {"3g.40gb@4 2g.20gb@0", "3g.40gb@0"},
     4},
};

std::filesystem::path fast_folder() {
  std::error_code failed;
  const bool shared_memory = std::filesystem::is_directory("/dev/shm", failed) &&
                             access("/dev/shm", W_OK) == 0;  // fsync costs nothing there
  return shared_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
}

enum ChildEnd : int { kChildDone = 0, kChildRefused = 1, kChildWentBack = 2, kChildStuck = 3 };

class Stage {
 public:
  explicit Stage(const Scenario& scenario) : scenario_(scenario), folder_(fast_folder()) {
    sim::SimulatedDriver driver(scratch_node(scenario.products, scenario.mig));
    const auto started =
        apply(plan_as(driver.observe().value(), scenario.start), driver, quick(true));
    EXPECT_TRUE(started && started->end == End::kDone) << scenario.name;
    if (scenario.busy_start >= 0) use(driver);
    start_ = std::make_unique<sim::NodeState>(driver.node());
    from_ = cuts_now(driver);
    to_ = plan_as(driver.observe().value(), scenario.target).to;
    std::filesystem::create_directory(state());
    EXPECT_TRUE(Journal::open(state(), context()));
    std::filesystem::copy_file(state() + "/journal.db", folder_.path() + "/fresh.db");
  }

  void set_up() const {
    std::filesystem::remove_all(state());
    std::filesystem::create_directory(state());
    std::filesystem::copy_file(folder_.path() + "/fresh.db", state() + "/journal.db");
    EXPECT_TRUE(sim::StateFile::create(node_path(), *start_, true));
  }

  // The exit code of a child that applies, or recovers; -1: killed.
  int run(const Boundaries& wanted, bool recovers) const {
    boundaries() = wanted;
    const pid_t child = fork();
    if (child == 0) {
      count_boundaries();
      _exit(recovers ? recover_in_child() : apply_in_child());
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
      EXPECT_EQ(WTERMSIG(status), SIGKILL) << scenario_.name;
      return -1;
    }
    return WEXITSTATUS(status);
  }

  // Recovers what is left, and looks.
  void settle() const {
    const auto file = sim::StateFile::open(node_path()).value();
    FileDriver driver(*file, [] {});
    const auto journal = Journal::open(state(), context());
    ASSERT_TRUE(journal) << journal.error().describe();
    const auto held = (*journal)->lock(0);
    ASSERT_TRUE(held) << held.error().describe();
    const auto recovered = recover(**journal, *held, driver, {Toward::kStart, quick()});
    ASSERT_TRUE(recovered) << recovered.error().describe();
    ASSERT_LE(recovered->size(), 1u);
    ASSERT_TRUE((*journal)->unfinished().value().empty());
    const auto changes = (*journal)->changes(0).value();
    const bool target = is(driver, to_);
    ASSERT_TRUE(target || is(driver, from_)) << plan::to_string(cuts_now(driver)[0]);
    check_untouched(driver);
    if (changes.empty()) {
      EXPECT_FALSE(target) << "changed, and no record of it";
      return;
    }
    ASSERT_EQ(changes.size(), 1u);
    const Ended ended = *changes[0].ended;
    const bool says_target =
        ended == Ended::kDone || ended == Ended::kFoundDone || ended == Ended::kFinished;
    EXPECT_EQ(says_target, target) << to_string(ended);
    EXPECT_EQ((*journal)->wanted().value().size(), target ? to_.size() : 0u);
  }

  std::uint64_t generation() const {
    return sim::StateFile::open(node_path()).value()->current_generation();
  }

 private:
  std::string state() const { return folder_.path() + "/state"; }
  std::string node_path() const { return folder_.path() + "/node"; }
  JournalContext context() const { return scratch_context("simulated:" + node_path()); }

  void use(sim::SimulatedDriver& driver) {
    for (const mig::GpuInstance& instance : sim::describe_gpu(driver.node(), 0).instances) {
      if (instance.at.start != scenario_.busy_start) continue;
      EXPECT_EQ(sim::attach_process(driver.node(), process_in(0, instance.id)),
                sim::Status::kSuccess);
    }
  }

  bool is(driver::Driver& driver, const std::vector<plan::GpuCut>& cuts) const {
    return std::ranges::equal(cuts_now(driver), cuts, [](const auto& have, const auto& want) {
      return plan::satisfies(have, want);
    });
  }

  // The instance in use is the very one that was there at the start: its stamp is never reused.
  void check_untouched(FileDriver&) const {
    if (scenario_.busy_start < 0) return;
    const auto file = sim::StateFile::open(node_path()).value();
    int compared = 0;
    for (std::size_t i = 0; i < sim::kMaxGpuInstances; ++i) {
      const sim::GpuInstanceState& before = start_->gpus[0].instances[i];
      if (before.stamp == 0 || before.start != scenario_.busy_start) continue;
      const auto [stamp, inner] = file->read([i](const sim::NodeState& node) {
        const auto& instance = node.gpus[0].instances[i];
        return std::pair(instance.stamp, instance.compute[0].stamp);
      });
      EXPECT_EQ(stamp, before.stamp);
      EXPECT_EQ(inner, before.compute[0].stamp);
      ++compared;
    }
    EXPECT_EQ(compared, 1);
  }

  int apply_in_child() const {
    const auto file = sim::StateFile::open(node_path());
    FileDriver driver(**file, boundary);
    const auto journal = Journal::open(state(), context());
    if (!journal) return kChildRefused;
    const auto held = (*journal)->lock(0);
    if (!held) return kChildRefused;
    const auto plan = plan_as(driver.observe().value(), scenario_.target);
    const auto made = apply_with_journal(**journal, *held, "apply", plan, driver, quick(true));
    if (!made) return kChildRefused;
    switch (made->outcome.end) {
      case End::kDone: return kChildDone;
      case End::kRolledBack: return kChildWentBack;
      case End::kAwaitsReboot:  // of no scenario here
      case End::kStuck: return kChildStuck;
    }
    return kChildStuck;
  }

  int recover_in_child() const {
    const auto file = sim::StateFile::open(node_path());
    FileDriver driver(**file, boundary);
    const auto journal = Journal::open(state(), context());
    if (!journal) return kChildRefused;
    const auto held = (*journal)->lock(0);
    if (!held) return kChildRefused;
    return recover(**journal, *held, driver, {Toward::kStart, quick()}) ? kChildDone
                                                                        : kChildRefused;
  }

  const Scenario& scenario_;
  const ScratchFolder folder_;
  std::unique_ptr<sim::NodeState> start_;
  std::vector<plan::GpuCut> from_, to_;
};

TEST(JournalCrashSweep, KilledAtEveryBoundaryItEndsAtTheTargetOrTheStart) {
  unsigned all = 0, all_again = 0;
  for (const Scenario& scenario : kScenarios) {
    const Stage stage(scenario);
    unsigned killed = 0, again = 0;
    for (unsigned n = 1;; ++n) {
      SCOPED_TRACE(std::string(scenario.name) + ", boundary " + std::to_string(n));
      stage.set_up();
      const int end = stage.run({0, n, 0, 0, 0}, false);
      if (end == -1) {
        ++killed;
        // The recovery is killed too, at a boundary that moves through all of it as n grows.
        if (stage.run({0, 1 + n * 7 % 120, 0, 0, 0}, true) == -1) ++again;
      }
      stage.settle();
      if (HasFailure()) return;
      if (end == -1) continue;
      ASSERT_EQ(end, kChildDone);
      break;
    }
    std::printf("  %-26s killed at %u boundaries, and %u times again while recovering\n",
                scenario.name, killed, again);
    EXPECT_GT(killed, 50u);
    all += killed;
    all_again += again;
  }
  std::printf("  killed %u times, and %u times again while recovering: target or start each time\n",
              all, all_again);
}

// A journal that is only just being made.
TEST(JournalCrashSweep, KilledWhileItIsMadeItIsMadeAgain) {
  unsigned killed = 0;
  for (unsigned n = 1;; ++n) {
    const ScratchFolder folder(fast_folder());
    boundaries() = {0, n, 0, 0, 0};
    const pid_t child = fork();
    if (child == 0) {
      count_boundaries();
      _exit(Journal::open(folder.path(), scratch_context()) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    const auto journal = Journal::open(folder.path(), scratch_context());
    ASSERT_TRUE(journal) << n << ": " << journal.error().describe();
    EXPECT_TRUE((*journal)->changes(0).value().empty());
    if (!WIFSIGNALED(status)) {
      EXPECT_EQ(status, 0);
      break;
    }
    ++killed;
  }
  std::printf("  killed at %u boundaries of making a journal\n", killed);
  EXPECT_GT(killed, 20u);
}

// From the n-th write on the disk is full, for one write or for good.
TEST(JournalCrashSweep, OnAFullDiskItEndsAtTheTargetOrTheStart) {
  unsigned runs = 0, refused = 0, went_back = 0, done = 0;
  for (const Scenario& scenario : kScenarios) {
    const Stage stage(scenario);
    for (const unsigned lasts : {1u, 1'000'000u}) {
      for (unsigned n = 1;; ++n) {
        SCOPED_TRACE(std::string(scenario.name) + ", write " + std::to_string(n));
        stage.set_up();
        const auto before = stage.generation();
        const int end = stage.run({0, 0, 0, n, n + lasts}, false);
        ASSERT_NE(end, -1);
        ASSERT_NE(end, kChildStuck);
        if (end == kChildRefused) {
          EXPECT_EQ(stage.generation(), before) << "no journal, no change";
        }
        ++runs;
        (end == kChildRefused ? refused : end == kChildWentBack ? went_back : done)++;
        stage.settle();
        if (HasFailure()) return;
        if (boundaries().writes < n) break;
      }
    }
  }
  std::printf("  runs on a full disk: %u; refused untouched %u, went back %u, done %u\n", runs,
              refused, went_back, done);
  EXPECT_GT(refused, 10u);
  EXPECT_GT(went_back, 10u);
}

}  // namespace
}  // namespace septet::partition
