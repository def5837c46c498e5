// lab/model/fault_rules.h — who goes down with whom, by how they share and what went wrong, and
// for how long.
//
// Source. reference/performance/model.md, 2, and claims.md, 4; each rule says its own in `why`.
#pragma once

#include <string_view>

#include "lab/model/gpu.h"
#include "lab/scenario/scenario.h"

namespace septet::lab {

enum class Reach : std::uint8_t {
  kNobody,  // cannot happen in this mode
  kTenant,  // the process itself
  kServer,  // all clients of the MPS server: of the GPU, or of the instance
  kGpu,     // everybody on the GPU
};

struct FaultRule {
  Reach reach = Reach::kTenant;
  bool resets = false;  // the GPU must be reset, and MIG instances made anew
  std::string_view why;
};
FaultRule fault_rule(Mode mode, FaultKind kind);

// Seconds. Nobody publishes these for all stacks; they are stated so that they can be changed.
struct RecoveryCosts {
  // Until a process that ended serves again: start, context, weights. Context creation alone is
  // 0.08 s (GPU-Virt-Bench, RTX 3080); the rest is assumed.
  double process = 10.0;
  // The MPS server refuses new clients until all old ones ended (NVIDIA forum, A30), then starts.
  double server = 2.0;
  double reset = 6.0;  // of one GPU, 2 to 15: facts.md, 5
};
// How long each that goes down is down. `layout_seconds`: to make the instances again.
double down_seconds(const FaultRule& rule, const RecoveryCosts& costs, double layout_seconds);

}  // namespace septet::lab
