// Prints the facts of a C ABI, one per line: kind, name, value. Included by the generated programs.
//
// Shapes. T name: size and category of a type. R name: size and alignment of a struct or union.
//         F struct.field: offset, size and category. P name: return type, then each argument.
//         K name: a constant. A category is i/u/f (signed, unsigned, floating) with its size, e for
//         an enum, p for a pointer with the size of what it points to (0: opaque), s for a struct,
//         [n] for an array; c before it means const.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>

template <class T>
constexpr std::size_t size_if_complete() {
  if constexpr (std::is_void_v<T> || std::is_function_v<T>) {
    return 0;
  } else if constexpr (requires { sizeof(T); }) {
    return sizeof(T);
  } else {
    return 0;
  }
}

template <class T>
std::string category() {
  using Plain = std::remove_cv_t<T>;
  const std::string size = std::to_string(size_if_complete<Plain>());
  std::string text = std::is_const_v<T> ? "c" : "";
  if constexpr (std::is_pointer_v<Plain>) {
    using Target = std::remove_pointer_t<Plain>;
    if constexpr (std::is_pointer_v<std::remove_cv_t<Target>>) {
      text += "p(" + category<Target>() + ")";
    } else {
      text += std::is_const_v<Target> ? "pc" : "p";
      text += std::to_string(size_if_complete<Target>());
    }
  } else if constexpr (std::is_array_v<Plain>) {
    text +=
        "[" + std::to_string(std::extent_v<Plain>) + "]" + category<std::remove_extent_t<Plain>>();
  } else if constexpr (std::is_enum_v<Plain>) {
    text += std::is_signed_v<std::underlying_type_t<Plain>> ? "ei" : "eu";
    text += size;
  } else if constexpr (std::is_floating_point_v<Plain>) {
    text += "f" + size;
  } else if constexpr (std::is_integral_v<Plain>) {
    text += (std::is_signed_v<Plain> ? "i" : "u") + size;
  } else {
    text += "s" + size;
  }
  return text;
}

template <class T>
void print_type(const char* name) {
  std::printf("T %s %s\n", name, category<T>().c_str());
}

template <class T>
void print_record(const char* name) {
  std::printf("R %s size %zu align %zu\n", name, sizeof(T), alignof(T));
}

template <class T>
void print_field(const char* name, std::size_t offset) {
  std::printf("F %s at %zu size %zu %s\n", name, offset, sizeof(T), category<T>().c_str());
}

template <class Function>
struct Prototype;

template <class Return, class... Arguments>
struct Prototype<Return(Arguments...)> {
  static void print(const char* name) {
    std::printf("P %s %zu arguments -> %s", name, sizeof...(Arguments), category<Return>().c_str());
    (std::printf(" %s", category<Arguments>().c_str()), ...);
    std::printf("\n");
  }
};

inline void print_constant(const char* name, const char* value) {
  std::printf("K %s \"%s\"\n", name, value);
}

template <class T>
  requires std::is_enum_v<T>
void print_constant(const char* name, T value) {
  std::printf("K %s enum %lld\n", name, static_cast<long long>(value));
}

template <class T>
  requires std::is_integral_v<T>
void print_constant(const char* name, T value) {
  std::printf("K %s %s %llx\n", name, category<T>().c_str(),
              static_cast<unsigned long long>(value));
}
