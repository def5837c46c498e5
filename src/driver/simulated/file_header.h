// driver/simulated/file_header.h — the bytes of a node's state file.
//
//   0                      FileHeader
//   kCopyOffset            copy 0 of NodeState (used_bytes of it; the rest is a hole, never
//   touched)
//   + kCopyStride          copy 1
//
// Everything before `generation` is written once. The seals, copies and generation follow the
// protocol of state_file.h; what comes after the seals is only hints and counters, true or not.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "driver/simulated/checksum.h"
#include "driver/simulated/state.h"
#include "driver/simulated/state_checksum.h"

namespace septet::driver::simulated {

inline constexpr char kMagic[8] = {'S', 'E', 'P', 'T', 'E', 'T', 'S', 'N'};
inline constexpr std::uint32_t kFormat = 1;  // raise with any change of NodeState
inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kCopyOffset = kPage;
inline constexpr std::size_t kCopyStride = (sizeof(NodeState) + kPage - 1) / kPage * kPage;
inline constexpr std::size_t kFileBytes = kCopyOffset + 2 * kCopyStride;

struct Shape {  // written once
  char magic[8];
  std::uint32_t format, byte_order;
  std::uint64_t state_bytes, file_bytes;
  std::uint32_t gpu_count, pad;
};

struct Seal {  // of the copy with the same index
  std::uint64_t generation, checksum;
};

struct FileHeader {
  Shape shape;
  std::uint64_t shape_checksum;
  alignas(64) std::atomic<std::uint64_t> generation;
  Seal seals[2];
  alignas(
      64) std::atomic<std::uint32_t> event_word;  // low half of next_event: what waiters sleep on
  std::atomic<std::uint32_t> faults_possible;     // 0 only while the state in force has no fault
  std::atomic<std::int32_t> holder;               // pid that took the lock last
  alignas(64) std::atomic<std::uint64_t> fault_counts[kMaxFaults];  // serial << 32 | calls counted
};
static_assert(sizeof(FileHeader) <= kCopyOffset);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

inline constexpr std::uint32_t kByteOrder = 0x01020304;
inline constexpr std::uint64_t kFirstGeneration = 2;

inline Shape shape_of(std::uint32_t gpu_count) {
  Shape shape{};
  for (std::size_t i = 0; i < sizeof kMagic; ++i) shape.magic[i] = kMagic[i];
  shape.format = kFormat;
  shape.byte_order = kByteOrder;
  shape.state_bytes = sizeof(NodeState);
  shape.file_bytes = kFileBytes;
  shape.gpu_count = gpu_count;
  return shape;
}

}  // namespace septet::driver::simulated
