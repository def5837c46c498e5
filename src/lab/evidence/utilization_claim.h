// lab/evidence/utilization_claim.h — "below 30 % on whole GPUs, above 70 % with MIG": for which
// workloads is it true, from a published table of whole, sliced and shared runs.
//
// Utilization here is SM activity under saturation (closed loop, always one batch in flight), over
// the PHYSICAL SMs, those that MIG strands included:
//   S(i)     seconds of its instance's SMs that one batch takes = 1 / (most batches per second that
//            any number of MPS processes reached in an instance i)
//   whole    batches per second of one process in 7g * S(1g) * (SMs of 1g / SMs of the GPU)
//   at most  batches per second of one process in 7g * S(7g): holds even if kernels do not scale
//   7 x 1g   batches per second of one process in 1g * S(1g) * (SMs of 7 x 1g / SMs of the GPU)
// Limits. Instances are taken to be independent; the runs in all seven at once are not published.
// 7g
//         stands for the whole GPU. If MPS never saturated an instance, S is too high and so are
//         all three.
// Source. The computation of reference/performance/claims.md, section 2, whose table it gives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/evidence/slice_table.h"

namespace septet::lab::evidence {

enum class ClaimVerdict {
  kTrue,         // below 30 % whole, above 70 % sliced
  kNearly,       // below 30 % whole; sliced between 30 and 70 %
  kStillIdle,    // below 30 % whole and below 30 % sliced: one process cannot fill 1g either
  kAlreadyBusy,  // not below 30 % whole
};
std::string_view to_string(ClaimVerdict verdict);

struct ClaimRow {
  std::string workload;
  unsigned batch = 1;
  double whole = 0, whole_at_most = 0, sliced = 0;  // SM activity, [0, 1]
  double whole_seconds = 0, slice_seconds = 0;      // of a batch
  double throughput = 0;                            // of 7 x 1g over the whole GPU
  // The busiest MPS run had the most processes measured: more might have done more.
  bool saturated_in_slice = true, saturated_in_whole = true;
  ClaimVerdict verdict = ClaimVerdict::kTrue;
};

inline constexpr double kClaimBelow = 0.30, kClaimAbove = 0.70;

// Every workload and batch that ran in 1g and in 7g.
std::vector<ClaimRow> claim_rows(const SliceTable& table);

}  // namespace septet::lab::evidence
