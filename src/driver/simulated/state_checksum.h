// driver/simulated/state_checksum.h — the checksum that seals a copy of the state.
//
// It covers what is alive: of the tables of processes and GPU instances only the entries in use,
// each with its place. Damage that turns an empty entry into a used one shows; other bytes of an
// empty entry mean nothing to anyone. That makes it several times cheaper than the whole, and every
// change pays it twice.
#pragma once

#include <cstdint>

#include "driver/simulated/state.h"

namespace septet::driver::simulated {

// The generation is part of it: a copy that is whole but of another time is refused too.
std::uint64_t state_checksum(const NodeState& state, std::uint32_t gpu_count,
                             std::uint64_t generation);

}  // namespace septet::driver::simulated
