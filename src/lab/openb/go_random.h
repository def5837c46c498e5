// lab/openb/go_random.h — the random numbers of Go's math/rand, for replaying a Go program's draws.
//
// An additive lagged Fibonacci generator: y(k) = y(k-607) + y(k-273) modulo 2^64, seeded with a
// Lehmer generator and a fixed table. The table is the state of the same generator after 7.8e12
// steps from seed 1 (gen_cooked.go beside it says how): computed here by raising x to that power
// modulo x^607 - x^334 - 1, about 20 ms once. Only for replays: base/random.h is ours.
// Source. pkg.go.dev/math/rand (Go 1): Source, Int63, Intn, Perm, Shuffle.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace septet::lab::openb {

class GoRandom {
 public:
  static constexpr std::size_t kLength = 607, kTap = 273;

  explicit GoRandom(std::int64_t seed);  // rand.Seed(seed)

  std::int64_t int63();
  // [0, bound), bound 1..2^31 - 1: rand.Intn.
  std::int32_t below(std::int32_t bound);
  std::vector<std::int32_t> permutation(std::int32_t count);  // rand.Perm

  // rand.Shuffle.
  template <typename Value>
  void shuffle(std::span<Value> values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[shuffle_below(static_cast<std::uint32_t>(i))]);
  }

 private:
  std::uint64_t next();
  std::uint32_t shuffle_below(std::uint32_t bound);  // Lemire's, as Shuffle draws

  std::array<std::uint64_t, kLength> state_{};
  std::size_t tap_ = 0, feed_ = kLength - kTap;
};

}  // namespace septet::lab::openb
