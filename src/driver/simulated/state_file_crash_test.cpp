// A writer that dies at any instruction leaves the state before or the state after.
//
// How. A child makes one change of each kind, one instruction at a time (PTRACE_SINGLESTEP). The
// parent has
//      the file mapped too, and after every instruction compares all that opening depends on
//      (shape, generation, seal and bytes of the copy in force) with what it saw last. The same
//      bytes open the same way, so only when they moved is the file opened for real, and must equal
//      before or after. Then writers are really killed at a sample of those instructions, and the
//      parent opens and writes.
// Some 600,000 steps: 5 us each alone, up to 100 us on a crowded machine.
// Where ptrace is forbidden the test says so and kills at many random times instead.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "driver/simulated/file_header.h"
#include "driver/simulated/scratch_node.h"

namespace septet::driver::simulated {
namespace {

struct Mutation {
  const char* name;
  Status (*make)(NodeState&);
};
const Mutation kMutations[] = {
    {"create GPU instance",
     [](NodeState& n) { return create_gpu_instance(n, 0, 9, std::nullopt).status; }},
    {"create compute instance",
     [](NodeState& n) { return create_compute_instance(n, 0, 2, 0, std::nullopt).status; }},
    {"destroy compute instance", [](NodeState& n) { return destroy_compute_instance(n, 0, 2, 0); }},
    {"destroy GPU instance", [](NodeState& n) { return destroy_gpu_instance(n, 0, 2); }},
    {"attach process",
     [](NodeState& n) {
       ProcessState p{};
       p.pid = 77;
       p.gpu_instance = p.compute_instance = kNone;
       p.graphics = 1;
       return attach_process(n, p);
     }},
    {"detach process", [](NodeState& n) { return detach_process(n, 77); }},
    {"set MIG mode", [](NodeState& n) { return set_mig_mode(n, 0, false).status; }},
    {"reset", [](NodeState& n) { return reset_gpu(n, 0); }},
    {"post event",
     [](NodeState& n) {
       post_event(n, 8, 79, 0, kNone, kNone);
       return Status::kSuccess;
     }},
    {"add fault",
     [](NodeState& n) {
       FaultState f{};
       f.kind = FaultKind::kCallFails;
       f.gpu = kNone;
       f.code = 19;
       return add_fault(n, f) ? Status::kSuccess : Status::kUnknown;
     }},
    {"clear faults",
     [](NodeState& n) {
       clear_faults(n);
       return Status::kSuccess;
     }},
    {"restart driver",
     [](NodeState& n) {
       restart_driver(n);
       return Status::kSuccess;
     }},
    {"reboot",
     [](NodeState& n) {
       reboot(n);
       return Status::kSuccess;
     }},
};

bool same(const NodeState& a, const NodeState& b) {
  return std::memcmp(&a, &b, used_bytes(a.gpu_count)) == 0;
}

std::unique_ptr<NodeState> copy_of(const StateFile& file) {
  auto copy = std::make_unique<NodeState>();
  file.read([&](const NodeState& node) {
    std::memcpy(static_cast<void*>(copy.get()), &node, used_bytes(1));
    return 0;
  });
  return copy;
}

// The file as the parent sees it, without opening it.
class Watch {
 public:
  explicit Watch(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY);
    base_ = static_cast<const char*>(mmap(nullptr, kFileBytes, PROT_READ, MAP_SHARED, fd, 0));
    close(fd);
    seen_.resize(sizeof(Shape) + sizeof(std::uint64_t) + sizeof(Seal) + used_bytes(1));
  }
  ~Watch() { munmap(const_cast<char*>(base_), kFileBytes); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Did anything that opening depends on change since the last call?
  bool moved() {
    const auto* header = static_cast<const FileHeader*>(static_cast<const void*>(base_));
    const std::uint64_t generation = header->generation.load();
    const std::size_t copy = generation & 1u;
    char* out = seen_.data();
    bool changed = take(out, &header->shape, sizeof(Shape));
    changed |= take(out, &generation, sizeof generation);
    changed |= take(out, &header->seals[copy], sizeof(Seal));
    changed |= take(out, base_ + kCopyOffset + copy * kCopyStride, used_bytes(1));
    return changed;
  }

 private:
  static bool take(char*& out, const void* from, std::size_t size) {
    const bool changed = std::memcmp(out, from, size) != 0;
    if (changed) std::memcpy(out, from, size);
    out += size;
    return changed;
  }
  const char* base_;
  std::vector<char> seen_;
};

// A child that opens the node, stops itself, makes the change and exits. Traced unless
// `free_running`.
pid_t start_writer(const std::string& path, const Mutation& mutation, bool free_running) {
  const pid_t child = fork();
  if (child != 0) return child;
  const auto file = StateFile::open(path);
  if (!file) _exit(3);
  if (!free_running && ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(4);
  if (!free_running) raise(SIGSTOP);
  const Status status = (*file)->change(mutation.make);
  _exit(status == Status::kSuccess ? 0 : 5);
}

bool wait_stopped(pid_t child, int& status) {
  return waitpid(child, &status, 0) == child && WIFSTOPPED(status);
}

bool step(pid_t child, int& status) {
  return ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) == 0 && wait_stopped(child, status);
}

bool ptrace_works() {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
    raise(SIGSTOP);
    _exit(0);
  }
  int status = 0;
  const bool works = wait_stopped(child, status) && step(child, status);
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) == child && !WIFSIGNALED(status) && !WIFEXITED(status)) {
  }
  return works;
}

struct Swept {
  std::uint64_t instructions = 0, moments = 0;
};

// One change, instruction by instruction, to its end.
Swept sweep(const std::string& path, const Mutation& mutation, const NodeState& before,
            const NodeState& after) {
  Watch watch(path);
  watch.moved();
  Swept swept;
  int status = 0;
  const pid_t child = start_writer(path, mutation, false);
  EXPECT_TRUE(wait_stopped(child, status)) << mutation.name;
  bool published = false;
  while (step(child, status)) {
    ++swept.instructions;
    if (!watch.moved()) continue;
    ++swept.moments;
    const auto file = StateFile::open(path);
    EXPECT_TRUE(file) << mutation.name << " at instruction " << swept.instructions;
    if (!file) break;
    const auto now = copy_of(**file);
    EXPECT_TRUE(published ? same(*now, after) : same(*now, before) || same(*now, after))
        << mutation.name << " at instruction " << swept.instructions;
    published = published || same(*now, after);
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << mutation.name << " " << status;
  EXPECT_TRUE(published) << mutation.name;
  return swept;
}

// Kills a writer `instructions` after its start; then the node must open, be whole, and take a
// change.
void kill_after(const std::string& path, const Mutation& mutation, std::uint64_t instructions,
                const NodeState& before, const NodeState& after) {
  int status = 0;
  const pid_t child = start_writer(path, mutation, false);
  ASSERT_TRUE(wait_stopped(child, status));
  for (std::uint64_t i = 0; i < instructions && step(child, status); ++i) {
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  const auto file = StateFile::open(path);
  ASSERT_TRUE(file) << mutation.name << " killed at " << instructions;
  const auto now = copy_of(**file);
  EXPECT_TRUE(same(*now, before) || same(*now, after))
      << mutation.name << " killed at " << instructions;
  EXPECT_EQ((*file)->change([&](NodeState& node) {  // the lock is free; and back to the start
    std::memcpy(static_cast<void*>(&node), &before, used_bytes(1));
    return Status::kSuccess;
  }),
            Status::kSuccess)
      << mutation.name << " killed at " << instructions;
}

void kill_at_random_times(const std::string& path, int kills) {
  const Mutation churn{"create and destroy", [](NodeState& n) {
                         const Created gi = create_gpu_instance(n, 0, 19, std::nullopt);
                         return gi.status == Status::kSuccess ? destroy_gpu_instance(n, 0, gi.id)
                                                              : gi.status;
                       }};
  for (int i = 0; i < kills; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const auto file = StateFile::open(path);
      while (file && (*file)->change(churn.make) == Status::kSuccess) {
      }
      _exit(1);
    }
    usleep(static_cast<useconds_t>(1500 + (i * 7919) % 1500));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer gave up: " << status;
    const auto file = StateFile::open(path);
    ASSERT_TRUE(file) << file.error().describe();
    ASSERT_EQ((*file)->change(churn.make), Status::kSuccess);
  }
}

void kill_instead(const ScratchNode& scratch) {
  std::printf("PTRACE IS NOT PERMITTED HERE: killed at 400 random times instead\n");
  kill_at_random_times(scratch.path(), 400);
}

TEST(StateFileCrashSweep, EveryInstructionOfEveryMutation) {
  const ScratchNode scratch;
  if (!ptrace_works()) return kill_instead(scratch);
  const auto start = std::chrono::steady_clock::now();
  const auto file = scratch.open();
  std::uint64_t instructions = 0;
  for (const Mutation& mutation : kMutations) {
    const auto before = copy_of(*file);
    const auto after = std::make_unique<NodeState>(*before);
    ASSERT_EQ(mutation.make(*after), Status::kSuccess) << mutation.name;
    const Swept swept = sweep(scratch.path(), mutation, *before, *after);
    if (HasFailure()) return;
    instructions += swept.instructions;
    std::printf("  %-26s %7llu instructions, %llu with a change in force\n", mutation.name,
                static_cast<unsigned long long>(swept.instructions),
                static_cast<unsigned long long>(swept.moments));
    EXPECT_GE(swept.moments, 1u);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("  valid after each of %llu instructions (%.1f s)\n",
              static_cast<unsigned long long>(instructions), took.count());
}

TEST(StateFileCrashSweep, KilledForRealTheNodeGoesOn) {
  const ScratchNode scratch;
  if (!ptrace_works()) return kill_instead(scratch);
  const auto file = scratch.open();
  const Mutation& mutation = kMutations[0];
  const auto before = copy_of(*file);
  const auto after = std::make_unique<NodeState>(*before);
  ASSERT_EQ(mutation.make(*after), Status::kSuccess);
  const std::uint64_t all = sweep(scratch.path(), mutation, *before, *after).instructions;
  ASSERT_EQ(file->change([&](NodeState& node) {
    std::memcpy(static_cast<void*>(&node), before.get(), used_bytes(1));
    return Status::kSuccess;
  }),
            Status::kSuccess);
  constexpr std::uint64_t kKills = 12;
  for (std::uint64_t i = 0; i < kKills; ++i) {
    // Evenly over the whole, and the last third closely: seal, publish, unlock.
    const std::uint64_t at = i % 2 == 0 ? all * i / kKills : all - (kKills - i) * 37 % all;
    kill_after(scratch.path(), mutation, at, *before, *after);
    if (HasFatalFailure()) return;
  }
  std::printf("  killed at %llu of %llu instructions; opened and changed each time\n",
              static_cast<unsigned long long>(kKills), static_cast<unsigned long long>(all));
}

TEST(StateFileCrashSweep, KilledAtRandomTimesTheNodeGoesOn) {
  const ScratchNode scratch;
  kill_at_random_times(scratch.path(), 60);
}

}  // namespace
}  // namespace septet::driver::simulated
