// simnvml/text.h — text answers into a client's buffer, without the heap.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "simnvml/abi/return_codes.h"

namespace septet::simnvml {

// INSUFFICIENT_SIZE, and an untouched buffer, when the text and its terminator do not fit.
inline nvmlReturn_t give_text(std::string_view text, char* out, std::size_t length) {
  if (text.size() + 1 > length) return NVML_ERROR_INSUFFICIENT_SIZE;
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return NVML_SUCCESS;
}

// The text in a fixed field of the state, which ends at its first zero or at its end.
template <std::size_t kSize>
std::string_view field_text(const char (&field)[kSize]) {
  return {field, static_cast<std::size_t>(std::find(field, field + kSize, '\0') - field)};
}

// A line put together piece by piece; what does not fit is left out.
class Line {
 public:
  Line& add(std::string_view piece) {
    const std::size_t taken = std::min(piece.size(), buffer_.size() - size_);
    std::memcpy(buffer_.data() + size_, piece.data(), taken);
    size_ += taken;
    return *this;
  }
  Line& add(unsigned number) {
    std::array<char, 12> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }
  Line& add_hex(unsigned number, unsigned width) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (unsigned i = width; i-- > 0;) add(kDigits.substr((number >> (4 * i)) & 0xFu, 1));
    return *this;
  }
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, 192> buffer_;
  std::size_t size_ = 0;
};

}  // namespace septet::simnvml
