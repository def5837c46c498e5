// fuzz/byte_reader.h — fuzz input taken apart from the front; past the end everything is zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace septet::fuzz {

class ByteReader {
 public:
  ByteReader(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  bool empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }
  // 0 .. below-1; `below` is at most 256.
  std::size_t pick(std::size_t below) { return below == 0 ? 0 : byte() % below; }
  std::uint32_t number() {  // four bytes, little endian
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{byte()} << (8 * i);
    return value;
  }
  std::string rest() {
    std::string text(left_.begin(), left_.end());
    left_ = {};
    return text;
  }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace septet::fuzz

// What libFuzzer and replay_main.cpp call, once per input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
