#include "lab/evidence/utilization_claim.h"

#include <algorithm>

#include "base/result.h"

namespace septet::lab::evidence {

namespace {

struct Saturation {
  double batches_per_second = 0;
  bool beyond_it_measured = false;  // more processes did not do more
};

Saturation saturation_of(const Series& series, const TimedProfile& alone) {
  Saturation most{1.0 / alone.seconds, false};
  for (const TimedProfile& one : series.shared) {
    if (one.profile != alone.profile) continue;
    const double rate = one.processes / one.seconds;
    most.beyond_it_measured = rate <= most.batches_per_second;
    most.batches_per_second = std::max(most.batches_per_second, rate);
  }
  return most;
}

ClaimVerdict verdict_of(const ClaimRow& row) {
  if (row.whole >= kClaimBelow) return ClaimVerdict::kAlreadyBusy;
  if (row.sliced > kClaimAbove) return ClaimVerdict::kTrue;
  return row.sliced < kClaimBelow ? ClaimVerdict::kStillIdle : ClaimVerdict::kNearly;
}

ClaimRow row_of(const Series& series, const TimedProfile& slice, const TimedProfile& whole) {
  const Saturation in_slice = saturation_of(series, slice), in_whole = saturation_of(series, whole);
  ClaimRow row;
  row.workload = series.workload;
  row.batch = series.batch;
  row.whole = slice.share.sm / (whole.seconds * in_slice.batches_per_second);
  row.whole_at_most = 1.0 / (whole.seconds * in_whole.batches_per_second);
  row.sliced = 7.0 * slice.share.sm / (slice.seconds * in_slice.batches_per_second);
  row.whole_seconds = whole.seconds;
  row.slice_seconds = slice.seconds;
  row.throughput = 7.0 * whole.seconds / slice.seconds;
  row.saturated_in_slice = in_slice.beyond_it_measured;
  row.saturated_in_whole = in_whole.beyond_it_measured;
  row.verdict = verdict_of(row);
  return row;
}

}  // namespace

std::string_view to_string(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::kTrue: return "true";
    case ClaimVerdict::kNearly: return "nearly";
    case ClaimVerdict::kStillIdle: return "false, idle";
    case ClaimVerdict::kAlreadyBusy: return "false, busy";
  }
  SEPTET_ASSERT(false);
}

std::vector<ClaimRow> claim_rows(const SliceTable& table) {
  std::vector<ClaimRow> rows;
  for (const Series& series : table.series) {
    const TimedProfile* const slice = find_slices(series.alone, 1);
    const TimedProfile* const whole = find_slices(series.alone, 7);
    if (slice != nullptr && whole != nullptr) rows.push_back(row_of(series, *slice, *whole));
  }
  return rows;
}

}  // namespace septet::lab::evidence
