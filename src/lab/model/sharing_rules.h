// lab/model/sharing_rules.h — how long a request takes beside others, by the way they share: the
// closed forms that the simulation integrates and `septet lab validate` compares with measurements.
//
// Units. Seconds; shares are of the whole GPU.
// Source. reference/performance/model.md, 2, fitted on ParvaGPU (SC'24), nebuly's nos demo and
//         MLPerf inference v1.1; each constant names its own.
#pragma once

#include <span>

#include "lab/model/gpu.h"
#include "lab/model/work.h"

namespace septet::lab {

// --- Time-slicing: turns of one quantum; a context keeps its turn through its own launch gaps.

// Volta and later: 128 << 3 microseconds; NVIDIA open-gpu-kernel-modules 595.45.04,
// kernel_fifo_gv100.c. SHORT, MEDIUM and LONG of nvidia-smi are unpublished.
inline constexpr double kQuantumSeconds = 1.024e-3;
// nos demo, YOLOS, A100-80: 10.8 to 11.0 % of the run time with 3 to 7 clients.
inline constexpr double kTurnOverhead = 0.108;
// A request that takes `alone` seconds on the whole GPU, beside runnable - 1 others all the time.
double time_sliced_seconds(double alone, unsigned runnable);
// Until a context that just became runnable gets its turn, at most.
double longest_wait_for_turn(unsigned runnable);

// --- MPS: all kernels at once.
//
//   T_i = ( L^p + (G_i (1 + sum of w_j over the others))^p )^(1/p) (1 + eps (n - 1))
//   G = (C^p + M^p)^(1/p), the kernels of one alone
//
// G is not C + M, as model.md has it: C and M were fitted to overlap. On ParvaGPU's 1327 runs of
// two to five processes the sum is 22 % off, the overlap 9 % (septet lab validate).
//
// w_j = most_sm_j of the domain when these add up to more than all of it, else 0. When the clients
// together want more than kBandwidthKnee of the bandwidth, M grows by the excess. A client with a
// percentage has that part of the SMs for C alone and shares only M.

struct MpsClient {
  const Work* work = nullptr;
  double size = 1.0;    // of this request: times C and M
  double sm_cap = 0.0;  // thread percentage, as a share of the whole GPU; 0: none
};
inline constexpr double kBandwidthKnee = 0.8;  // model.md, 2
// The clients' kernels share `domain`: the GPU, or the instance whose MPS server it is. Writes one
// time per client. A lone client without percentage takes seconds_on(domain).
void mps_seconds(std::span<const MpsClient> clients, plan::Share domain, std::span<double> seconds);
// n of the same, all busy.
double mps_seconds_of_same(const Work& work, unsigned n, plan::Share domain);

// --- MIG: times on a share are seconds_on; what is left of the neighbours is power.

// Slowdown of a slice while `others_busy` of the remaining compute slices work, [0, 1].
double residual_slowdown(const GpuModel& gpu, double others_busy);

}  // namespace septet::lab
