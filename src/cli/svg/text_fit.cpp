#include "cli/svg/text_fit.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace septet::cli::svg {

namespace {

// Thousandths of the font size, from the space to the tilde.
using AsciiWidths = std::array<std::uint16_t, 95>;
constexpr AsciiWidths kRegular = {
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361,  318, 337, 637, 637, 637,
    637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 723, 687, 723, 771, 667,
    611, 778, 752, 334, 500, 723, 611, 890, 749, 788, 667, 788, 723, 667,  611, 732, 723, 989, 723,
    723, 686, 391, 337, 391, 838, 557, 500, 613, 635, 550, 635, 616, 353,  635, 634, 278, 278, 580,
    278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592,  525, 637, 337, 637, 838};
constexpr AsciiWidths kBold = {
    349,  457, 556, 838, 696, 1002, 873, 307,  458, 458, 523, 838, 380, 416,  380, 366,
    696,  696, 696, 696, 696, 696,  696, 696,  696, 696, 400, 400, 838, 838,  838, 611,
    1000, 774, 763, 734, 831, 684,  684, 821,  837, 390, 557, 778, 667, 996,  837, 851,
    733,  851, 771, 721, 683, 813,  774, 1104, 771, 725, 726, 458, 366, 458,  838, 557,
    500,  675, 716, 593, 716, 679,  436, 716,  712, 343, 343, 666, 343, 1042, 712, 688,
    716,  716, 494, 596, 479, 712,  652, 924,  646, 652, 583, 712, 366, 712,  838};
constexpr double kOther = 1.3;  // of the font size: an emoji, the widest that names commonly have

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::size_t kLongestTail = 5;  // "#1234"

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + bytes > text.size()) return {};
  char32_t value = first & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {};
    value = (value << 6) | (byte(at + i) & 0x3fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[bytes] || value > 0x10ffff || surrogate) return {};
  return {value, bytes};
}

bool turns_direction(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool may_be_shown(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
  if (c == 0x2028 || c == 0x2029) return false;  // line ends
  if (c >= 0xfdd0 && c <= 0xfdef) return false;
  return (c & 0xfffe) != 0xfffe && !turns_direction(c);
}

// Where the character that begins at `at` ends; of valid UTF-8.
std::size_t next_of(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

// How many bytes from the beginning are at most `width` wide, in whole characters.
std::size_t bytes_within(std::string_view text, double width, Font font) {
  double used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = next_of(text, at);
    used += width_of(text.substr(at, next - at), font);
    if (used > width) return at;
    at = next;
  }
  return text.size();
}

std::size_t break_before(std::string_view text, std::size_t most) {
  // At a space, if there is one not far back.
  for (std::size_t at = most; at > most - most / 4; --at)
    if (text[at - 1] == ' ') return at;
  for (std::size_t at = most; at > most / 3 && at > 0; --at) {
    if (std::string_view(" -_./").contains(text[at - 1]) || text[at] == '#') return at;
  }
  return most;
}

std::string_view without_space_around(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::size_t bytes = std::max<std::size_t>(point.bytes, 1);
    if (point.value == '\t' || point.value == '\n' || point.value == '\r') {
      out += ' ';
    } else if (point.bytes == 0 || !may_be_shown(point.value)) {
      out += kReplacement;
    } else {
      out += text.substr(at, bytes);
    }
    at += bytes;
  }
  return out;
}

double width_of(std::string_view text, Font font) {
  const AsciiWidths& widths = font.bold ? kBold : kRegular;
  double thousandths = 0;
  for (std::size_t at = 0; at < text.size(); at = next_of(text, at)) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool known = c >= 0x20 && c < 0x7f;
    thousandths += known ? widths[c - 0x20u] : 1000 * kOther;
  }
  return thousandths * font.size / 1000;
}

std::string fitted(std::string_view text, double width, Font font) {
  std::string shown = printable(text);
  if (width_of(shown, font) <= width) return shown;
  std::string_view tail;
  if (const auto hash = shown.rfind('#');
      hash != std::string::npos && hash > 0 && shown.size() - hash <= kLongestTail) {
    tail = std::string_view(shown).substr(hash);
  }
  const double ellipsis = width_of(kEllipsis, font);
  double left = width - ellipsis - width_of(tail, font);
  if (left < 0) {
    tail = {};
    left = width - ellipsis;
  }
  if (left < 0) return {};
  std::string out = shown.substr(0, bytes_within(shown, left, font));
  while (out.ends_with(' ')) out.pop_back();
  return out.append(kEllipsis).append(tail);
}

std::vector<std::string> lines_of(std::string_view text, double width, Font font,
                                  std::size_t most) {
  const std::string shown = printable(text);
  std::string_view left = without_space_around(shown);
  std::vector<std::string> lines;
  while (!left.empty() && lines.size() < most) {
    std::size_t bytes = bytes_within(left, width, font);
    if (bytes == left.size() || lines.size() + 1 == most || bytes == 0) {
      lines.push_back(fitted(left, width, font));
      break;
    }
    if (left[bytes] != ' ') bytes = break_before(left, bytes);
    // A percent sign stays with its number.
    if (without_space_around(left.substr(bytes)).starts_with('%') && bytes > 1)
      bytes = break_before(left, bytes - 1);
    lines.emplace_back(without_space_around(left.substr(0, bytes)));
    left = without_space_around(left.substr(bytes));
  }
  return lines;
}

std::vector<std::string> even_lines(std::string_view text, double width, Font font,
                                    std::size_t most) {
  std::vector<std::string> lines = lines_of(text, width, font, most);
  if (lines.size() < 2) return lines;
  const auto shortened = [](const std::vector<std::string>& some) {
    return some.back().contains(kEllipsis);
  };
  if (shortened(lines)) return lines;
  double least = 0;
  for (double step = width / 2; step > 2; step /= 2) {
    const double tried = width - least - step;
    auto narrower = lines_of(text, tried, font, most);
    if (narrower.size() != lines.size() || shortened(narrower)) continue;
    lines = std::move(narrower);
    least += step;
  }
  return lines;
}

}  // namespace septet::cli::svg
