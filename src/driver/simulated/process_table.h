// driver/simulated/process_table.h — does a pretend workload's process still live?
//
// A pid alone lies: the kernel reuses them. A pid with its start time (field 22 of /proc/PID/stat,
// clock ticks since boot) does not.
#pragma once

#include <cstdint>

#include "driver/simulated/state.h"

namespace septet::driver::simulated {

// 0 when there is no such process (or it is a zombie).
std::uint64_t start_ticks(std::int32_t pid);
bool is_alive(const ProcessState& process);

}  // namespace septet::driver::simulated
