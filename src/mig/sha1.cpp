#include "mig/sha1.h"

#include <algorithm>
#include <bit>

namespace septet::mig {

namespace {

using State = std::array<std::uint32_t, 5>;
using Block = std::array<std::uint8_t, 64>;

std::uint32_t mix(unsigned round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  switch (round / 20) {
    case 0: return ((b & c) | (~b & d)) + 0x5a827999u;
    case 1: return (b ^ c ^ d) + 0x6ed9eba1u;
    case 2: return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
    default: return (b ^ c ^ d) + 0xca62c1d6u;
  }
}

void absorb(State& state, const Block& block) {
  std::array<std::uint32_t, 80> w{};
  for (unsigned i = 0; i < 64; ++i) w[i / 4] = (w[i / 4] << 8) | block[i];
  for (unsigned i = 16; i < 80; ++i) {
    w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (unsigned i = 0; i < 80; ++i) {
    const std::uint32_t next = std::rotl(a, 5) + mix(i, b, c, d) + e + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State round{a, b, c, d, e};
  for (unsigned i = 0; i < 5; ++i) state[i] += round[i];
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::span<const std::uint8_t> message) {
  State state{0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  Block block{};
  while (message.size() >= block.size()) {
    std::ranges::copy(message.first(block.size()), block.begin());
    absorb(state, block);
    message = message.subspan(block.size());
  }
  block.fill(0);
  std::ranges::copy(message, block.begin());
  block[message.size()] = 0x80;
  if (message.size() >= 56) {  // no room left for the length
    absorb(state, block);
    block.fill(0);
  }
  for (unsigned i = 0; i < 8; ++i) block[56 + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
  absorb(state, block);
  std::array<std::uint8_t, 20> digest{};
  for (unsigned i = 0; i < 20; ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace septet::mig
