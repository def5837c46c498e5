// rules/cpp_text.h — C++ source without what the compiler does not read as code.
//
// Contract. Line numbers and columns stay: what is taken out becomes spaces.
// Limits.   A measuring eye, not a compiler: it knows comments, literals, preprocessor lines and
//           braces. What it cannot see is what the formatter would not write.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace septet::rules {

// Without comments, without the contents of literals.
std::string without_comments_and_literals(std::string_view text);
// The same, and without preprocessor lines (macros carry braces of their own).
std::string code_only(std::string_view text);

struct FunctionSpan {
  std::string head;            // what stands before its brace, on one line
  std::size_t first_line = 0;  // of the head, from 1
  std::size_t lines = 0;       // to the closing brace, both included
};
// Free functions, tests, and member functions defined in their class. Lambdas belong to the
// function they stand in.
std::vector<FunctionSpan> functions_of(std::string_view text);

// Lines (from 1) of a `default:` in a switch whose cases name scoped enumerators (Type::kName).
std::vector<std::size_t> defaults_over_enums(std::string_view text);

}  // namespace septet::rules
