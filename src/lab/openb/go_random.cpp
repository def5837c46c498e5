#include "lab/openb/go_random.h"

#include "base/result.h"

namespace septet::lab::openb {

namespace {

using GoState = std::array<std::uint64_t, GoRandom::kLength>;
constexpr std::size_t kGoLength = GoRandom::kLength;
constexpr std::size_t kGoLag = kGoLength - GoRandom::kTap;  // 334: x^607 = x^334 + 1
constexpr std::uint64_t kCookedSteps = 7'800'000'000'000u;
constexpr std::int64_t kLehmerModulus = 2147483647;

// Park and Miller's minimal standard with multiplier 48271.
std::int64_t lehmer(std::int64_t x) { return x * 48271 % kLehmerModulus; }

// 607 words of three Lehmer draws each, after 20 that are thrown away.
GoState lehmer_words(std::int64_t x, int high, int middle) {
  GoState words{};
  for (int i = 0; i < 20; ++i) x = lehmer(x);
  for (std::uint64_t& word : words) {
    x = lehmer(x);
    word = static_cast<std::uint64_t>(x) << high;
    x = lehmer(x);
    word ^= static_cast<std::uint64_t>(x) << middle;
    x = lehmer(x);
    word ^= static_cast<std::uint64_t>(x);
  }
  return words;
}

// A polynomial of degree below 2 * 607 modulo x^607 - x^334 - 1.
GoState reduced(std::vector<std::uint64_t>& polynomial) {
  for (std::size_t power = polynomial.size(); power-- > kGoLength;) {
    polynomial[power - kGoLength] += polynomial[power];
    polynomial[power - kGoLength + kGoLag] += polynomial[power];
  }
  GoState low{};
  for (std::size_t i = 0; i < kGoLength; ++i) low[i] = polynomial[i];
  return low;
}

// The square, and times x where the exponent's next bit says so.
GoState squared(const GoState& factor, bool times_x) {
  std::vector<std::uint64_t> product(2 * kGoLength, 0);
  const std::size_t shift = times_x ? 1 : 0;
  for (std::size_t i = 0; i < kGoLength; ++i) {
    if (factor[i] == 0) continue;
    for (std::size_t j = 0; j < kGoLength; ++j) product[i + j + shift] += factor[i] * factor[j];
  }
  return reduced(product);
}

// Word i of the state is the output number j with j = 333 - i modulo 607, of the last 607.
std::size_t age_of(std::size_t word) { return (2 * kGoLength - 274 - word) % kGoLength; }

// The state after kCookedSteps outputs: s(n) for n = N..N+606, where s(0..606) is the start and
// x^N = sum c(i) x^i gives s(N + m) = sum c(i) s(i + m).
GoState cooked_words() {
  const GoState start = lehmer_words(1, 20, 10);
  std::vector<std::uint64_t> sequence(2 * kGoLength);
  for (std::size_t i = 0; i < kGoLength; ++i) sequence[age_of(i)] = start[i];
  for (std::size_t n = kGoLength; n < sequence.size(); ++n)
    sequence[n] = sequence[n - kGoLength] + sequence[n - GoRandom::kTap];
  GoState power{};
  power[0] = 1;
  for (int bit = 63; bit >= 0; --bit) power = squared(power, (kCookedSteps >> bit & 1u) != 0);
  GoState after{};
  for (std::size_t m = 0; m < kGoLength; ++m) {
    for (std::size_t i = 0; i < kGoLength; ++i) after[m] += power[i] * sequence[i + m];
  }
  // Where output number n is written moves with n: N outputs turn the ring by N modulo 607.
  GoState words{};
  for (std::size_t i = 0; i < kGoLength; ++i)
    words[i] = after[(age_of(i) + kGoLength - kCookedSteps % kGoLength) % kGoLength];
  return words;
}

}  // namespace

GoRandom::GoRandom(std::int64_t seed) {
  static const GoState cooked = cooked_words();
  seed %= kLehmerModulus;
  if (seed < 0) seed += kLehmerModulus;
  if (seed == 0) seed = 89482311;
  state_ = lehmer_words(seed, 40, 20);
  for (std::size_t i = 0; i < kLength; ++i) state_[i] ^= cooked[i];
}

std::uint64_t GoRandom::next() {
  tap_ = (tap_ + kLength - 1) % kLength;
  feed_ = (feed_ + kLength - 1) % kLength;
  return state_[feed_] += state_[tap_];
}

std::int64_t GoRandom::int63() {
  return static_cast<std::int64_t>(next() & ((std::uint64_t{1} << 63) - 1));
}

std::int32_t GoRandom::below(std::int32_t bound) {
  SEPTET_ASSERT(bound > 0);
  constexpr std::uint32_t kTop = 1u << 31;
  const auto size = static_cast<std::uint32_t>(bound);
  const auto draw = [&] { return static_cast<std::uint32_t>(int63() >> 32); };
  if ((size & (size - 1)) == 0) return static_cast<std::int32_t>(draw() & (size - 1));
  const std::uint32_t most = kTop - 1 - kTop % size;
  std::uint32_t drawn = draw();
  while (drawn > most) drawn = draw();
  return static_cast<std::int32_t>(drawn % size);
}

std::uint32_t GoRandom::shuffle_below(std::uint32_t bound) {
  const auto draw = [&] {
    return std::uint64_t{static_cast<std::uint32_t>(int63() >> 31)} * bound;
  };
  std::uint64_t product = draw();
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0u - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = draw();
  }
  return static_cast<std::uint32_t>(product >> 32);
}

std::vector<std::int32_t> GoRandom::permutation(std::int32_t count) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(below(i + 1));
    order[static_cast<std::size_t>(i)] = order[at];
    order[at] = i;
  }
  return order;
}

}  // namespace septet::lab::openb
