#include "driver/simulated/pci_address.h"

#include <algorithm>
#include <array>

namespace septet::driver::simulated {

namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

// The bus numbers of a common 8-GPU server, four GPUs per socket.
constexpr std::array<std::uint32_t, 8> kServerBuses = {0x1b, 0x43, 0x52, 0x61,
                                                       0x9d, 0xc3, 0xd1, 0xdf};

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const char upper = (c >= 'a' && c <= 'f') ? static_cast<char>(c - 'a' + 'A') : c;
    const std::size_t digit = kDigits.find(upper);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + digit;
  }
  return static_cast<std::uint32_t>(value);
}

void append_hexadecimal(std::string& text, std::uint32_t value, unsigned digits) {
  for (unsigned i = digits; i-- > 0;) text += kDigits[(value >> (4 * i)) & 0xfu];
}

std::uint32_t usual_bus(std::uint32_t index, std::uint32_t count) {
  if (count > kServerBuses.size()) return 8 + 7 * index;  // 32 GPUs end at bus E1
  const std::uint32_t first_half = (count + 1) / 2;
  return index < first_half ? kServerBuses[index] : kServerBuses[4 + index - first_half];
}

}  // namespace

std::optional<PciAddress> parse_pci_address(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != 4 && colon != 8) return std::nullopt;
  const std::string_view rest = text.substr(colon + 1);  // "36:00.0"
  if (rest.size() != 7 || rest[2] != ':' || rest.substr(5) != ".0") return std::nullopt;
  const auto domain = hexadecimal(text.substr(0, colon));
  const auto bus = hexadecimal(rest.substr(0, 2));
  const auto device = hexadecimal(rest.substr(3, 2));
  if (!domain || !bus || !device || *device > 31) return std::nullopt;
  return PciAddress{*domain, *bus, *device};
}

std::string to_string(const PciAddress& address) {
  std::string text;
  append_hexadecimal(text, address.domain, 8);
  text += ':';
  append_hexadecimal(text, address.bus, 2);
  text += ':';
  append_hexadecimal(text, address.device, 2);
  return text + ".0";
}

PciAddress default_pci_address(std::uint32_t index, std::uint32_t count,
                               const std::vector<PciAddress>& taken) {
  PciAddress address{0, usual_bus(index, count), 0};
  // Ends: at most 31 others are taken and there are 255 buses.
  while (std::ranges::find(taken, address) != taken.end()) address.bus = address.bus % 0xff + 1;
  return address;
}

}  // namespace septet::driver::simulated
