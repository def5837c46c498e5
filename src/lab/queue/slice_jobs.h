// lab/queue/slice_jobs.h — a user's jobs from a CSV file: arrival_s, profile, seconds.
//
// The first row names the columns, in any order; others are ignored. A profile is written as the
// GPU names it ("3g.40gb") or by its slices alone ("3g": the plain one). Rows need not be in order
// of arrival.
// Errors. kInvalidArgument: "FILE:LINE:COLUMN: what is wrong", with a remedy.
#pragma once

#include "base/csv.h"
#include "lab/queue/slice_queue.h"

namespace septet::lab::queue {

Result<std::vector<SliceJob>> read_slice_jobs(const CsvTable& table,
                                              const plan::online::Shape& shape);

}  // namespace septet::lab::queue
