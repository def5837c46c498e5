#include "driver/simulated/state_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "driver/simulated/file_header.h"
#include "driver/simulated/file_lock.h"
#include "driver/simulated/scratch_node.h"

namespace septet::driver::simulated {
namespace {

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void spill(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}
std::string why_not(const std::string& path) {
  const auto file = StateFile::open(path);
  return file ? "opened" : file.error().describe();
}
std::uint64_t serial_number(const StateFile& file) {
  return file.read([](const NodeState& node) { return node.gpus[0].ecc_corrected_aggregate; });
}
Status count_up(NodeState& node) {
  ++node.gpus[0].ecc_corrected_aggregate;
  return Status::kSuccess;
}

TEST(StateFile, KeepsWhatIsPublishedAndForgetsWhatIsRefused) {
  const ScratchNode scratch(8);
  const auto file = scratch.open();
  std::uint32_t gi = 0;
  ASSERT_EQ(file->change([&](NodeState& node) {
    const Created created = create_gpu_instance(node, 3, 9, std::nullopt);
    gi = created.id;
    return created.status;
  }),
            Status::kSuccess);
  const std::uint64_t generation = file->current_generation();
  EXPECT_EQ(file->change([](NodeState& node) {
    node.gpus[0].lost = 1;
    return Status::kInUse;
  }),
            Status::kInUse);
  EXPECT_EQ(file->current_generation(), generation);
  const auto again = scratch.open();
  EXPECT_TRUE(
      again->read([&](const NodeState& node) { return node.gpus[3].instances[gi].stamp != 0; }));
  EXPECT_EQ(again->read([](const NodeState& node) { return node.gpus[0].lost; }), 0);
}

TEST(StateFile, CreateReplacesOnlyWhenTold) {
  const ScratchNode scratch;
  const auto refused = StateFile::create(scratch.path(), scratch.first(), false);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().describe().find("exists already"), std::string::npos);
  const auto old = scratch.open();
  EXPECT_TRUE(StateFile::create(scratch.path(), scratch.first(), true));
  EXPECT_EQ(old->change(count_up), Status::kSuccess);  // the old node lives on for who holds it
  EXPECT_EQ(serial_number(*old), 1u);
  EXPECT_EQ(serial_number(*scratch.open()), 0u);
  EXPECT_TRUE(StateFile::create(scratch.path() + ".d/deeper/node", scratch.first(), false));
  EXPECT_FALSE(StateFile::create(scratch.path() + ".d/deeper", scratch.first(), true));
}

// Every unusable file has a sentence with its name and a way out, and is left as it was.
TEST(StateFile, SaysWhyAFileIsNoUse) {
  const ScratchNode scratch;
  const std::string good = slurp(scratch.path());
  const std::string path = scratch.path() + ".bad";
  EXPECT_NE(why_not(path).find("no simulated node at " + path), std::string::npos);
  const auto expect = [&](const std::string& bytes, const std::string& sentence) {
    spill(path, bytes);
    const std::string text = why_not(path);
    EXPECT_NE(text.find(path + " " + sentence), std::string::npos) << text;
    EXPECT_NE(text.find("sim create --force"), std::string::npos) << text;
    EXPECT_EQ(slurp(path), bytes);
  };
  expect("", "is empty");
  expect("hello", "is not a simulated node");
  expect(std::string(kFileBytes, '\n'), "is not a simulated node");
  expect(good.substr(0, 6), "is a simulated node cut short");
  expect(good.substr(0, good.size() / 2), "is a simulated node cut short");
  std::string other = good;
  other[offsetof(Shape, format)] = 9;
  expect(other, "is a simulated node of another septet (format 9");
  other = good;
  other[offsetof(Shape, gpu_count)] = 2;
  expect(other, "is a damaged simulated node: its header fails");
  other = good;
  other[kCopyOffset + (kFirstGeneration & 1) * kCopyStride + offsetof(NodeState, gpus) + 9] ^= 4;
  expect(other, "is a damaged simulated node: its state fails");
  other = good;
  other[offsetof(FileHeader, generation)] ^= 1;  // a copy of another time
  expect(other, "is a damaged simulated node: its state fails");
  spill(path, good);
  EXPECT_EQ(why_not(path), "opened");
}

TEST(StateFile, ADirectoryAFifoAndAForbiddenFileAreNamed) {
  const ScratchNode scratch;
  const std::string folder = scratch.path() + ".d";
  ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
  EXPECT_NE(why_not(folder).find("is a directory"), std::string::npos);
  const std::string fifo = scratch.path() + ".fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_NE(why_not(fifo).find("is not a regular file"), std::string::npos);
  ASSERT_EQ(chmod(scratch.path().c_str(), 0), 0);
  if (geteuid() == 0) {
    std::printf("root reads everything: the forbidden file is tried as another user\n");
    const pid_t child = fork();
    if (child == 0) {
      // The folder is root's alone too; open its parent just for this.
      const bool dropped = setuid(65534) == 0;
      const auto file = StateFile::open(scratch.path());
      _exit(dropped && !file && file.error().code == Code::kNoPermission ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  } else {
    EXPECT_NE(why_not(scratch.path()).find("may not be read by this user"), std::string::npos);
  }
}

TEST(StateFile, DamageUnderneathIsFoundBeforeTheNextChange) {
  const ScratchNode scratch;
  const auto file = scratch.open();
  std::string bytes = slurp(scratch.path());
  const int fd = open(scratch.path().c_str(), O_WRONLY);
  const char bad = static_cast<char>(bytes[kCopyOffset + 777] + 1);
  ASSERT_EQ(pwrite(fd, &bad, 1, static_cast<off_t>(kCopyOffset + 777)), 1);
  close(fd);
  EXPECT_EQ(file->change(count_up), Status::kUnknown);
  const auto explained = file->change_or_explain(count_up);
  ASSERT_FALSE(explained);
  EXPECT_NE(explained.error().describe().find(scratch.path() + " is damaged"), std::string::npos);
}

TEST(StateFile, AChildOfAForkWritesToo) {
  const ScratchNode scratch;
  const auto file = scratch.open();
  ASSERT_EQ(file->change(count_up), Status::kSuccess);
  ASSERT_EQ(file->change([&](NodeState& node) {
    const pid_t child = fork();
    if (child == 0) {
      // The parent holds the lock: a shared flock would let this through at once.
      const int probe = open(scratch.path().c_str(), O_RDWR);
      _exit(flock(probe, LOCK_EX | LOCK_NB) == 0 ? 1 : 0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return count_up(node);
  }),
            Status::kSuccess);
  const pid_t child = fork();
  if (child == 0) _exit(file->change(count_up) == Status::kSuccess ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(serial_number(*file), 3u);
}

TEST(StateFile, ThreadsLoseNothing) {
  const ScratchNode scratch;
  const auto file = scratch.open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) EXPECT_EQ(file->change(count_up), Status::kSuccess);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(serial_number(*file), 1600u);
}

TEST(FileLock, WaitingHasAnEnd) {
  const ScratchNode scratch;
  const int holder = open(scratch.path().c_str(), O_RDWR);
  ASSERT_EQ(flock(holder, LOCK_EX), 0);
  FileLock lock(open(scratch.path().c_str(), O_RDWR), scratch.path(), 150);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(lock.lock(), FileLock::Answer::kTimeout);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(150));
  close(holder);
  EXPECT_EQ(lock.lock(), FileLock::Answer::kHeld);
  lock.unlock();
}

TEST(StateFile, WaitersWakeAcrossProcesses) {
  const ScratchNode scratch;
  const auto file = scratch.open();
  EXPECT_EQ(file->wait_event(1, 30), Status::kTimeout);
  const pid_t child = fork();
  if (child == 0) {
    usleep(30'000);
    const auto mine = StateFile::open(scratch.path());
    const bool posted = mine && (*mine)->change([](NodeState& node) {
      post_event(node, 8, 79, 0, kNone, kNone);
      return Status::kSuccess;
    }) == Status::kSuccess;
    _exit(posted ? 0 : 1);
  }
  EXPECT_EQ(file->wait_event(1, 10'000), Status::kSuccess);
  EXPECT_EQ(file->read([](const NodeState& node) { return node.events[1].data; }), 79u);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(StateFile, FaultsAreCountedAcrossProcesses) {
  const ScratchNode scratch;
  const auto file = scratch.open();
  const std::uint64_t call = fault_call_hash("nvmlDeviceCreateGpuInstance");
  EXPECT_EQ(file->injected_fault(call, 0), Status::kSuccess);
  FaultState fault{};
  fault.kind = FaultKind::kCallFails;
  fault.gpu = kNone;
  fault.call = call;
  fault.code = 19;
  fault.nth = 3;
  fault.times = 1;
  ASSERT_EQ(file->change([&](NodeState& node) {
    return add_fault(node, fault) ? Status::kSuccess : Status::kUnknown;
  }),
            Status::kSuccess);
  EXPECT_EQ(file->injected_fault(call, 0), Status::kSuccess);
  EXPECT_EQ(file->injected_fault(fault_call_hash("nvmlDeviceGetName"), 0), Status::kSuccess);
  const pid_t child = fork();
  if (child == 0) {
    const auto mine = StateFile::open(scratch.path());
    _exit(mine && (*mine)->injected_fault(call, 0) == Status::kSuccess ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(file->injected_fault(call, 0), Status::kInUse);  // the third
  EXPECT_EQ(file->injected_fault(call, 0), Status::kSuccess);
}

TEST(Checksum, SeesEveryBit) {
  std::string bytes(200, 'a');
  for (std::size_t size : {0u, 1u, 7u, 8u, 63u, 64u, 65u, 200u}) {
    const std::uint64_t whole = checksum(bytes.data(), size, 1);
    EXPECT_NE(whole, checksum(bytes.data(), size, 2));
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      const char flip = static_cast<char>(1 << (bit % 8));
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
      EXPECT_NE(whole, checksum(bytes.data(), size, 1)) << size << ":" << bit;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
    }
  }
}

// Every live byte is covered, and so is coming to life.
TEST(StateChecksum, SeesWhatIsAliveAndWhatComesAlive) {
  const ScratchNode scratch(2);
  const auto node = std::make_unique<NodeState>(scratch.first());
  ASSERT_EQ(create_gpu_instance(*node, 1, 9, std::nullopt).id, 2u);
  const std::uint64_t whole = state_checksum(*node, 2, 7);
  char* const bytes = static_cast<char*>(static_cast<void*>(node.get()));
  const auto seen = [&](const void* from, std::size_t size) {
    const auto offset = static_cast<std::size_t>(static_cast<const char*>(from) - bytes);
    for (std::size_t i = offset; i < offset + size; ++i) {
      bytes[i] = static_cast<char>(bytes[i] ^ 1);
      const bool different = state_checksum(*node, 2, 7) != whole;
      bytes[i] = static_cast<char>(bytes[i] ^ 1);
      if (!different) return i;
    }
    return std::size_t{0};
  };
  EXPECT_EQ(seen(node.get(), offsetof(NodeState, processes)), 0u);
  for (const GpuState& gpu : {std::cref(node->gpus[0]), std::cref(node->gpus[1])})
    EXPECT_EQ(seen(&gpu, offsetof(GpuState, instances)), 0u);
  EXPECT_EQ(seen(&node->gpus[1].instances[2], sizeof(GpuInstanceState)), 0u);
  for (const ProcessState& process : node->processes) EXPECT_EQ(seen(&process.pid, 1), 0u);
  for (const GpuInstanceState& instance : node->gpus[0].instances)
    EXPECT_EQ(seen(&instance.stamp, sizeof instance.stamp), 0u);
  EXPECT_EQ(state_checksum(*node, 2, 7), whole);
  EXPECT_NE(state_checksum(*node, 2, 8), whole);
  std::swap(node->gpus[1].instances[2], node->gpus[1].instances[1]);
  EXPECT_NE(state_checksum(*node, 2, 7), whole);
}

TEST(DefaultStatePath, FollowsTheEnvironment) {
  const auto with = [](const char* sim, const char* state, const char* home) {
    const auto set = [](const char* name, const char* value) {
      if (value != nullptr)
        setenv(name, value, 1);
      else
        unsetenv(name);
    };
    set("SEPTET_SIM", sim);
    set("XDG_STATE_HOME", state);
    set("HOME", home);
    return default_state_path();
  };
  EXPECT_EQ(with("/x/y", "/s", "/h"), "/x/y");
  EXPECT_EQ(with("1", "/s", "/h"), "/s/septet/node");
  EXPECT_EQ(with("", "relative", "/h"), "/h/.local/state/septet/node");
  EXPECT_EQ(with(nullptr, nullptr, nullptr), "/tmp/septet-" + std::to_string(getuid()) + "/node");
}

}  // namespace
}  // namespace septet::driver::simulated
