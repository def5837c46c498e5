// rules/patterns.h — regular expressions (ECMAScript) in one place, since <regex> is slow to
// compile.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace septet::rules {

struct Match {
  std::size_t offset = 0;
  std::string text;
  std::string group;  // the first group, if there is one
};

std::vector<Match> find_all(std::string_view text, const std::string& pattern);
bool contains_match(std::string_view text, const std::string& pattern);
bool matches_whole(std::string_view text, const std::string& pattern);
// The first group of every match.
std::set<std::string> groups_of(std::string_view text, const std::string& pattern);
// A pattern that matches `text` itself.
std::string quoted_pattern(std::string_view text);

}  // namespace septet::rules
