#include "embed_products/check_rows.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace septet::embed {
namespace {

std::unexpected<Error> wrong(std::string what) {
  return fail(Code::kInvalidArgument, std::move(what));
}

// First GI id of the class of instances that take 1/parts of the memory; 0 parts = no such class.
std::optional<unsigned> first_id(unsigned parts) {
  switch (parts) {
    case 1: return 0;
    case 2: return 1;
    case 4: return 3;
    case 8: return 7;
    default: return std::nullopt;
  }
}

// How many disjoint placements a profile has: greedy from the left is optimal for equal widths.
unsigned disjoint(const Places& places) {
  unsigned count = 0, next = 0;
  for (unsigned start = 0; start < 16; ++start) {
    if (((places.starts >> start) & 1u) == 0 || start < next) continue;
    ++count;
    next = start + places.size;
  }
  return count;
}

template <typename Visit>
void for_each_fact(const ProductData& product, const Visit& visit) {
  for (const Fact& fact :
       {product.total_sms, product.memory_total_mib, product.bar1_mib, product.power_limit_w,
        product.power_idle_w, product.sm_clock_mhz, product.memory_clock_mhz, product.cc_major,
        product.geometry.units, product.geometry.slices})
    visit(fact.confidence);
  for (const BoardData& board : product.boards) visit(board.pci.confidence);
  const auto visit_rows = [&](const GeometryData& geometry) {
    for (const InstanceRow& row : geometry.rows) {
      visit(row.places.confidence);
      for (const Fact& fact :
           {row.id, row.nvml_enum, row.slices, row.max, row.memory_mib, row.sm, row.ce, row.dec,
            row.enc, row.jpg, row.ofa, row.bar1_mib, row.reserved_mib})
        visit(fact.confidence);
    }
  };
  visit_rows(product.geometry);
  for (const OlderData& older : product.older) visit_rows(older.geometry);
  for (const ComputeRow& row : product.compute) {
    visit(row.places.confidence);
    visit(row.sm.confidence);
    visit(row.max.confidence);
  }
}

Result<> check_defaults(const ProductData& product, const InstanceRow& instance) {
  unsigned defaults = 0;
  for (const ComputeRow& row : product.compute)
    if (row.gi == instance.name && row.is_default) ++defaults;
  if (defaults != 1) {
    return wrong("compute_instances: " + instance.name + " must have exactly one default, has " +
                 std::to_string(defaults));
  }
  return {};
}

}  // namespace

Result<> read_attributes(InstanceRow& row) {
  unsigned slices = 0, gigabytes = 0;
  const char* const last = row.name.data() + row.name.size();
  auto at = std::from_chars(row.name.data(), last, slices);
  const std::string_view rest(at.ptr, static_cast<std::size_t>(last - at.ptr));
  if (at.ec != std::errc() || !rest.starts_with("g.")) return wrong("must look like 1g.10gb+me");
  at = std::from_chars(at.ptr + 2, last, gigabytes);
  const std::string_view unit(at.ptr, static_cast<std::size_t>(last - at.ptr));
  if (at.ec != std::errc() || !unit.starts_with("gb")) return wrong("must look like 1g.10gb+me");
  const std::string_view attribute = unit.substr(2);
  if (slices != row.slices.value)
    return wrong("says " + std::to_string(slices) + "g, the row has " +
                 std::to_string(row.slices.value) + " slices");
  row.graphics = attribute == "+gfx";
  if (attribute == "+me") row.media = Media::kMe;
  if (attribute == "+me.all") row.media = Media::kAllMe;
  if (attribute == "-me") row.media = Media::kNoMe;
  if (!attribute.empty() && !row.graphics && row.media == Media::kPlain)
    return wrong("attribute must be +me, +me.all, -me or +gfx");
  return {};
}

Result<> number_instances(InstanceRow& row, unsigned units,
                          const std::array<int, kMostUnits>& stated) {
  row.gi_id_normal.fill(kNoStart);
  row.gi_id_rotated.fill(kNoStart);
  const unsigned size = row.places.size;
  const auto first = units % size == 0 ? first_id(units / size) : std::nullopt;
  for (unsigned start = 0; start < units; ++start) {
    if (((row.places.starts >> start) & 1u) == 0) continue;
    if (stated[start] >= 0) {
      row.gi_id_normal[start] = row.gi_id_rotated[start] = static_cast<std::uint8_t>(stated[start]);
      continue;
    }
    if (!first || start % size != 0)
      return wrong("no rule gives the GPU instance id at start " + std::to_string(start) +
                   "; state it: gi_ids: {" + std::to_string(start) + ": ID}");
    // Placements are shown normalized, ids are physical: on a rotated chip the halves are swapped.
    const unsigned rotated = units == size ? 0 : (start + units / 2) % units;
    row.gi_id_normal[start] = static_cast<std::uint8_t>(*first + start / size);
    row.gi_id_rotated[start] = static_cast<std::uint8_t>(*first + rotated / size);
  }
  return {};
}

Result<> check_row(const GeometryData& geometry, const InstanceRow& row,
                   bool one_compute_one_graphics) {
  for (const InstanceRow& other : geometry.rows) {
    if (other.name == row.name) return wrong("profile " + row.name + " is written twice");
    if (other.id.value == row.id.value) return wrong("id is also that of " + other.name);
    if (other.nvml_enum.value == row.nvml_enum.value)
      return wrong("enum is also that of " + other.name);
  }
  if (row.slices.value == 0 || row.slices.value > geometry.slices.value)
    return wrong("slices must be 1 to " + std::to_string(geometry.slices.value));
  if (row.max.confidence == Confidence::kUnknown) return {};
  const bool shared_media = row.media == Media::kMe || row.media == Media::kAllMe;
  const unsigned allowed = shared_media || one_compute_one_graphics ? 1 : disjoint(row.places);
  if (row.max.value != allowed)
    return wrong("max is " + std::to_string(row.max.value) + ", the placements and budgets allow " +
                 std::to_string(allowed));
  return {};
}

Result<> check_compute_row(const ProductData& product, const ComputeRow& row) {
  const auto& rows = product.geometry.rows;
  const auto instance = std::ranges::find(rows, row.gi, &InstanceRow::name);
  if (instance == rows.end()) return wrong("gi " + row.gi + " is not among gpu_instances");
  const bool fills = row.name == row.gi;
  if (!fills && row.name != std::to_string(row.slices) + "c." + row.gi)
    return wrong("name must be " + row.gi + " or " + std::to_string(row.slices) + "c." + row.gi);
  for (const ComputeRow& other : product.compute) {
    if (other.gi == row.gi && (other.id == row.id || other.name == row.name))
      return wrong("id or name is also that of " + other.name);
  }
  if (row.slices == 0 || row.slices > instance->slices.value)
    return wrong("slices must be 1 to " + std::to_string(instance->slices.value));
  for (unsigned start = 0; start < 16; ++start) {
    if (((row.places.starts >> start) & 1u) != 0 &&
        start + row.places.size > instance->slices.value)
      return wrong("start " + std::to_string(start) + " leaves the " +
                   std::to_string(instance->slices.value) + " slices of " + row.gi);
  }
  return {};
}

Result<> check_product(const ProductData& product) {
  for (const InstanceRow& row : product.geometry.rows) TRY(check_defaults(product, row));
  for (const OlderData& older : product.older)
    for (const InstanceRow& row : older.geometry.rows) TRY(check_defaults(product, row));
  bool estimates = false;
  for_each_fact(product,
                [&](Confidence c) { estimates = estimates || c == Confidence::kEstimated; });
  if (estimates && product.estimated_from.empty())
    return wrong("estimated_from: must say how the estimates were made");
  if (!estimates && !product.estimated_from.empty())
    return wrong("estimated_from: there are no estimates");
  return {};
}

}  // namespace septet::embed
