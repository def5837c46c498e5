// embed_products/product_data.h — one product file, read and checked, before it becomes C++.
//
// Units.  As in mig/product.h, whose tables these become; this program is built before that module.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace septet::embed {

enum class Confidence : std::uint8_t { kUnknown, kEstimated, kDerived, kDocumented, kRecorded };

struct Fact {
  std::uint32_t value = 0;
  Confidence confidence = Confidence::kUnknown;
};

inline constexpr unsigned kMostUnits = 12;
inline constexpr std::uint8_t kNoStart = 0xff;

// Where an instance may stand: bit i of `starts` set <=> may start at i; `size` wide.
struct Places {
  std::uint16_t starts = 0;
  unsigned size = 0;
  Confidence confidence = Confidence::kUnknown;
};

struct ComputeRow {
  std::string gi, name;
  unsigned id = 0, slices = 0;
  bool is_default = false;
  Places places;
  Fact sm, max;
  std::string sources;
};

enum class Media : std::uint8_t { kPlain, kMe, kAllMe, kNoMe };

struct InstanceRow {
  std::string name;
  Fact id, nvml_enum, slices;
  Places places;
  Media media = Media::kPlain;
  bool graphics = false;
  Fact max, memory_mib, sm, ce, dec, enc, jpg, ofa, bar1_mib, reserved_mib;
  std::string sources, note;
  std::array<std::uint8_t, kMostUnits> gi_id_normal{}, gi_id_rotated{};
};

struct GeometryData {
  Fact units, slices;
  std::vector<InstanceRow> rows;
};

struct OlderData {
  unsigned below = 0;
  std::string why;
  GeometryData geometry;
};

struct BoardData {
  std::string name;
  Fact pci;
};

struct ProductData {
  std::string file, id;
  std::vector<BoardData> boards;
  std::string architecture, architecture_name, chip;
  Fact cc_major, cc_minor;
  Fact total_sms, memory_total_mib, bar1_mib, power_limit_w, power_idle_w, sm_clock_mhz,
      memory_clock_mhz;
  std::string default_driver, estimated_from, note, fact_sources;
  bool one_compute_one_graphics = false;
  GeometryData geometry;
  std::vector<OlderData> older;
  std::vector<ComputeRow> compute;
  std::vector<std::pair<std::string, std::string>> sources;
};

}  // namespace septet::embed
