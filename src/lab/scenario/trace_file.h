// lab/scenario/trace_file.h — a table of arrivals: when each request came and how large it was.
//
// Form.   Azure's LLM inference traces (2023 and 2024; CC-BY 4.0, Patel et al., ISCA'24; Stojkovic
//         et al., HPCA'25): TIMESTAMP,ContextTokens,GeneratedTokens with times such as
//         "2023-11-16 18:15:46.6805900" (any number of digits, 'T' for the blank, a zone "Z" or
//         "+00:00" that is the same in all rows). Or ours: seconds[,size], header or not.
// Answer. By time, the first at 0. Rows that go back in time are sorted in.
// Errors. kInvalidArgument with FILE:LINE:COLUMN.
#pragma once

#include <vector>

#include "base/csv.h"

namespace septet::lab {

struct TraceRow {
  double at = 0;                  // seconds from the first
  double prompt = 0, output = 0;  // tokens; Azure only
  double size = 1;                // of the second form
};
struct Trace {
  bool tokens = false;  // rows have prompt and output
  std::vector<TraceRow> rows;
};
Result<Trace> read_trace(const CsvTable& table);

}  // namespace septet::lab
