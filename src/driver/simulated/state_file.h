// driver/simulated/state_file.h — one file that every process of the simulated node shares.
//
// How it stays valid. The file holds a header and two copies of the state. The header's generation
// says which copy is in force (its low bit). A writer takes the lock (flock: the kernel drops it
// when the writer dies), copies the copy in force over the other one, changes that, seals it with a
// checksum, and only then publishes by one atomic store. Killed at any instruction, the file shows
// either the state before or the state after. Readers take no lock: they read the copy in force and
// read again if the generation moved meanwhile.
//
// Threads: safe. Fork: a child reopens the file at its next write, since a flock is shared across
// fork.
//
// Errors:  a file that is not a node, is of another format, or fails its checksum is
//          kInvalidArgument / kInternal with the file's name and the remedy; it is never changed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/state.h"

namespace septet::driver::simulated {

struct FileHeader;  // state_file.cpp

class StateFile {
 public:
  // Writes a new node. An existing file is replaced only when `replace` (atomically, by rename) —
  // clients that hold the old one keep the old node and are told so by driver_load never moving
  // again.
  static Result<> create(const std::string& path, const NodeState& node, bool replace);
  static Result<std::unique_ptr<StateFile>> open(const std::string& path);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // Calls f(const NodeState&) on a state that did not change meanwhile; f may run more than once,
  // must only copy out, and must bound its loops by the array sizes (it can see a state being
  // overwritten).
  template <typename F>
  auto read(F&& f) const {
    for (;;) {
      const std::uint64_t before = generation().load(std::memory_order_acquire);
      auto answer = f(state(before));
      std::atomic_thread_fence(std::memory_order_acquire);
      if (generation().load(std::memory_order_relaxed) == before) return answer;
    }
  }

  // Runs f on a private copy under the lock and publishes it if f answers kSuccess. kTimeout after
  // 10 s behind a stuck holder; kUnknown when the state in force fails its checksum.
  Status change(const std::function<Status(NodeState&)>& f);
  // The same for callers that must report: names the file and the holder.
  Result<> change_or_explain(const std::function<Status(NodeState&)>& f);

  // Blocks until an event with sequence >= `next` exists or `timeout_ms` passed (kTimeout).
  Status wait_event(std::uint64_t next, std::uint32_t timeout_ms) const;
  // Counts this call against the call faults of the node, across all processes. kSuccess = proceed.
  // `gpu` kNone when the call names no GPU. One relaxed load when no fault is set.
  Status injected_fault(std::uint64_t call_hash, std::uint32_t gpu);

  const std::string& path() const { return path_; }
  std::uint64_t current_generation() const { return generation().load(std::memory_order_acquire); }

 private:
  StateFile() = default;
  const std::atomic<std::uint64_t>& generation() const;
  const NodeState& state(std::uint64_t generation) const;
  struct Impl;
  std::string path_;
  std::unique_ptr<Impl> impl_;
  // hot: resolved once at open
  const std::atomic<std::uint64_t>* generation_ = nullptr;
  const NodeState* copies_[2] = {nullptr, nullptr};
};

inline const std::atomic<std::uint64_t>& StateFile::generation() const { return *generation_; }
inline const NodeState& StateFile::state(std::uint64_t generation) const {
  return *copies_[generation & 1u];
}

// Where the node's state lives when nobody says: $SEPTET_SIM, else $XDG_STATE_HOME/septet/node,
// else ~/.local/state/septet/node. "1" and "" count as not said.
std::string default_state_path();

}  // namespace septet::driver::simulated
