// driver/simulated/pci_address.h — where a board sits on the bus, and what people write for it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace septet::driver::simulated {

struct PciAddress {
  std::uint32_t domain = 0, bus = 0, device = 0;  // function is always 0
  friend auto operator<=>(const PciAddress&, const PciAddress&) = default;
};

// "00000000:36:00.0" or "0000:36:00.0", hexadecimal of any case.
std::optional<PciAddress> parse_pci_address(std::string_view text);
std::string to_string(const PciAddress& address);  // the 8-digit form

// Where board `index` of `count` sits when nobody says: one bus per GPU, none of `taken`.
PciAddress default_pci_address(std::uint32_t index, std::uint32_t count,
                               const std::vector<PciAddress>& taken);

}  // namespace septet::driver::simulated
