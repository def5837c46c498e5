// simnvml/events.cpp — event sets: what happens to a GPU, told to every process that asked.
//
// Shapes. A set lives in a slot of a fixed table, so a pointer that is no set is recognized without
//         reading it. The node keeps its last 64 events; a client that waits too rarely misses
//         older ones, as with the driver's own queue.
// MIG.    Events come with the GPU's handle and, where the fault belongs to an instance, its ids.
//         A set cannot watch a MIG device by its handle.
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <type_traits>

#include "simnvml/abi/prototypes_events.h"
#include "simnvml/call.h"

namespace sim = septet::driver::simulated;

struct nvmlEventSet_st {
  std::mutex guard;
  std::uint64_t generation = 0;  // odd: in use; counts the lives of the slot
  std::uint64_t next = 0;        // sequence of the first event not yet looked at
  std::array<std::uint64_t, sim::kMaxGpus> types{};  // asked for, by GPU
  std::array<std::uint64_t, sim::kMaxGpus> since{};  // first sequence of interest, by GPU

  bool in_use() const { return (generation & 1u) != 0; }
  bool wants(const sim::EventState& event) const {
    return event.gpu < sim::kMaxGpus && (types[event.gpu] & event.type) != 0 &&
           event.sequence >= since[event.gpu];
  }
};

using namespace septet::simnvml;

namespace {

constexpr std::size_t kSets = 256;
constexpr unsigned long long kSupported =
    nvmlEventTypeSingleBitEccError | nvmlEventTypeDoubleBitEccError | nvmlEventTypeXidCriticalError;
constexpr std::uint32_t kLookUpMs =
    250;  // how often a wait looks whether the session or set is gone

// Trivially destructible: a thread may be waiting when the process exits.
constinit std::array<nvmlEventSet_st, kSets> g_sets{};
static_assert(std::is_trivially_destructible_v<nvmlEventSet_st>);

// nullptr: not one of our sets. The set may still be a freed one.
nvmlEventSet_st* slot_of(nvmlEventSet_t set) {
  const auto offset =
      reinterpret_cast<std::uintptr_t>(set) - reinterpret_cast<std::uintptr_t>(g_sets.data());
  const bool ours =
      offset < sizeof(nvmlEventSet_st) * kSets && offset % sizeof(nvmlEventSet_st) == 0;
  return ours ? set : nullptr;
}

// The events a set has not looked at yet, oldest first, copied out of the node.
struct Pending {
  std::array<sim::EventState, sim::kMaxEvents> events;
  unsigned count = 0;
  std::uint64_t next = 0;
};

Pending pending_since(const Session& session, std::uint64_t next) {
  return session.file->read([&](const sim::NodeState& node) {
    Pending pending;
    const std::uint64_t end = node.next_event;
    const std::uint64_t oldest = end > sim::kMaxEvents ? end - sim::kMaxEvents : 1;
    const std::uint64_t begin = std::max(next, oldest);
    for (std::uint64_t i = begin; i < end && pending.count < sim::kMaxEvents; ++i) {
      const sim::EventState& event = node.events[i % sim::kMaxEvents];
      if (event.sequence == i) pending.events[pending.count++] = event;
    }
    pending.next = end;
    return pending;
  });
}

// The next event that the set asked for; the ones before it are passed over.
std::optional<sim::EventState> take(nvmlEventSet_st& set, const Pending& pending) {
  for (unsigned i = 0; i < pending.count; ++i) {
    set.next = pending.events[i].sequence + 1;
    if (set.wants(pending.events[i])) return pending.events[i];
  }
  set.next = std::max(set.next, pending.next);
  return std::nullopt;
}

// TIMEOUT, and a longer wait, while nothing came.
nvmlReturn_t look(const Session& session, nvmlEventSet_st& set, std::uint64_t generation,
                  sim::EventState& out) {
  const std::lock_guard lock(set.guard);
  if (set.generation != generation) return NVML_ERROR_INVALID_ARGUMENT;  // freed meanwhile
  const auto event = take(set, pending_since(session, set.next));
  if (!event) return NVML_ERROR_TIMEOUT;
  out = *event;
  return NVML_SUCCESS;
}

bool session_ended(const Pin& session) {
  const auto load =
      session->file->read([](const sim::NodeState& node) { return node.driver_load; });
  return !session.still_current() || load != session->driver_load;
}

std::uint64_t position(nvmlEventSet_st& set, std::uint64_t& generation) {
  const std::lock_guard lock(set.guard);
  generation = set.generation;
  return set.next;
}

nvmlReturn_t wait(CallName name, nvmlEventSet_t handle, bool arguments_given,
                  std::uint32_t timeout_ms, sim::EventState& out) {
  const Pin session;
  if (const auto refused = begin(session, name, arguments_given, sim::kNone);
      refused != NVML_SUCCESS) {
    return refused;
  }
  nvmlEventSet_st* const set = slot_of(handle);
  std::uint64_t generation = 0;
  if (set == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  (void)position(*set, generation);
  if ((generation & 1u) == 0) return NVML_ERROR_INVALID_ARGUMENT;
  const std::uint64_t deadline_ns = now_ns() + std::uint64_t{timeout_ms} * 1'000'000u;
  for (;;) {
    if (session_ended(session)) return NVML_ERROR_UNINITIALIZED;
    if (const auto looked = look(*session.get(), *set, generation, out);
        looked != NVML_ERROR_TIMEOUT) {
      return looked;
    }
    const std::uint64_t now = now_ns();
    if (now >= deadline_ns) return NVML_ERROR_TIMEOUT;
    const std::uint64_t left_ms = (deadline_ns - now + 999'999) / 1'000'000;
    std::uint64_t ignored = 0;
    (void)session->file->wait_event(
        position(*set, ignored),
        static_cast<std::uint32_t>(std::min<std::uint64_t>(left_ms, kLookUpMs)));
  }
}

}  // namespace

nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t* out) {
  std::uint64_t next = 0;
  const nvmlReturn_t answer =
      on_node(__func__, given(out), [&](const Session&, const sim::NodeState& node) {
        next = node.next_event;
        return NVML_SUCCESS;
      });
  if (answer != NVML_SUCCESS) return answer;
  for (nvmlEventSet_st& set : g_sets) {
    const std::lock_guard lock(set.guard);
    if (set.in_use()) continue;
    ++set.generation;
    set.next = next;
    set.types.fill(0);
    set.since.fill(0);
    *out = &set;
    return NVML_SUCCESS;
  }
  return NVML_ERROR_MEMORY;
}

nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t handle) {
  const nvmlReturn_t answer = on_node(
      __func__, given(handle), [](const Session&, const sim::NodeState&) { return NVML_SUCCESS; });
  if (answer != NVML_SUCCESS) return answer;
  nvmlEventSet_st* const set = slot_of(handle);
  if (set == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  const std::lock_guard lock(set->guard);
  if (!set->in_use()) return NVML_ERROR_INVALID_ARGUMENT;
  ++set->generation;
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetSupportedEventTypes(nvmlDevice_t device, unsigned long long* types) {
  return on_gpu(__func__, device, given(types), [&](const View&) {
    *types = kSupported;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long types,
                                      nvmlEventSet_t handle) {
  std::uint64_t next = 0;
  std::uint32_t gpu = 0;
  const nvmlReturn_t answer = on_gpu(__func__, device, given(handle), [&](const View& view) {
    next = view.node.next_event;
    gpu = view.at.gpu;
    return (types & ~kSupported) != 0 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
  });
  if (answer != NVML_SUCCESS) return answer;
  nvmlEventSet_st* const set = slot_of(handle);
  if (set == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  const std::lock_guard lock(set->guard);
  if (!set->in_use()) return NVML_ERROR_INVALID_ARGUMENT;
  if (set->types[gpu] == 0) set->since[gpu] = next;
  set->types[gpu] |= types;
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t* data,
                                 unsigned int timeout_ms) {
  sim::EventState event{};
  const nvmlReturn_t answer = wait(__func__, set, given(set, data), timeout_ms, event);
  if (answer != NVML_SUCCESS) return answer;
  *data = {gpu_handle(event.gpu), event.type, event.data, event.gpu_instance,
           event.compute_instance};
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlEventSetWait(nvmlEventSet_t set, nvmlEventData_v1_t* data,
                              unsigned int timeout_ms) {
  sim::EventState event{};
  const nvmlReturn_t answer = wait(__func__, set, given(set, data), timeout_ms, event);
  if (answer == NVML_SUCCESS) *data = {gpu_handle(event.gpu), event.type, event.data};
  return answer;
}
