// mig/sha1.h — SHA-1 (FIPS 180-4), for the driver's deterministic UUIDs. Not for security.
//
// No allocation: the simulated driver library calls it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace septet::mig {

std::array<std::uint8_t, 20> sha1(std::span<const std::uint8_t> message);

}  // namespace septet::mig
