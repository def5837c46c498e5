#include "rules/patterns.h"

#include <map>
#include <regex>

namespace septet::rules {

namespace {

// The same few patterns are asked of hundreds of files.
const std::regex& compiled(const std::string& pattern) {
  static std::map<std::string, std::regex> known;
  const auto found = known.find(pattern);
  return found != known.end() ? found->second : known.emplace(pattern, pattern).first->second;
}

}  // namespace

std::vector<Match> find_all(std::string_view text, const std::string& pattern) {
  std::vector<Match> found;
  for (std::cregex_iterator at(text.data(), text.data() + text.size(), compiled(pattern)), end;
       at != end; ++at) {
    found.push_back({static_cast<std::size_t>(at->position()), at->str(),
                     at->size() > 1 ? (*at)[1].str() : std::string()});
  }
  return found;
}

bool contains_match(std::string_view text, const std::string& pattern) {
  return std::regex_search(text.data(), text.data() + text.size(), compiled(pattern));
}

bool matches_whole(std::string_view text, const std::string& pattern) {
  return std::regex_match(text.data(), text.data() + text.size(), compiled(pattern));
}

std::set<std::string> groups_of(std::string_view text, const std::string& pattern) {
  std::set<std::string> groups;
  for (auto& match : find_all(text, pattern)) groups.insert(std::move(match.group));
  return groups;
}

std::string quoted_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("+.-*()[]{}|^$?\\").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace septet::rules
