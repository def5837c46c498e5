// driver/simulated/fixed_text.h — text kept in a fixed array of the state, zero-terminated.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace septet::driver::simulated {

// False when `text` does not fit with its terminator; the array is then left alone. The rest is
// zeroed, so that equal texts are equal bytes.
template <std::size_t N>
bool set_text(char (&field)[N], std::string_view text) {
  if (text.size() >= N) return false;
  std::memset(field, 0, N);
  if (!text.empty()) std::memcpy(field, text.data(), text.size());
  return true;
}

// Bounded: safe on an array whose terminator is being overwritten.
template <std::size_t N>
std::string_view text_of(const char (&field)[N]) {
  return {field, strnlen(field, N)};
}

template <std::size_t N>
bool is_terminated(const char (&field)[N]) {
  return std::memchr(field, 0, N) != nullptr;
}

}  // namespace septet::driver::simulated
