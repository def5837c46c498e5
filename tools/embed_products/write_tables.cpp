#include "embed_products/write_tables.h"

#include <fmt/format.h>

#include <iterator>

namespace septet::embed {
namespace {

using Out = std::back_insert_iterator<std::string>;

// A C++ string literal. Bytes outside printable ASCII become three-digit octal escapes, which
// cannot swallow the character after them.
std::string literal(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += fmt::format("\\{:03o}", byte);
    }
  }
  return out + "\"";
}

const char* name_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::kUnknown: return "C::kUnknown";
    case Confidence::kEstimated: return "C::kEstimated";
    case Confidence::kDerived: return "C::kDerived";
    case Confidence::kDocumented: return "C::kDocumented";
    case Confidence::kRecorded: return "C::kRecorded";
  }
  return "C::kUnknown";
}

const char* name_of(Media media) {
  switch (media) {
    case Media::kPlain: return "Media::kPlain";
    case Media::kMe: return "Media::kMe";
    case Media::kAllMe: return "Media::kAllMe";
    case Media::kNoMe: return "Media::kNoMe";
  }
  return "Media::kPlain";
}

std::string fact(const Fact& value) {
  return fmt::format("{{{}, {}}}", value.value, name_of(value.confidence));
}

std::string ids(const std::array<std::uint8_t, kMostUnits>& by_start) {
  return fmt::format("{{{}}}", fmt::join(by_start, ", "));
}

void write_compute(Out out, const ProductData& product, const std::string& symbol) {
  unsigned index = 0;
  for (const InstanceRow& instance : product.geometry.rows) {
    fmt::format_to(out, "constexpr ComputeInstanceProfile {}Compute{}[] = {{\n", symbol, index++);
    for (const ComputeRow& row : product.compute) {
      if (row.gi != instance.name) continue;
      fmt::format_to(out,
                     "    {{.name = {}, .id = {}, .slices = {}, .size = {}, .starts = {:#x},\n"
                     "     .is_default = {}, .sm = {}, .max = {}, .placement_confidence = {},\n"
                     "     .sources = {}}},\n",
                     literal(row.name), row.id, row.slices, row.places.size, row.places.starts,
                     row.is_default, fact(row.sm), fact(row.max), name_of(row.places.confidence),
                     literal(row.sources));
    }
    fmt::format_to(out, "}};\n");
  }
}

// Older geometries name a subset of the current profiles; they share their compute instances.
unsigned compute_index(const ProductData& product, const std::string& instance) {
  unsigned index = 0;
  while (product.geometry.rows[index].name != instance) ++index;
  return index;
}

void write_rows(Out out, const ProductData& product, const GeometryData& geometry,
                const std::string& symbol, const std::string& rows_symbol) {
  fmt::format_to(out, "constexpr GpuInstanceProfile {}[] = {{\n", rows_symbol);
  for (const InstanceRow& row : geometry.rows) {
    fmt::format_to(out,
                   "    {{.name = {}, .id = {}, .nvml_enum = {}, .slices = {}, .size = {},\n"
                   "     .starts = {:#x}, .media = {}, .graphics = {}, .max = {},\n"
                   "     .memory_mib = {}, .sm = {}, .ce = {}, .dec = {}, .enc = {}, .jpg = {},\n"
                   "     .ofa = {}, .bar1_mib = {}, .reserved_mib = {},\n"
                   "     .id_confidence = {}, .placement_confidence = {}, .sources = {},\n"
                   "     .gi_id_normal = {}, .gi_id_rotated = {},\n"
                   "     .compute = {}Compute{}, .note = {}, .enum_confidence = {}}},\n",
                   literal(row.name), row.id.value, row.nvml_enum.value, row.slices.value,
                   row.places.size, row.places.starts, name_of(row.media), row.graphics,
                   fact(row.max), fact(row.memory_mib), fact(row.sm), fact(row.ce), fact(row.dec),
                   fact(row.enc), fact(row.jpg), fact(row.ofa), fact(row.bar1_mib),
                   fact(row.reserved_mib), name_of(row.id.confidence),
                   name_of(row.places.confidence), literal(row.sources), ids(row.gi_id_normal),
                   ids(row.gi_id_rotated), symbol, compute_index(product, row.name),
                   literal(row.note), name_of(row.nvml_enum.confidence));
  }
  fmt::format_to(out, "}};\n");
}

std::string geometry_literal(const ProductData& product, const GeometryData& geometry,
                             const std::string& rows_symbol) {
  return fmt::format(
      "{{.units = {}, .slices = {}, .one_compute_one_graphics = {}, .profiles = {}}}",
      geometry.units.value, geometry.slices.value, product.one_compute_one_graphics, rows_symbol);
}

void write_parts(Out out, const ProductData& product, const std::string& symbol) {
  write_compute(out, product, symbol);
  write_rows(out, product, product.geometry, symbol, symbol + "Rows");
  for (const OlderData& older : product.older)
    write_rows(out, product, older.geometry, symbol, fmt::format("{}Rows{}", symbol, older.below));
  if (!product.older.empty()) {
    fmt::format_to(out, "constexpr OlderGeometry {}Older[] = {{\n", symbol);
    for (const OlderData& older : product.older) {
      const std::string rows = fmt::format("{}Rows{}", symbol, older.below);
      fmt::format_to(out, "    {{{}, {},\n     {}}},\n", older.below,
                     geometry_literal(product, older.geometry, rows), literal(older.why));
    }
    fmt::format_to(out, "}};\n");
  }
  fmt::format_to(out, "constexpr Board {}Boards[] = {{\n", symbol);
  for (const BoardData& board : product.boards)
    fmt::format_to(out, "    {{{}, {:#x}, {}}},\n", literal(board.name), board.pci.value,
                   name_of(board.pci.confidence));
  fmt::format_to(out, "}};\nconstexpr Source {}Sources[] = {{\n", symbol);
  for (const auto& [key, text] : product.sources)
    fmt::format_to(out, "    {{{}, {}}},\n", literal(key), literal(text));
  fmt::format_to(out, "}};\n\n");
}

void write_product(Out out, const ProductData& product, const std::string& symbol) {
  fmt::format_to(
      out,
      "    {{.id = {}, .boards = {}Boards, .architecture = Architecture::k{},\n"
      "     .architecture_name = {}, .chip = {}, .cc_major = {}, .cc_minor = {},\n"
      "     .total_sms = {}, .memory_total_mib = {}, .units_fact = {},\n"
      "     .power_limit_w = {}, .power_idle_w = {}, .sm_clock_mhz = {},\n"
      "     .memory_clock_mhz = {}, .bar1_mib = {}, .default_driver = {},\n"
      "     .geometry = {},\n"
      "     .older = {}, .note = {},\n     .sources = {}Sources,\n     .estimated_from = {},\n"
      "     .fact_sources = {}, .cc_confidence = {}, .slices_fact = {}}},\n",
      literal(product.id), symbol, product.architecture, literal(product.architecture_name),
      literal(product.chip), product.cc_major.value, product.cc_minor.value,
      fact(product.total_sms), fact(product.memory_total_mib), fact(product.geometry.units),
      fact(product.power_limit_w), fact(product.power_idle_w), fact(product.sm_clock_mhz),
      fact(product.memory_clock_mhz), fact(product.bar1_mib), literal(product.default_driver),
      geometry_literal(product, product.geometry, symbol + "Rows"),
      product.older.empty() ? "{}" : symbol + "Older", literal(product.note), symbol,
      literal(product.estimated_from), literal(product.fact_sources),
      name_of(product.cc_major.confidence), fact(product.geometry.slices));
}

}  // namespace

std::string write_tables(const std::vector<ProductData>& products) {
  std::string text =
      "// Written by embed_products from src/mig/products/*.yaml. Do not edit.\n"
      "#include \"mig/product.h\"\n\n"
      "namespace septet::mig {\nnamespace {\n\nusing C = Confidence;\n\n";
  const Out out(text);
  unsigned index = 0;
  for (const ProductData& product : products)
    write_parts(out, product, fmt::format("kP{}", index++));
  text += "constexpr Product kProducts[] = {\n";
  index = 0;
  for (const ProductData& product : products)
    write_product(out, product, fmt::format("kP{}", index++));
  text +=
      "};\n\n}  // namespace\n\n"
      "std::span<const Product> products() { return kProducts; }\n\n"
      "}  // namespace septet::mig\n";
  return text;
}

}  // namespace septet::embed
