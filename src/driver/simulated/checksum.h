// driver/simulated/checksum.h — have these bytes been damaged?
//
// Every step of a lane is a bijection of the lane, so a change of any one word always shows; the
// rest shows with 64 bits of luck. Not cryptographic: it guards against accidents, not against
// forgers. Budget: about one multiplication per 8 bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace septet::driver::simulated {

std::uint64_t checksum(const void* bytes, std::size_t size, std::uint64_t seed);

}  // namespace septet::driver::simulated
