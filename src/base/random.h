// base/random.h — randomness as a value: the same seed gives the same numbers on every machine.
//
// std::mt19937 would too, but the distributions beside it are each library's own; these are ours.
// Source. xoshiro256** by Blackman and Vigna, seeded with splitmix64, both in the public domain
//         (prng.di.unimi.it).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace septet {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15u;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
      word = mixed ^ (mixed >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t carried = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= carried;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // [0, bound), bound > 0. Off by less than bound / 2^64 (Lemire's multiplication, no rejection).
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }
  // Box and Muller; one of the pair is thrown away, so that a call takes two numbers, always.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  // Of a stream of its own, so that one tenant's draws do not move another's.
  Random split(std::uint64_t stream) const {
    return Random(state_[0] ^ (stream + 1) * 0xd1342543de82ef95u);
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace septet
