#include "embed_products/read_product.h"

#include <charconv>
#include <filesystem>
#include <set>

#include "embed_products/check_rows.h"
#include "embed_products/field_reader.h"

namespace septet::embed {
namespace {

constexpr std::uint64_t kMostMib = 16u << 20;  // 16 TiB
constexpr std::uint64_t kMostId = 255;
constexpr std::uint64_t kMostSms = 1024;
constexpr std::uint64_t kMostEngines = 64;
constexpr std::uint64_t kMostAny = 0xffffffff;

struct Context {
  const YamlDocument& document;
  std::set<std::string> known_sources, used_sources;
};

Result<> read_sources(Context& context, const YAML::Node& map, ProductData& product) {
  if (!map.IsDefined() || !map.IsMap() || map.size() == 0)
    return fail_at(context.document, map, "sources: must name where the values come from");
  for (const auto& entry : map) {
    auto key = TRY(as_text(context.document, entry.first, "source"));
    auto text = TRY(as_text(context.document, entry.second, "source"));
    if (text.empty() || !context.known_sources.insert(key).second)
      return fail_at(context.document, entry.first, "source " + key + " is empty or written twice");
    product.sources.emplace_back(std::move(key), std::move(text));
  }
  return {};
}

Result<> read_boards(const Context& context, const FieldReader& top, ProductData& product) {
  const YAML::Node list = top.at("boards");
  if (!list.IsDefined() || !list.IsSequence() || list.size() == 0)
    return top.complain("boards", "must list at least one board");
  for (const YAML::Node& item : list) {
    const FieldReader row(context.document, item);
    TRY(row.keys({"name", "pci", "estimate", "conf"}));
    BoardData board;
    board.name = TRY(row.text("name"));
    if (row.has("conf") || row.at("pci").IsDefined() == false)
      return row.complain("a board is {name, pci}, pci unknown when it is");
    // A device id needs no confidence of its own: it is what the driver's tables say.
    if (row.at("pci").IsScalar() && row.at("pci").Scalar() != "unknown") {
      YAML::Node stated = YAML::Clone(item);
      stated["conf"] = "documented";
      board.pci = TRY(FieldReader(context.document, stated).fact("pci", kMostAny));
    } else {
      board.pci = TRY(row.fact("pci", kMostAny));
    }
    constexpr std::uint32_t kNvidia = 0x10DE;
    if (board.pci.value != 0 && (board.pci.value & 0xffff) != kNvidia)
      return row.complain("pci", "must be device << 16 | 0x10DE, like 0x233010DE");
    product.boards.push_back(std::move(board));
  }
  return {};
}

Result<> read_compute_capability(const Context& context, const FieldReader& top,
                                 ProductData& product) {
  const FieldReader row(context.document, top.at("compute_capability"));
  TRY(row.keys({"value", "conf", "estimate"}));
  const bool known = row.optional_text("value").value_or("") != "unknown";
  const std::string text = TRY(row.text(known ? "value" : "estimate"));
  unsigned major = 0, minor = 0;
  const char* const last = text.data() + text.size();
  const auto whole = std::from_chars(text.data(), last, major);
  const bool dot = whole.ec == std::errc() && whole.ptr != last && *whole.ptr == '.';
  if (!dot || std::from_chars(whole.ptr + 1, last, minor).ptr != last || major > 99 || minor > 9)
    return row.complain("compute capability must look like \"9.0\"");
  if (known && row.optional_text("conf").value_or("") != "documented")
    return row.complain("conf", "of a known compute capability must be documented");
  const auto confidence = known ? Confidence::kDocumented : Confidence::kEstimated;
  product.cc_major = {major, confidence};
  product.cc_minor = {minor, confidence};
  return {};
}

Result<> read_facts(Context& context, const FieldReader& top, ProductData& product) {
  struct Row {
    const char* name;
    Fact* to;
    std::uint64_t most;
  };
  const Row rows[] = {
      {"total_sms", &product.total_sms, kMostSms},
      {"memory_total_mib", &product.memory_total_mib, kMostMib},
      {"memory_units", &product.geometry.units, kMostUnits},
      {"gpu_slices", &product.geometry.slices, 8},
      {"bar1_mib", &product.bar1_mib, kMostMib},
      {"power_limit_w", &product.power_limit_w, 10'000},
      {"power_idle_w", &product.power_idle_w, 10'000},
      {"sm_clock_mhz", &product.sm_clock_mhz, 100'000},
      {"memory_clock_mhz", &product.memory_clock_mhz, 100'000},
  };
  const FieldReader facts(context.document, top.at("facts"));
  std::vector<std::string_view> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  TRY(facts.keys(names));
  product.fact_sources = TRY(top.sources(context.known_sources, context.used_sources));
  for (const Row& row : rows) {
    if (!facts.has(row.name)) return facts.complain(row.name, "is missing");
    const FieldReader field(context.document, facts.at(row.name));
    TRY(field.keys({"value", "conf", "src", "estimate"}));
    *row.to = TRY(field.fact("value", row.most));
    if (!field.has("src")) continue;
    const auto own = TRY(field.sources(context.known_sources, context.used_sources));
    product.fact_sources += std::string("; ") + row.name + ": " + own;
  }
  if (product.geometry.units.value == 0 || product.geometry.slices.value == 0)
    return facts.complain("memory_units and gpu_slices need a value or an estimate");
  return {};
}

const std::vector<std::string_view> kInstanceFields = {
    "id", "enum", "slices", "starts", "size", "max",      "mem_mib",     "sm",
    "ce", "dec",  "enc",    "jpg",    "ofa",  "bar1_mib", "reserved_mib"};

Result<std::string> read_note(const FieldReader& row) {
  const auto variants = TRY(row.texts("mem_gib_variants"));
  std::string note;
  for (const std::string& variant : variants)
    note += (note.empty() ? "memory also recorded as GiB " : ", ") + variant;
  const auto written = TRY(row.optional_text("note"));
  if (!written.empty()) note += (note.empty() ? "" : "; ") + written;
  return note;
}

Result<> read_numbers(const FieldReader& row, InstanceRow& out) {
  out.id = TRY(row.fact("id", kMostId));
  out.nvml_enum = TRY(row.fact("enum", kMostId));
  out.slices = TRY(row.fact("slices", 8));
  out.max = TRY(row.fact("max", kMostUnits));
  out.memory_mib = TRY(row.fact("mem_mib", kMostMib));
  out.sm = TRY(row.fact("sm", kMostSms));
  out.ce = TRY(row.fact("ce", kMostEngines));
  out.dec = TRY(row.fact("dec", kMostEngines));
  out.enc = TRY(row.fact("enc", kMostEngines));
  out.jpg = TRY(row.fact("jpg", kMostEngines));
  out.ofa = TRY(row.fact("ofa", kMostEngines));
  out.bar1_mib = TRY(row.optional_fact("bar1_mib", kMostMib));
  out.reserved_mib = TRY(row.optional_fact("reserved_mib", kMostMib));
  for (const auto& [fact, name] : {std::pair{out.id, "id"}, std::pair{out.nvml_enum, "enum"},
                                   std::pair{out.slices, "slices"}}) {
    if (fact.confidence == Confidence::kUnknown)
      return row.complain(name, "needs a value or an estimate");
  }
  return {};
}

Result<InstanceRow> read_instance(Context& context, const YAML::Node& node, unsigned units) {
  const FieldReader row(context.document, node);
  auto allowed = kInstanceFields;
  allowed.insert(allowed.end(),
                 {"name", "conf", "src", "estimate", "mem_gib_variants", "note", "gi_ids"});
  TRY(row.keys(allowed));
  TRY(row.qualifiers(kInstanceFields));
  InstanceRow out;
  out.name = TRY(row.text("name"));
  TRY(read_numbers(row, out));
  out.places = TRY(row.places(units));
  out.sources = TRY(row.sources(context.known_sources, context.used_sources));
  out.note = TRY(read_note(row));
  if (auto named = read_attributes(out); !named) return row.complain("name", named.error().what);
  std::array<int, kMostUnits> stated;
  stated.fill(-1);
  if (row.has("gi_ids")) {
    const FieldReader ids(context.document, row.at("gi_ids"));
    for (unsigned start = 0; start < units; ++start) {
      if (ids.has(std::to_string(start)))
        stated[start] = static_cast<int>(TRY(ids.count(std::to_string(start), 14)));
    }
  }
  if (auto done = number_instances(out, units, stated); !done)
    return row.complain(done.error().what);
  return out;
}

Result<> read_instances(Context& context, const FieldReader& from, GeometryData& geometry,
                        bool one_compute_one_graphics) {
  const YAML::Node list = from.at("gpu_instances");
  if (!list.IsDefined() || !list.IsSequence() || list.size() == 0)
    return from.complain("gpu_instances", "must list at least one profile");
  for (const YAML::Node& item : list) {
    auto row = TRY(read_instance(context, item, geometry.units.value));
    if (auto fits = check_row(geometry, row, one_compute_one_graphics); !fits)
      return fail_at(context.document, item, fits.error().what);
    geometry.rows.push_back(std::move(row));
  }
  return {};
}

Result<ComputeRow> read_compute_row(Context& context, const YAML::Node& node) {
  const FieldReader row(context.document, node);
  TRY(row.keys({"gi", "name", "id", "slices", "sm", "max", "starts", "size", "default", "conf",
                "src", "estimate"}));
  TRY(row.qualifiers({"sm", "max", "starts", "size"}));
  ComputeRow out;
  out.gi = TRY(row.text("gi"));
  out.name = TRY(row.text("name"));
  out.id = TRY(row.count("id", 8));
  out.slices = TRY(row.count("slices", 8));
  out.is_default = TRY(row.flag("default"));
  out.sm = TRY(row.fact("sm", kMostSms));
  out.max = TRY(row.fact("max", 8));
  out.places = TRY(row.places(8));
  out.sources = TRY(row.sources(context.known_sources, context.used_sources));
  return out;
}

Result<> read_compute(Context& context, const FieldReader& top, ProductData& product) {
  const YAML::Node list = top.at("compute_instances");
  if (!list.IsDefined() || !list.IsSequence())
    return top.complain("compute_instances", "must be a list");
  for (const YAML::Node& item : list) {
    auto row = TRY(read_compute_row(context, item));
    if (auto fits = check_compute_row(product, row); !fits)
      return fail_at(context.document, item, fits.error().what);
    product.compute.push_back(std::move(row));
  }
  return {};
}

Result<> read_older(Context& context, const FieldReader& top, ProductData& product) {
  const YAML::Node list = top.at("older");
  if (!list.IsDefined()) return {};
  if (!list.IsSequence()) return top.complain("older", "must be a list");
  for (const YAML::Node& item : list) {
    const FieldReader row(context.document, item);
    TRY(row.keys({"below", "why", "memory_units", "gpu_slices", "gpu_instances"}));
    OlderData older;
    older.below = TRY(row.count("below", 9999));
    older.why = TRY(row.text("why"));
    if (!product.older.empty() && product.older.back().below >= older.below)
      return row.complain("below", "driver majors must ascend");
    older.geometry.units = {TRY(row.count("memory_units", kMostUnits)), Confidence::kRecorded};
    older.geometry.slices = {TRY(row.count("gpu_slices", 8)), Confidence::kRecorded};
    TRY(read_instances(context, row, older.geometry, product.one_compute_one_graphics));
    product.older.push_back(std::move(older));
  }
  return {};
}

Result<> read_head(Context& context, const FieldReader& top, ProductData& product) {
  product.id = TRY(top.text("product"));
  if (product.id != std::filesystem::path(product.file).stem().string())
    return top.complain("product", "must be the file's name without .yaml");
  product.architecture = TRY(top.text("architecture"));
  const std::set<std::string> architectures = {"Ampere", "Hopper", "Blackwell"};
  if (!architectures.contains(product.architecture))
    return top.complain("architecture", "must be Ampere, Hopper or Blackwell");
  product.architecture_name = TRY(top.optional_text("architecture_name"));
  if (product.architecture_name.empty()) product.architecture_name = product.architecture;
  product.chip = TRY(top.text("chip"));
  product.default_driver = TRY(top.text("default_driver"));
  product.one_compute_one_graphics = TRY(top.flag("one_compute_one_graphics"));
  product.estimated_from = TRY(top.optional_text("estimated_from"));
  product.note = TRY(top.optional_text("note"));
  TRY(read_boards(context, top, product));
  return read_compute_capability(context, top, product);
}

}  // namespace

Result<ProductData> read_product(const std::string& path) {
  const YamlDocument document = TRY(read_yaml_file(path));
  const FieldReader top(document, document.root);
  TRY(top.keys({"product", "boards", "architecture", "architecture_name", "chip",
                "compute_capability", "default_driver", "one_compute_one_graphics", "src", "facts",
                "estimated_from", "note", "gpu_instances", "compute_instances", "older",
                "sources"}));
  Context context{document, {}, {}};
  ProductData product;
  product.file = path;
  TRY(read_sources(context, top.at("sources"), product));
  TRY(read_head(context, top, product));
  TRY(read_facts(context, top, product));
  TRY(read_instances(context, top, product.geometry, product.one_compute_one_graphics));
  TRY(read_older(context, top, product));
  TRY(read_compute(context, top, product));
  if (auto whole = check_product(product); !whole) return top.complain(whole.error().what);
  for (const auto& [key, text] : product.sources) {
    if (!context.used_sources.contains(key))
      return top.complain("sources", "no value uses source " + key);
  }
  return product;
}

}  // namespace septet::embed
