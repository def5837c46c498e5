// Compiled with optimization in every build: each change of the node waits for it twice.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2")
#endif

#include "driver/simulated/checksum.h"

#include <cstring>
#include <initializer_list>

namespace septet::driver::simulated {

namespace {

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;
constexpr std::size_t kBlock = 8 * sizeof(std::uint64_t);

// The rotation carries what the multiplication only moved upwards back down.
inline std::uint64_t step(std::uint64_t lane, std::uint64_t word) {
  const std::uint64_t x = lane ^ word;
  return ((x << 29) | (x >> 35)) * kOdd;
}

inline std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

std::uint64_t checksum(const void* bytes, std::size_t size, std::uint64_t seed) {
  const char* at = static_cast<const char*>(bytes);
  std::size_t left = size;
  // Eight lanes, written out so that they stay in registers: independent multiplications hide each
  // other's latency.
  std::uint64_t a = seed, b = seed + kOdd, c = seed + 2 * kOdd, d = seed + 3 * kOdd;
  std::uint64_t e = seed + 4 * kOdd, f = seed + 5 * kOdd, g = seed + 6 * kOdd, h = seed + 7 * kOdd;
  for (; left >= kBlock; left -= kBlock, at += kBlock) {
    a = step(a, word_at(at));
    b = step(b, word_at(at + 8));
    c = step(c, word_at(at + 16));
    d = step(d, word_at(at + 24));
    e = step(e, word_at(at + 32));
    f = step(f, word_at(at + 40));
    g = step(g, word_at(at + 48));
    h = step(h, word_at(at + 56));
  }
  std::uint64_t sum = size;
  while (left > 0) {
    const std::size_t part = left < 8 ? left : 8;
    std::uint64_t word = 0;
    std::memcpy(&word, at, part);
    sum = step(sum, word);
    at += part;
    left -= part;
  }
  for (const std::uint64_t lane : {a, b, c, d, e, f, g, h}) sum = step(sum, lane);
  return sum ^ (sum >> 31);
}

}  // namespace septet::driver::simulated
