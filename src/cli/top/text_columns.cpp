#include "cli/top/text_columns.h"

#include <locale.h>
#include <wchar.h>

#include <array>
#include <limits>
#include <utility>

namespace septet::cli::top {

namespace {

struct Character {
  std::size_t bytes = 1;
  unsigned columns = 1;
  bool shown = true;  // as it is; else as '?'
};

// Characters without a shape of their own that change how others read: marks of direction, joiners.
bool turns_the_writing(wchar_t c) {
  constexpr std::array<std::pair<wchar_t, wchar_t>, 5> kRanges = {
      {{0xad, 0xad}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}}};
  for (const auto& [first, last] : kRanges) {
    if (c >= first && c <= last) return true;
  }
  return false;
}

// Holds C.UTF-8 for this thread while it lives.
class Utf8Locale {
 public:
  Utf8Locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    known_ = utf8 != nullptr;
    if (known_) before_ = uselocale(utf8);
  }
  ~Utf8Locale() {
    if (known_) uselocale(before_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

  Character read(std::string_view text) const {
    constexpr Character kUnshown{1, 1, false};
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return {1, 1, first >= 0x20 && first != 0x7f};
    if (!known_) return kUnshown;
    wchar_t c = 0;
    mbstate_t state{};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): with a state of its own it is safe
    const std::size_t bytes = mbrtowc(&c, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) return kUnshown;  // broken, or cut off
    const int columns = wcwidth(c);
    if (columns < 0 || turns_the_writing(c)) return {bytes, 1, false};
    return {bytes, static_cast<unsigned>(columns), true};
  }

 private:
  bool known_ = false;
  locale_t before_ = nullptr;
};

}  // namespace

Fitted fit(std::string_view text, unsigned columns, bool ascii) {
  const Utf8Locale utf8;
  Fitted all;      // up to `columns`
  Fitted shorter;  // up to the column before the last: what stands when it must be cut
  while (!text.empty()) {
    const Character c = utf8.read(text);
    const bool as_is = c.shown && (!ascii || c.bytes == 1);
    const unsigned wide = as_is ? c.columns : 1;
    if (all.columns + wide > columns) {
      if (columns == 0) return {};
      shorter.text += ascii ? "$" : "…";
      ++shorter.columns;
      return shorter;
    }
    all.text += as_is ? text.substr(0, c.bytes) : std::string_view("?");
    all.columns += wide;
    if (all.columns < columns) shorter = all;
    text.remove_prefix(c.bytes);
  }
  return all;
}

}  // namespace septet::cli::top
