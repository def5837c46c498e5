// 64 processes on one node: no update is lost, no reader sees half a change.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "driver/simulated/file_header.h"
#include "driver/simulated/scratch_node.h"

namespace septet::driver::simulated {
namespace {

constexpr std::uint32_t kProcesses = 64, kChanges = 60, kGpus = 8;

// One change touches far ends of the state together: a counter per GPU, all equal, and instances.
// So a torn state shows as unequal counters.
Status count_and_churn(NodeState& node, std::uint32_t gpu) {
  for (std::uint32_t i = 0; i < kGpus; ++i) ++node.gpus[i].ecc_corrected_aggregate;
  const Created gi = create_gpu_instance(node, gpu, 19, std::nullopt);
  if (gi.status == Status::kSuccess) {
    const Created ci = create_compute_instance(node, gpu, gi.id, 0, std::nullopt);
    return ci.status;
  }
  for (std::uint32_t id = 0; id < kMaxGpuInstances; ++id) {  // full: clear it
    if (node.gpus[gpu].instances[id].stamp == 0) continue;
    if (destroy_compute_instance(node, gpu, id, 0) != Status::kSuccess) return Status::kUnknown;
    if (destroy_gpu_instance(node, gpu, id) != Status::kSuccess) return Status::kUnknown;
  }
  return Status::kSuccess;
}

bool whole(const NodeState& node) {
  const std::uint64_t first = node.gpus[0].ecc_corrected_aggregate;
  for (std::uint32_t i = 1; i < kGpus; ++i) {
    if (node.gpus[i].ecc_corrected_aggregate != first) return false;
  }
  return true;
}

int hammer(const std::string& path, std::uint32_t self) {
  const auto file = StateFile::open(path);  // while the others write
  if (!file) return 1;
  const auto copy = std::make_unique<NodeState>();
  for (std::uint32_t i = 0; i < kChanges; ++i) {
    const auto change = [&](NodeState& node) { return count_and_churn(node, (self + i) % kGpus); };
    if ((*file)->change(change) != Status::kSuccess) return 2;
    (*file)->read([&](const NodeState& node) {
      std::memcpy(static_cast<void*>(copy.get()), &node, used_bytes(kGpus));
      return 0;
    });
    if (!whole(*copy)) return 3;
    if (i % 8 == 0 && !check(*copy)) return 4;
  }
  return 0;
}

TEST(StateFileHammer, SixtyFourProcessesLoseNothingAndTearNothing) {
  const ScratchNode scratch(kGpus);
  const auto start = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (std::uint32_t i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(hammer(scratch.path(), i));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "exit " << WEXITSTATUS(status);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto file = scratch.open();
  EXPECT_EQ(file->read([](const NodeState& node) { return node.gpus[0].ecc_corrected_aggregate; }),
            std::uint64_t{kProcesses} * kChanges);
  EXPECT_EQ(file->current_generation(), kFirstGeneration + std::uint64_t{kProcesses} * kChanges);
  std::printf("  %u processes, %u changes each and as many whole reads: %.0f changes/s\n",
              kProcesses, kChanges, kProcesses * kChanges / took.count());
}

}  // namespace
}  // namespace septet::driver::simulated
