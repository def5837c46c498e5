// simnvml/call.h — how every entry point begins: one prologue, so that a body is its answer.
//
// Order.  Initialized? Arguments given? Fault injected for this call? Is the handle ours, and is
//         what it names still there? GPU lost? The kind of handle this call takes? Then the body.
// Bodies. A reading body may run more than once and may see a state that is being overwritten (its
//         answer is then thrown away): it copies out, reads its in-out arguments before the call
//         begins, and bounds its loops. A changing body runs once, under the node's lock.
// Speed.  A reading call costs two atomic additions, one load for the faults and the body; no heap,
//         no system call.
#pragma once

#include <cstdint>
#include <functional>

#include "driver/simulated/machine.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/handles.h"
#include "simnvml/session.h"

namespace septet::simnvml {

// The name of an entry point as faults know it (fault_call_hash), hashed at compile time: pass
// __func__.
struct CallName {
  std::uint64_t hash = 0xcbf29ce484222325u;
  consteval CallName(
      const char* name) {  // NOLINT(google-explicit-constructor): so that __func__ fits
    for (; *name != '\0'; ++name) {
      hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3u;
    }
  }
};

// Which device handles a call takes, and how it refuses the other kind.
enum class Takes : std::uint8_t {
  kAny,
  kGpu,        // a MIG device: NOT_SUPPORTED
  kMigParent,  // a MIG device: INVALID_ARGUMENT; a GPU without MIG: NOT_SUPPORTED
  kMigDevice,  // a GPU: NOT_SUPPORTED
};

// What a handle names, at one moment of the node.
struct View {
  const Session& session;
  const sim::NodeState& node;
  const sim::GpuState& gpu;
  const Board& board;
  const Named& at;

  bool is_mig_device() const { return at.ci != sim::kNone; }
  const sim::GpuInstanceState& instance() const { return gpu.instances[at.gi]; }
  const sim::ComputeInstanceState& compute() const { return instance().compute[at.ci]; }
  // nullptr only while the state is being overwritten: answer anything, it will be asked again.
  const mig::GpuInstanceProfile* profile() const {
    return board.geometry->find_id(instance().profile_id);
  }
  const mig::ComputeInstanceProfile* compute_profile() const {
    const auto* const of = profile();
    return of == nullptr ? nullptr : of->find_compute(compute().profile_id);
  }
};

template <typename... Pointers>
bool given(const Pointers*... arguments) {
  return ((arguments != nullptr) && ...);
}

// Everything before the state is looked at. `gpu` is kNone for calls that name none.
nvmlReturn_t begin(const Pin& session, CallName name, bool arguments_given, std::uint32_t gpu);
// Is what the handle names still there?
nvmlReturn_t check_live(const Session& session, const sim::NodeState& node, const Named& at);
nvmlReturn_t check_kind(const View& view, Takes takes);
// Is the caller kept from what needs privilege (rules R8, R10)? For privileged calls other than
// those that configure MIG, which begin() refuses by the same fault.
bool denied(const sim::NodeState& node, std::uint32_t gpu);

std::uint64_t now_ns();  // CLOCK_REALTIME, as the state counts time
// Processes that ended without detaching: makes them let go of what they held. Under the lock.
void forget_the_dead(sim::NodeState& node);

template <typename Handle, typename Body>
nvmlReturn_t read_handle(CallName name, Handle handle, Takes takes, bool arguments_given,
                         const Body& body) {
  const Pin session;
  const auto at = named_by(handle);
  if (const auto refused = begin(session, name, arguments_given, at ? at->gpu : sim::kNone);
      refused != NVML_SUCCESS) {
    return refused;
  }
  if (!at) return NVML_ERROR_INVALID_ARGUMENT;
  return session->file->read([&](const sim::NodeState& node) -> nvmlReturn_t {
    if (const auto gone = check_live(*session.get(), node, *at); gone != NVML_SUCCESS) return gone;
    const View view{*session.get(), node, node.gpus[at->gpu], session->boards[at->gpu], *at};
    if (const auto wrong = check_kind(view, takes); wrong != NVML_SUCCESS) return wrong;
    return body(view);
  });
}

// The reading calls. Each takes __func__, the handle, given(...) and the body.
template <typename Body>
nvmlReturn_t on_device(CallName name, nvmlDevice_t device, bool arguments_given, const Body& body) {
  return read_handle(name, device, Takes::kAny, arguments_given, body);
}
template <typename Body>
nvmlReturn_t on_gpu(CallName name, nvmlDevice_t device, bool arguments_given, const Body& body) {
  return read_handle(name, device, Takes::kGpu, arguments_given, body);
}
template <typename Body>
nvmlReturn_t on_mig_parent(CallName name, nvmlDevice_t device, bool arguments_given,
                           const Body& body) {
  return read_handle(name, device, Takes::kMigParent, arguments_given, body);
}
template <typename Body>
nvmlReturn_t on_mig_device(CallName name, nvmlDevice_t device, bool arguments_given,
                           const Body& body) {
  return read_handle(name, device, Takes::kMigDevice, arguments_given, body);
}
template <typename Handle, typename Body>
nvmlReturn_t on_instance(CallName name, Handle instance, bool arguments_given, const Body& body) {
  return read_handle(name, instance, Takes::kAny, arguments_given, body);
}

// For calls about the node. The body gets the session and the state.
template <typename Body>
nvmlReturn_t on_node(CallName name, bool arguments_given, const Body& body) {
  const Pin session;
  if (const auto refused = begin(session, name, arguments_given, sim::kNone);
      refused != NVML_SUCCESS) {
    return refused;
  }
  return session->file->read([&](const sim::NodeState& node) -> nvmlReturn_t {
    if (node.driver_load != session->driver_load) return NVML_ERROR_UNINITIALIZED;
    return body(*session.get(), node);
  });
}

// For calls that this GPU answers the same way whatever its state: NOT_SUPPORTED, or nothing to do.
template <typename Handle>
nvmlReturn_t always(CallName name, Handle handle, bool arguments_given, nvmlReturn_t answer) {
  return read_handle(name, handle, Takes::kGpu, arguments_given,
                     [&](const View&) { return answer; });
}

// The changing calls. `latency` is slept before the change, outside the lock. Processes that are
// gone are forgotten first, so that nobody is busy because of the dead.
using Change = std::function<sim::Status(sim::NodeState& node, const Named& at)>;
struct ChangeCall {
  CallName name;
  bool arguments_given;
  Takes takes;
  std::uint32_t sim::NodeState::*latency;  // nullptr: none
};
nvmlReturn_t change(const ChangeCall& call, nvmlDevice_t device, const Change& body);
nvmlReturn_t change(const ChangeCall& call, nvmlGpuInstance_t instance, const Change& body);
nvmlReturn_t change(const ChangeCall& call, nvmlComputeInstance_t compute, const Change& body);

}  // namespace septet::simnvml
