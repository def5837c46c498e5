// Reads Slurm's "gpu:type:count" lists (slurm_lint.h).
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/quoted.h"
#include "publish/slurm_lint.h"

namespace septet::publish {
namespace {

constexpr std::uint64_t kMostDevices = 1 << 20;

std::unexpected<Error> no_gres(std::string_view word) {
  return fail(Code::kInvalidArgument, fmt::format("{} is no generic resource", quoted(word)),
              "write gpu:TYPE:COUNT, as in gpu:3g.40gb:1");
}

// At commas outside of "(IDX:0,2)".
std::string_view next_word(std::string_view& rest) {
  std::size_t end = 0;
  for (int depth = 0; end < rest.size() && (rest[end] != ',' || depth > 0); ++end) {
    if (rest[end] == '(') ++depth;
    if (rest[end] == ')') --depth;
  }
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// "4", "2k"; nullopt: not a count.
std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count > kMostDevices)
    return std::nullopt;
  return count;
}

}  // namespace

Result<std::vector<GresCount>> parse_gres(std::string_view text) {
  std::vector<GresCount> counts;
  while (!text.empty()) {
    const std::string_view whole = next_word(text);
    if (whole.empty()) continue;
    std::string_view word = whole.substr(0, whole.find('('));
    if (word.starts_with("gres:") || word.starts_with("gres/")) word.remove_prefix(5);
    const std::string_view name = word.substr(0, word.find_first_of(":="));
    if (name.empty()) return no_gres(whole);
    if (name != "gpu") continue;
    word.remove_prefix(std::min(name.size() + 1, word.size()));
    GresCount one;
    const std::size_t colon = word.find_last_of(":=");
    const auto last = count_of(colon == word.npos ? word : word.substr(colon + 1));
    if (last) {
      one.count = *last;
      if (colon != word.npos) one.type = word.substr(0, colon);
    } else if (colon == word.npos) {
      one.type = word;
    } else {
      return no_gres(whole);
    }
    if (one.type.contains(':')) return no_gres(whole);
    counts.push_back(std::move(one));
  }
  return counts;
}

}  // namespace septet::publish
