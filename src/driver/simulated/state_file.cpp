// The protocol itself: change, wait, count. Creating and opening are in state_file_open.cpp.
#include "driver/simulated/state_file.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "driver/simulated/mapped_file.h"

namespace septet::driver::simulated {

namespace {

constexpr std::int64_t kRecheckNs = 100'000'000;  // a poster may die between publishing and waking

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

long futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) {
  return syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

bool has_faults(const NodeState& node) {
  return std::ranges::any_of(
      node.faults, [](const FaultState& fault) { return fault.kind != FaultKind::kFree; });
}

// Counts one more call against the fault with this serial; 1 for the first.
std::uint32_t count_call(std::atomic<std::uint64_t>& slot, std::uint32_t serial) {
  std::uint64_t seen = slot.load(std::memory_order_relaxed);
  for (;;) {
    const bool same = (seen >> 32) == serial;
    const std::uint64_t calls = same ? (seen & 0xffffffffu) : 0;
    const std::uint64_t next =
        (std::uint64_t{serial} << 32) | std::min<std::uint64_t>(calls + 1, UINT_MAX);
    if (slot.compare_exchange_weak(seen, next, std::memory_order_relaxed))
      return static_cast<std::uint32_t>(next);
  }
}

// One change, from holding the lock to having published.
class Change {
 public:
  Change(FileHeader& header, NodeState* const copies[2])
      : header_(header),
        before_(header.generation.load(std::memory_order_relaxed)),
        after_(before_ + 1),
        gpu_count_(header.shape.gpu_count),
        in_force_(*copies[before_ & 1u]),
        draft_(*copies[after_ & 1u]) {}

  bool sound() const {
    const Seal& seal = header_.seals[before_ & 1u];
    return seal.generation == before_ &&
           seal.checksum == state_checksum(in_force_, gpu_count_, before_);
  }

  NodeState& draft() {
    // Readers of the generation before last may still be in the draft: they must see by the
    // generation that they are late before they see a byte of what follows.
    std::atomic_thread_fence(std::memory_order_release);
    std::memcpy(static_cast<void*>(&draft_), &in_force_, used_bytes(gpu_count_));
    return draft_;
  }

  void publish() {
    header_.seals[after_ & 1u] = {after_, state_checksum(draft_, gpu_count_, after_)};
    const bool faults = has_faults(draft_);
    if (faults) header_.faults_possible.store(1, std::memory_order_relaxed);
    const bool events = draft_.next_event != in_force_.next_event;
    const auto event_word = static_cast<std::uint32_t>(draft_.next_event);
    header_.generation.store(after_, std::memory_order_release);  // from here on it has happened
    if (!faults) header_.faults_possible.store(0, std::memory_order_relaxed);
    if (!events) return;
    header_.event_word.store(event_word, std::memory_order_release);
    futex(header_.event_word, FUTEX_WAKE, INT_MAX, nullptr);
  }

 private:
  FileHeader& header_;
  std::uint64_t before_, after_;
  std::uint32_t gpu_count_;
  const NodeState& in_force_;
  NodeState& draft_;
};

}  // namespace

StateFile::~StateFile() = default;

Status StateFile::Impl::change(const std::function<Status(NodeState&)>& f, Obstacle& obstacle) {
  obstacle = Obstacle::kNothing;
  if (!writable) {
    obstacle = Obstacle::kReadOnly;
    return Status::kNoPermission;
  }
  switch (lock.lock()) {
    case FileLock::Answer::kHeld: break;
    case FileLock::Answer::kTimeout: obstacle = Obstacle::kLocked; return Status::kTimeout;
    case FileLock::Answer::kFailed: obstacle = Obstacle::kLockFailed; return Status::kUnknown;
  }
  header->holder.store(getpid(), std::memory_order_relaxed);
  Change change(*header, copies);
  Status status = Status::kUnknown;
  if (!change.sound()) {
    obstacle = Obstacle::kDamaged;
  } else {
    status = f(change.draft());
    if (status == Status::kSuccess) change.publish();
  }
  lock.unlock();
  return status;
}

Status StateFile::change(const std::function<Status(NodeState&)>& f) {
  Obstacle obstacle = Obstacle::kNothing;
  return impl_->change(f, obstacle);
}

Result<> StateFile::change_or_explain(const std::function<Status(NodeState&)>& f) {
  Obstacle obstacle = Obstacle::kNothing;
  const Status status = impl_->change(f, obstacle);
  if (status == Status::kSuccess) return {};
  return std::unexpected(impl_->explain(path_, obstacle, status));
}

Status StateFile::wait_event(std::uint64_t next, std::uint32_t timeout_ms) const {
  const std::int64_t deadline = monotonic_ns() + std::int64_t{timeout_ms} * 1'000'000;
  const std::atomic<std::uint32_t>& word = impl_->header->event_word;
  for (;;) {
    const std::uint32_t seen = word.load(std::memory_order_acquire);
    if (read([](const NodeState& node) { return node.next_event; }) > next) return Status::kSuccess;
    const std::int64_t left = deadline - monotonic_ns();
    if (left <= 0) return Status::kTimeout;
    const std::int64_t pause = std::min(left, kRecheckNs);
    const timespec timeout{0, static_cast<long>(pause)};
    const long woken = futex(word, FUTEX_WAIT, seen, &timeout);
    const bool slept = woken == 0 || errno == ETIMEDOUT || errno == EAGAIN || errno == EINTR;
    if (slept) continue;
    const timespec nap{0, static_cast<long>(std::min<std::int64_t>(pause, 10'000'000))};
    nanosleep(&nap, nullptr);  // no futex on this mapping: look again soon
  }
}

Status StateFile::injected_fault(std::uint64_t call_hash, std::uint32_t gpu) {
  FileHeader& header = *impl_->header;
  if (header.faults_possible.load(std::memory_order_relaxed) == 0) return Status::kSuccess;
  struct Faults {
    FaultState at[kMaxFaults];
  };
  const Faults faults = read([](const NodeState& node) {
    Faults copy;
    std::memcpy(static_cast<void*>(copy.at), node.faults, sizeof copy.at);
    return copy;
  });
  Status answer = Status::kSuccess;
  for (std::uint32_t i = 0; i < kMaxFaults; ++i) {
    const FaultState& fault = faults.at[i];
    if (!fault_concerns(fault, call_hash, gpu)) continue;
    auto& slot = impl_->writable ? header.fault_counts[i] : impl_->own_counts[i];
    const Status this_one = fault_answer(fault, count_call(slot, fault.serial));
    if (answer == Status::kSuccess) answer = this_one;
  }
  return answer;
}

}  // namespace septet::driver::simulated
