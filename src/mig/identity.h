// mig/identity.h — how the driver names what it creates: GI ids, UUIDs, device file minors (R2, R4,
// R10).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mig/product.h"

namespace septet::mig {

// Floor sweeping decides which half of the chip NVML shows first; it differs between two chips of
// one product (R2).
enum class ChipLayout : std::uint8_t { kNormal, kRotated };

// GPU instance id of `profile` at `start`; nullopt when that is not one of its starts.
std::optional<std::uint32_t> gpu_instance_id(const GpuInstanceProfile& profile, std::uint8_t start,
                                             ChipLayout chip);

using Uuid = std::array<std::uint8_t, 16>;

// Version-5 style and deterministic: the same GI id with the same graphics engine gets the same
// UUID again, after destroy and create, and after a reboot (R4).
Uuid gpu_uuid(std::uint16_t chip_id, std::uint64_t pdi);
Uuid mig_uuid(std::uint16_t chip_id, std::uint64_t pdi, std::uint32_t gpu_instance_id,
              std::uint32_t engine);
std::string uuid_text(const Uuid& uuid);              // "79c62632-04cc-574b-af7b-cb2e307120d8"
void write_uuid_text(const Uuid& uuid, char* out36);  // 36 characters, no terminator, no allocation
std::optional<Uuid> parse_uuid(std::string_view text);  // the 36-character form, any case

// Minors of /dev/nvidia-caps/nvidia-cap<N>. gpu 0..31 is the device minor number, gi 0..14, ci
// 0..7.
inline constexpr unsigned kConfigCapMinor = 1;
inline constexpr unsigned kMonitorCapMinor = 2;
constexpr unsigned gpu_instance_cap_minor(unsigned gpu, unsigned gi) {
  return 3 + 135 * gpu + 9 * gi;
}
constexpr unsigned compute_instance_cap_minor(unsigned gpu, unsigned gi, unsigned ci) {
  return gpu_instance_cap_minor(gpu, gi) + 1 + ci;
}

}  // namespace septet::mig
