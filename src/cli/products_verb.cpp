// septet products — the GPU products septet knows, how well, and how a driver compares.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "cli/command_line.h"
#include "cli/product_check.h"
#include "cli/product_record.h"
#include "cli/profile_table.h"
#include "cli/subject.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

struct ProductsOptions {
  std::string product, output;
  bool json = false;
};

// How much of what the profiles' listing shows is known, and how.
struct Standing {
  unsigned values = 0, recorded = 0, documented = 0, derived = 0, unknown = 0;
  void count(mig::Confidence confidence) {
    ++values;
    switch (confidence) {
      case mig::Confidence::kRecorded: ++recorded; return;
      case mig::Confidence::kDocumented: ++documented; return;
      case mig::Confidence::kDerived: ++derived; return;
      case mig::Confidence::kEstimated:
      case mig::Confidence::kUnknown: ++unknown; return;
    }
  }
};

Standing standing_of(const mig::Product& product) {
  Standing standing;
  for (const mig::GpuInstanceProfile& profile : product.geometry.profiles) {
    standing.count(profile.id_confidence);
    standing.count(profile.placement_confidence);
    for (const ProfileField& field : profile_fields())
      standing.count((profile.*field.field).confidence);
  }
  return standing;
}

std::string standing_text(const Standing& standing) {
  const auto percent = [&](unsigned part) {
    return (100 * part + standing.values / 2) / standing.values;
  };
  std::string text;
  const auto add = [&](unsigned part, const char* what) {
    if (part != 0) text += fmt::format("{}{}% {}", text.empty() ? "" : ", ", percent(part), what);
  };
  add(standing.recorded, "recorded");
  add(standing.documented, "documented");
  add(standing.derived, "derived");
  add(standing.unknown, "unknown");
  return text;
}

std::string total_gib(const mig::Product& product) {
  return memory_text(product.memory_total_mib, Audience::kTables);
}

void print_list() {
  fmt::print("{:<28} {:<10} {:>6} {:>6} {:>10}  {:<50} {}\n", "PRODUCT", "ARCH", "SLICES", "UNITS",
             "MEMORY GiB", "CONFIDENCE", "BOARDS");
  for (const mig::Product& product : mig::products()) {
    std::string boards(product.boards.front().name);
    if (product.boards.size() > 1) boards += fmt::format(" and {} more", product.boards.size() - 1);
    const char* const architecture = product.architecture == mig::Architecture::kAmpere ? "Ampere"
                                     : product.architecture == mig::Architecture::kHopper
                                         ? "Hopper"
                                         : "Blackwell";
    fmt::print("{:<28} {:<10} {:>6} {:>6} {:>10}  {:<50} {}\n", product.id, architecture,
               fact_text(product.slices_fact, Audience::kTables),
               fact_text(product.units_fact, Audience::kTables), total_gib(product),
               standing_text(standing_of(product)), boards);
  }
  fmt::print("\n{} products; septet products --product ID says more, with sources\n",
             mig::products().size());
}

std::string board_line(const mig::Board& board) {
  const std::string pci = fact_text(
      board.pci_confidence, fmt::format("{:#010x}", board.pci_device_id), Audience::kTables);
  return fmt::format("{} (PCI device id {})", board.name, pci);
}

void print_facts(const mig::Product& product) {
  const auto line = [](const char* what, const mig::Fact& fact, const char* unit) {
    const std::string how =
        fact.known() ? fmt::format("  ({})", mig::to_string(fact.confidence)) : "";
    fmt::print("  {:<18} {}{}{}\n", what, fact_text(fact, Audience::kTables),
               fact.known() ? unit : "", how);
  };
  const std::string capability =
      fact_text(product.cc_confidence, fmt::format("{}.{}", product.cc_major, product.cc_minor),
                Audience::kTables);
  fmt::print("{}: {}, {}, compute capability {}\n", product.id, product.architecture_name,
             product.chip, capability);
  for (const mig::Board& board : product.boards) fmt::print("  {}\n", board_line(board));
  fmt::print("\n");
  line("compute slices", product.slices_fact, "");
  line("memory units", product.units_fact, "");
  line("memory", product.memory_total_mib, " MiB");
  line("SMs", product.total_sms, "");
  line("power limit", product.power_limit_w, " W");
  line("idle power", product.power_idle_w, " W");
  line("SM clock", product.sm_clock_mhz, " MHz");
  line("memory clock", product.memory_clock_mhz, " MHz");
  line("BAR1", product.bar1_mib, " MiB");
  fmt::print("  {:<18} {}\n\n", "simulated driver", product.default_driver);
}

Result<int> print_details(const mig::Product& product) {
  print_facts(product);
  const auto subject = TRY(subject_of_product(product, ""));
  fmt::print("{}", profile_table(subject, {}));
  for (const mig::GpuInstanceProfile& profile : product.geometry.profiles)
    if (!profile.note.empty()) fmt::print("  {}: {}\n", profile.name, profile.note);
  for (const mig::OlderGeometry& older : product.older) {
    fmt::print("\nbelow driver {}: {} profiles on {} memory units. {}\n", older.before_major,
               older.geometry.profiles.size(), older.geometry.units, older.why);
  }
  fmt::print("\nsources\n");
  for (const mig::Source& source : product.sources)
    fmt::print("  {:<10} {}\n", source.key, source.text);
  for (const mig::GpuInstanceProfile& profile : product.geometry.profiles)
    fmt::print("  {:<16} from {}\n", profile.name, profile.sources);
  fmt::print("  {:<16} from {}\n", "the board", product.fact_sources);
  if (!product.note.empty()) fmt::print("\nnote: {}\n", product.note);
  if (!product.estimated_from.empty())
    fmt::print("\na simulated node estimates (~) where this says unknown: {}\n",
               product.estimated_from);
  return 0;
}

Json board_json(const mig::Board& board) {
  Json json;
  json["name"] = board.name == "unknown" ? Json() : Json(board.name);
  json["pci_device_id"] = board.pci_confidence > mig::Confidence::kEstimated
                              ? Json(fmt::format("{:#010x}", board.pci_device_id))
                              : Json();
  return json;
}

Result<Json> product_json(const mig::Product& product, bool details) {
  Json json;
  json["id"] = product.id;
  json["boards"] = Json::array();
  for (const mig::Board& board : product.boards) json["boards"].push_back(board_json(board));
  json["architecture"] = product.architecture_name;
  json["chip"] = product.chip;
  json["slices"] = fact_json(product.slices_fact);
  json["memory_units"] = fact_json(product.units_fact);
  json["memory_total_mib"] = fact_json(product.memory_total_mib);
  json["total_sms"] = fact_json(product.total_sms);
  const Standing standing = standing_of(product);
  json["values"] = {{"all", standing.values},
                    {"recorded", standing.recorded},
                    {"documented", standing.documented},
                    {"derived", standing.derived},
                    {"unknown", standing.unknown}};
  if (!details) return json;
  json["power_limit_w"] = fact_json(product.power_limit_w);
  json["power_idle_w"] = fact_json(product.power_idle_w);
  json["sm_clock_mhz"] = fact_json(product.sm_clock_mhz);
  json["memory_clock_mhz"] = fact_json(product.memory_clock_mhz);
  json["bar1_mib"] = fact_json(product.bar1_mib);
  json["default_driver"] = product.default_driver;
  const auto subject = TRY(subject_of_product(product, ""));
  json["profiles"] = profiles_json(subject, {});
  json["fact_sources"] = product.fact_sources;
  for (const mig::Source& source : product.sources)
    json["sources"][std::string(source.key)] = source.text;
  json["note"] = product.note;
  json["estimated_from"] = product.estimated_from;
  return json;
}

Result<int> show(const ProductsOptions& options) {
  if (!options.product.empty()) {
    const auto* product = TRY(product_named(options.product));
    if (!options.json) return print_details(*product);
    const auto json = TRY(product_json(*product, true));
    fmt::print("{}", to_text(json));
    return 0;
  }
  if (!options.json) {
    print_list();
    return 0;
  }
  Json list = Json::array();
  for (const mig::Product& product : mig::products()) {
    auto json = TRY(product_json(product, false));
    list.push_back(std::move(json));
  }
  fmt::print("{}", to_text(list));
  return 0;
}

Result<> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return {};
  return fail(Code::kUnavailable, fmt::format("write {} failed", path.string()),
              "check that the folder exists and may be written");
}

Result<int> record(const Globals& globals, const ProductsOptions& options) {
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  const auto boards = distinct_boards(node);
  if (boards.empty())
    return fail(Code::kNotSupported, "no GPU here can be cut into instances",
                "septet status shows them");
  std::error_code ignored;
  const std::filesystem::path output = options.output;
  const bool folder = std::filesystem::is_directory(output, ignored);
  if (boards.size() > 1 && !folder && !options.output.empty()) {
    return fail(Code::kInvalidArgument,
                fmt::format("the node has {} kinds of boards, one file each", boards.size()),
                "name an existing folder: --output DIRECTORY");
  }
  for (const mig::Gpu* gpu : boards) {
    const bool named = !options.output.empty() && !folder;
    const std::string id = named ? output.stem().string() : record_id(*gpu);
    const std::string text = TRY(record_product(node, *gpu, id));
    if (options.output.empty()) {
      fmt::print("{}", text);
      continue;
    }
    const auto path = folder ? output / (id + ".yaml") : output;
    TRY(write_file(path, text));
    fmt::print("recorded GPU {}, {}, in {}{}\n", gpu->index, gpu->name, path.string(),
               node.simulated ? " (SIMULATED: says nothing about hardware)" : "");
  }
  return 0;
}

void print_comparison(const Comparison& comparison) {
  fmt::print("GPU {}, {}: ", comparison.gpu, comparison.name);
  if (comparison.product.empty()) {
    fmt::print("not in the tables; septet products record writes it down\n");
    return;
  }
  const auto count = comparison.differences.size();
  fmt::print("{} values compared with {}, ", comparison.compared, comparison.product);
  fmt::print("{}\n", count == 0 ? "no difference" : fmt::format("{} differ", count));
  for (const Finding& finding : comparison.differences) fmt::print("  ! {}\n", to_string(finding));
  for (const Finding& finding : comparison.news) fmt::print("  + {}\n", to_string(finding));
}

Result<int> check(const Globals& globals, const ProductsOptions& options) {
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  Json list = Json::array();
  bool differ = false, checked = false;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.geometry == nullptr) continue;
    checked = true;
    const Comparison comparison = compare_with_tables(node, gpu);
    differ = differ || !comparison.differences.empty();
    if (options.json) {
      list.push_back(to_json(comparison));
    } else {
      print_comparison(comparison);
    }
  }
  if (!checked)
    return fail(Code::kNotSupported, "no GPU here can be cut into instances",
                "septet status shows them");
  if (options.json) fmt::print("{}", to_text(list));
  if (!options.json && node.simulated)
    fmt::print("SIMULATED: the node answers from the same tables; only a real driver is a proof\n");
  return differ ? 1 : 0;
}

Result<int> run_products(const Globals& globals, const std::vector<std::string>& arguments) {
  ProductsOptions options;
  options.json = globals.json;
  CommandLine line("the GPU products septet knows, each value with its confidence and source",
                   "septet products");
  line.option("-p,--product", options.product, "everything about this one");
  line.flag("--json", options.json, "for programs");
  auto& record_line = line.subcommand("record", "write a product file from a driver, read-only");
  record_line.option("-o,--output", options.output,
                     "the file, or a folder for one file per kind of board (default: print)");
  auto& check_line =
      line.subcommand("check", "compare a driver with the tables; 1 when they differ");
  check_line.flag("--json", options.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;

  if (record_line.parsed()) return record(globals, options);
  if (check_line.parsed()) return check(globals, options);
  return show(options);
}

}  // namespace

extern const Verb kProducts{"products", "the GPU products septet knows, and how a driver compares",
                            run_products};

}  // namespace septet::cli
