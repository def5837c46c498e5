// lab/replay/reference.h — the lines that online placement is compared with, over the same
// requests.
#pragma once

#include "base/result.h"
#include "lab/replay/online.h"
#include "plan/online/fluid_bound.h"

namespace septet::lab::replay {

// Accepts whatever still fits when everything may be moved for nothing (plan/online/repack.h).
// occupied_share is left 0. kNotSupported for a fleet of several products.
Result<OnlineResult> replay_repacking(const std::vector<plan::online::Pool>& pools,
                                      const Stream& stream, const OnlineLength& length);

// At most this share of the offered memory units can be accepted in the long run.
Result<double> fluid_share(const std::vector<plan::online::Pool>& pools, const Stream& stream);

}  // namespace septet::lab::replay
