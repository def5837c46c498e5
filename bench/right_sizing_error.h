// bench/right_sizing_error.h — how far the performance model is off on published tables.
#pragma once

#include "base/result.h"

namespace septet::bench {

// Two measured profiles (the smallest that ran and the whole GPU) against all others that were
// measured, per model. Whether the bar holds: median <= 4 %, mean <= 6 %. A missing set is named,
// and the bar does not hold.
Result<bool> print_right_sizing_errors();

}  // namespace septet::bench
