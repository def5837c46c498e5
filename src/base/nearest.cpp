#include "base/nearest.h"

#include <algorithm>
#include <cctype>

namespace septet {

namespace {
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// How far `word` is from `candidate`; at most 1 from one that goes on where `word` stops
// ("h200" for h200-141gb), for that is a name cut short rather than misspelled.
std::size_t distance_of(std::string_view word, std::string_view candidate) {
  const std::size_t whole = edit_distance(word, candidate);
  const bool begins = word.size() >= 3 && candidate.size() > word.size() &&
                      edit_distance(word, candidate.substr(0, word.size())) == 0;
  return begins ? std::min<std::size_t>(whole, 1) : whole;
}
}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> known,
                                 std::size_t count) {
  const std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string_view candidate : known) {
    const std::size_t distance = distance_of(word, candidate);
    if (distance <= limit) ranked.emplace_back(distance, candidate);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> names;
  for (auto& [distance, name] : ranked) {
    if (names.size() == count) break;
    names.push_back(std::move(name));
  }
  return names;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto close = nearest(word, known, 3);
  std::string text = close.empty() ? "known: " : "did you mean ";
  const std::size_t shown = close.empty() ? std::min<std::size_t>(known.size(), 24) : close.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += (!close.empty() && i + 1 == shown) ? " or " : ", ";
    text += close.empty() ? std::string(known[i]) : close[i];
  }
  if (close.empty()) return shown < known.size() ? text + ", ..." : text;
  return text + "?";
}

}  // namespace septet
