// mig/product.h — the GPU products septet knows, and what each can be cut into.
//
// Units.  The placement axis of a product is counted in *memory units* (8 on the 7-slice boards, 4
//         on A30, 12 on RTX PRO 6000); *slices* are the "g" of 3g.40gb. MiB are NVML's
//         memorySizeMB.
// Shapes. A Geometry is a short list of profiles in nvidia-smi's listing order; a profile has at
//         most 12 starts, kept as a bit mask. Tables are constant data, generated at build time
//         from src/mig/products/*.yaml (one file per product), so pointers into them never dangle.
// Errors. None: "this product has no such profile" is an answer (nullptr), not a failure.
// Source. Each row names its sources; each value carries its confidence. An unknown number has
//         confidence kUnknown, or kEstimated when the data file states an estimate for the
//         simulated node; people are shown "unknown" (tables) or "~N" (simulated node) for those,
//         never plain N.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mig/driver_version.h"

namespace septet::mig {

enum class Confidence : std::uint8_t { kUnknown, kEstimated, kDerived, kDocumented, kRecorded };
std::string_view to_string(Confidence confidence);

struct Fact {
  std::uint32_t value = 0;  // 0 when kUnknown
  Confidence confidence = Confidence::kUnknown;
  constexpr bool known() const { return confidence > Confidence::kEstimated; }
  constexpr bool usable() const { return confidence != Confidence::kUnknown; }
  friend constexpr bool operator==(const Fact&, const Fact&) = default;
};

// A run of memory units on a GPU, or of slices inside a GPU instance: [start, start + size).
struct Placement {
  std::uint8_t start = 0;
  std::uint8_t size = 0;
  constexpr std::uint16_t mask() const {
    return static_cast<std::uint16_t>(((1u << size) - 1u) << start);
  }
  constexpr bool overlaps(Placement other) const { return (mask() & other.mask()) != 0; }
  friend constexpr auto operator<=>(const Placement&, const Placement&) = default;
};

// Which media engines an instance takes beyond its share: "", "+me", "+me.all", "-me".
enum class Media : std::uint8_t { kPlain, kMe, kAllMe, kNoMe };

struct ComputeInstanceProfile {
  std::string_view name;     // of the MIG device: "1c.3g.40gb", or "3g.40gb" when it fills its GI
  std::uint8_t id = 0;       // NVML_COMPUTE_INSTANCE_PROFILE_*, also what nvidia-smi prints
  std::uint8_t slices = 0;   // compute slices
  std::uint8_t size = 0;     // width on the GI's slice axis
  std::uint16_t starts = 0;  // bit i set <=> may start at slice i of the GI
  bool is_default = false;   // what -C creates
  Fact sm;
  Fact max;
  Confidence placement_confidence = Confidence::kUnknown;
  std::string_view sources;  // "G_H100, KDRV"
};

struct GpuInstanceProfile {
  std::string_view name;       // "1g.10gb+me"
  std::uint32_t id = 0;        // NVML's info.id, nvidia-smi's profile id: 19, 14, 9 ...
  std::uint8_t nvml_enum = 0;  // NVML_GPU_INSTANCE_PROFILE_*
  std::uint8_t slices = 0;     // compute slices
  std::uint8_t size = 0;       // memory units
  std::uint16_t starts = 0;    // bit i set <=> may start at memory unit i
  Media media = Media::kPlain;
  bool graphics = false;  // +gfx
  Fact max;               // instanceCount
  Fact memory_mib, sm, ce, dec, enc, jpg, ofa;
  Fact bar1_mib, reserved_mib;  // BAR1 window; memory the driver itself uses in an idle instance
  Confidence id_confidence = Confidence::kUnknown;
  Confidence placement_confidence = Confidence::kUnknown;
  std::string_view sources;                     // "G_H100, UG"
  std::array<std::uint8_t, 12> gi_id_normal{};  // by start; 0xff where not a start
  std::array<std::uint8_t, 12> gi_id_rotated{};
  std::span<const ComputeInstanceProfile> compute;  // of a GPU instance of this profile
  std::string_view
      note;  // other recorded memory sizes, disagreements between sources; may be empty
  Confidence enum_confidence = Confidence::kUnknown;

  constexpr bool allows(Placement at) const {
    return at.size == size && at.start < 16 && ((starts >> at.start) & 1u) != 0;
  }
  // The seven-slice and four-slice profiles that papers count: no media, graphics or double-memory
  // variant. Double memory = a 1g that takes two memory units where a plain 1g takes one.
  bool classic() const;
  const ComputeInstanceProfile* default_compute() const;
  const ComputeInstanceProfile* find_compute(std::uint32_t compute_profile_id) const;
};

struct Geometry {
  std::uint8_t units = 0;                 // length of the placement axis
  std::uint8_t slices = 0;                // compute slices of the GPU
  bool one_compute_one_graphics = false;  // Thor: at most one compute and one graphics instance
  std::span<const GpuInstanceProfile> profiles;

  const GpuInstanceProfile* find_id(std::uint32_t profile_id) const;
  const GpuInstanceProfile* find_enum(std::uint32_t nvml_enum) const;
  const GpuInstanceProfile* find_name(std::string_view exact_name) const;
};

// What older drivers showed for the same board: in force below `before_major`.
struct OlderGeometry {
  unsigned before_major = 0;
  Geometry geometry;
  std::string_view why;
};

enum class Architecture : std::uint8_t { kAmpere, kHopper, kBlackwell };

struct Board {
  std::string_view name;        // as NVML reports it: "NVIDIA H100 80GB HBM3"; or "unknown"
  std::uint32_t pci_device_id;  // device << 16 | vendor: 0x233010DE; 0 when unknown
  Confidence pci_confidence = Confidence::kUnknown;
};

struct Source {
  std::string_view key;   // "G_H100"
  std::string_view text;  // where that is
};

struct Product {
  std::string_view id;  // "h100-sxm5-80gb"
  std::span<const Board> boards;
  Architecture architecture = Architecture::kAmpere;
  std::string_view architecture_name, chip;
  std::uint8_t cc_major = 0, cc_minor = 0;
  Fact total_sms, memory_total_mib, units_fact;
  Fact power_limit_w, power_idle_w, sm_clock_mhz, memory_clock_mhz, bar1_mib;
  std::string_view default_driver;  // the branch the table was recorded with, for simulated nodes
  Geometry geometry;                // of current drivers
  std::span<const OlderGeometry> older;
  std::string_view note;
  std::span<const Source> sources;
  std::string_view
      estimated_from;             // how the kEstimated values were made; empty when there are none
  std::string_view fact_sources;  // "G_H100, UG; power_limit_w: HWXML"
  Confidence cc_confidence = Confidence::kUnknown;
  Fact slices_fact;

  const Geometry& geometry_at(const DriverVersion& driver) const;
};

// All products in the order of their file names. Never empty.
std::span<const Product> products();
const Product* find_product(std::string_view id);  // also accepts underscores for dashes
const Product* find_product_by_pci(std::uint32_t pci_device_id);
const Product* find_product_by_board_name(std::string_view name);  // with or without "NVIDIA "

// "9.62": MiB as nvidia-smi prints GiB (two decimals).
std::string gib_text(std::uint32_t mib);

}  // namespace septet::mig
