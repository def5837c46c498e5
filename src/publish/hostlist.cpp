#include "publish/hostlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/quoted.h"

namespace septet::publish {
namespace {

constexpr std::size_t kMostNames = 65536;

std::unexpected<Error> no_hostlist(std::string_view text, const std::string& why) {
  return fail(Code::kInvalidArgument, fmt::format("{} names no nodes: {}", quoted(text), why),
              "write it like gn[0-3,7]");
}

// At commas outside of brackets.
std::vector<std::string_view> split_outside(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '[') ++depth;
    if (i < text.size() && text[i] == ']') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

bool number_in(std::string_view digits, std::uint32_t& value) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() && value <= 99999999;
}

// "0-3" or "07".
Result<> add_range(std::string_view range, std::vector<std::string>& out) {
  const std::size_t dash = range.find('-');
  const std::string_view low = range.substr(0, dash);
  const std::string_view high = dash == range.npos ? low : range.substr(dash + 1);
  std::uint32_t from = 0, to = 0;
  if (!number_in(low, from) || !number_in(high, to) || to < from)
    return no_hostlist(range, "it is no range of numbers");
  if (to - from >= kMostNames) return no_hostlist(range, "it is too many");
  for (std::uint32_t n = from; n <= to; ++n) {
    std::string digits = std::to_string(n);
    if (digits.size() < low.size()) digits.insert(0, low.size() - digits.size(), '0');
    out.push_back(std::move(digits));
  }
  return {};
}

Result<std::vector<std::string>> expand_one(std::string_view text) {
  std::vector<std::string> names{""};
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('['), text.size());
    for (std::string& name : names) name += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find(']');
    if (close == text.npos) return no_hostlist(text, "the bracket does not close");
    std::vector<std::string> middles;
    for (const std::string_view range : split_outside(text.substr(1, close - 1)))
      TRY(add_range(range, middles));
    if (middles.empty()) return no_hostlist(text, "the brackets are empty");
    if (names.size() * middles.size() > kMostNames) return no_hostlist(text, "it is too many");
    std::vector<std::string> longer;
    longer.reserve(names.size() * middles.size());
    for (const std::string& name : names)
      for (const std::string& middle : middles) longer.push_back(name + middle);
    names = std::move(longer);
    text.remove_prefix(close + 1);
  }
  if (names.front().contains(']')) return no_hostlist(names.front(), "a bracket was not opened");
  return names;
}

}  // namespace

Result<std::vector<std::string>> expand_hostlist(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view part : split_outside(text)) {
    auto some = TRY(expand_one(part));
    if (names.size() + some.size() > kMostNames) return no_hostlist(text, "it is too many");
    std::ranges::move(some, std::back_inserter(names));
  }
  return names;
}

}  // namespace septet::publish
