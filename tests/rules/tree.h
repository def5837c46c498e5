// rules/tree.h — what files does the repository hold, and what is in them?
//
// Shapes. Paths are relative to the source root, with forward slashes, sorted. What git ignores is
//         left out; without git, build folders and hidden caches are.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace septet::rules {

struct TextFile {
  std::string path;
  std::string text;

  bool under(std::string_view folder) const { return path.starts_with(folder); }
  bool named(std::string_view ending) const { return path.ends_with(ending); }
  bool is_cpp() const { return named(".cpp") || named(".h"); }
  bool is_test() const;    // *_test.cpp, *_bench.cpp, testing/, tests/, bench/
  bool is_script() const;  // what else people write and read as code
};

// Read once per process. Never empty: an empty answer would make every rule pass.
const std::vector<TextFile>& tree();
const TextFile* find(std::string_view path);  // nullptr: no such file (yet)

std::vector<std::string_view> lines_of(std::string_view text);

// One complaint per line, "path:line: what"; empty when the rule holds.
using Offenders = std::vector<std::string>;
std::string to_string(const Offenders& offenders);
// Runs `rule` on every file that `concerns` accepts.
Offenders scan(const std::function<bool(const TextFile&)>& concerns,
               const std::function<void(const TextFile&, Offenders&)>& rule);
std::string at(const TextFile& file, std::size_t line);  // "path:line"; line counts from 1

}  // namespace septet::rules
