// How a call answers for hardware that the simulated node does not have.
//
// Contract. refuse(outputs...) clears what the call would have filled and returns
//           NVML_ERROR_NOT_SUPPORTED, so that a client that ignores the return code reads zeros and
//           not its own stack. Before nvmlInit it returns NVML_ERROR_UNINITIALIZED and touches
//           nothing. Null outputs are skipped.
// Shapes.   Name only what the call fills. Where the length of a buffer travels in a count, name
// the
//           count and leave the buffer alone. Where a struct carries both the question and the
//           answer, name the answer's fields with field(): callers reuse the question in loops.
//           A struct that states its version keeps it, and is cleared only as far as that version
//           reaches: an older client's struct is shorter than ours.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "simnvml/abi/clocks_and_power.h"
#include "simnvml/abi/return_codes.h"

namespace septet::simnvml {

// NVML_ERROR_UNINITIALIZED before the first nvmlInit, NVML_ERROR_NOT_SUPPORTED after it.
nvmlReturn_t not_supported() noexcept;

// A text buffer the caller owns; cleared to the empty text.
struct Text {
  char* buffer;
  unsigned int size;
};

// A list of performance states that ends at the first unknown one; size is in bytes.
struct PstateList {
  nvmlPstates_t* states;
  unsigned int size;
};

// A text buffer whose length the caller passes by address, to learn the length needed.
inline Text text_of(char* buffer, const unsigned int* size) {
  return Text{buffer, size == nullptr ? 0U : *size};
}

template <class Struct, class Member>
Member* field(Struct* record, Member Struct::*member) {
  return record == nullptr ? nullptr : &(record->*member);
}

template <class T>
concept StatesItsVersion = requires(T& record) {
  { record.version } -> std::same_as<unsigned int&>;
};

template <class T>
  requires std::is_trivially_copyable_v<T>
void clear(T* out) noexcept {
  if (out == nullptr) return;
  std::size_t kept = 0;
  std::size_t size = sizeof(T);  // NOLINT(bugprone-sizeof-expression): T may be a handle
  if constexpr (StatesItsVersion<T>) {
    static_assert(offsetof(T, version) == 0);
    kept = sizeof(out->version);
    size = out->version & 0x00FF'FFFFU;  // the low 24 bits of a version are the struct's size
    if (size <= kept || size > sizeof(T)) return;
  }
  std::memset(reinterpret_cast<std::byte*>(out) + kept, 0, size - kept);
}

inline void clear(Text text) noexcept {
  if (text.buffer != nullptr && text.size > 0) text.buffer[0] = '\0';
}

inline void clear(PstateList list) noexcept {
  if (list.states == nullptr) return;
  for (std::size_t i = 0; i < list.size / sizeof(nvmlPstates_t); ++i) {
    list.states[i] = NVML_PSTATE_UNKNOWN;
  }
}

template <class... Outputs>
nvmlReturn_t refuse(Outputs... outputs) noexcept {
  const nvmlReturn_t answer = not_supported();
  if (answer == NVML_ERROR_NOT_SUPPORTED) (clear(outputs), ...);
  return answer;
}

}  // namespace septet::simnvml
