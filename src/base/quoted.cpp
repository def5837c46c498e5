#include "base/quoted.h"

namespace septet {

std::string Quoted::operator()(std::string_view text) const {
  constexpr std::size_t kMost = 48;
  constexpr char kHex[] = "0123456789abcdef";
  std::string safe = "\"";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '"' || c == '\\') {
      safe += "\\x";
      safe += kHex[byte >> 4];
      safe += kHex[byte & 15];
    } else {
      safe += c;
    }
  }
  return safe + (text.size() > kMost ? "...\"" : "\"");
}

}  // namespace septet
