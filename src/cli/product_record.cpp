#include "cli/product_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>

#include "base/json.h"

namespace septet::cli {
namespace {

using mig::Confidence;
using mig::Fact;
using mig::GpuInstanceProfile;

constexpr std::string_view kDriverAnswered = "driver";

// A JSON string is a YAML string; whatever a driver put into a name is escaped.
std::string quote(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string starts_text(std::uint16_t starts) {
  std::string list;
  for (unsigned start = 0; start < 16; ++start)
    if (((starts >> start) & 1u) != 0) list += (list.empty() ? "" : ", ") + std::to_string(start);
  return "[" + list + "]";
}

// A mapping in flow style with its `conf` and `estimate`.
class Row {
 public:
  explicit Row(Confidence standard) : standard_(standard) {}

  void plain(const std::string& field, const std::string& value) { add(fields_, field, value); }
  void qualified(const std::string& field, const std::string& conf_field, Confidence confidence,
                 const std::string& value) {
    if (confidence == Confidence::kUnknown || confidence == Confidence::kEstimated) {
      add(fields_, field, "unknown");
      if (confidence == Confidence::kEstimated) add(estimates_, field, value);
      return;
    }
    add(fields_, field, value);
    if (confidence != standard_ && confidences_.find(conf_field + ": ") == std::string::npos)
      add(confidences_, conf_field, std::string(mig::to_string(confidence)));
  }
  void fact(const std::string& field, const Fact& fact) {
    qualified(field, field, fact.confidence, std::to_string(fact.value));
  }
  void places(std::uint16_t starts, unsigned size, Confidence confidence) {
    qualified("starts", "placements", confidence, starts_text(starts));
    qualified("size", "placements", confidence, std::to_string(size));
  }
  bool estimated() const { return !estimates_.empty(); }
  std::string text(const std::string& sources) const {
    std::string text =
        "  - {" + fields_ + ",\n     conf: {default: " + std::string(mig::to_string(standard_)) +
        (confidences_.empty() ? "" : ", " + confidences_) + "}, src: [" + sources + "]";
    if (estimated()) text += ",\n     estimate: {" + estimates_ + "}";
    return text + "}\n";
  }

 private:
  static void add(std::string& to, const std::string& field, const std::string& value) {
    to += (to.empty() ? "" : ", ") + field + ": " + value;
  }
  Confidence standard_;
  std::string fields_, confidences_, estimates_;
};

class Recorder {
 public:
  Recorder(const mig::Node& node, const mig::Gpu& gpu)
      : node_(node), gpu_(gpu), geometry_(gpu.geometry->geometry) {
    const auto version = mig::parse_driver_version(node.driver_version);
    if (gpu.product != nullptr && version) tables_ = &gpu.product->geometry_at(*version);
  }

  std::string text(const std::string& id) {
    std::string text = head(id);  // in this order: tail() says what the others used
    text += facts();
    text += gpu_instances();
    text += compute_instances();
    return text + tail();
  }

 private:
  // What the driver answered; a simulated node's answer is worth what the tables' value is worth.
  Fact answered(const Fact& answer, const GpuInstanceProfile* row,
                Fact GpuInstanceProfile::*field) const {
    const bool same = row != nullptr && (row->*field).value == answer.value;
    if (node_.simulated && same) return row->*field;
    return {answer.value, Confidence::kRecorded};
  }

  std::string driver_source() const {
    return fmt::format("{}driver {} on {}, septet products record{}",
                       node_.simulated ? "SIMULATED " : "", node_.driver_version, gpu_.name,
                       node_.simulated ? ": the tables' own values, no hardware was asked" : "");
  }

  // The driver names no architecture here; the leading digits of the device id do.
  std::string_view architecture() const {
    if (gpu_.product != nullptr) {
      switch (gpu_.product->architecture) {
        case mig::Architecture::kAmpere: return "Ampere";
        case mig::Architecture::kHopper: return "Hopper";
        case mig::Architecture::kBlackwell: return "Blackwell";
      }
    }
    const std::uint32_t family = gpu_.pci_device_id >> 24;
    return family <= 0x20 ? "Ampere" : family <= 0x23 ? "Hopper" : "Blackwell";
  }

  std::string capability() {
    if (gpu_.product != nullptr && gpu_.product->cc_confidence > Confidence::kEstimated) {
      return fmt::format("{{value: \"{}.{}\", conf: documented}}", gpu_.product->cc_major,
                         gpu_.product->cc_minor);
    }
    estimated_ = true;
    const std::string_view family = architecture();
    const char* const guess = family == "Ampere" ? "8.0" : family == "Hopper" ? "9.0" : "10.0";
    return fmt::format("{{value: unknown, estimate: \"{}\"}}", guess);
  }

  std::string head(const std::string& id) {
    std::string text = fmt::format(
        "# {}, as its driver describes it. Compute profiles are told inside live GPU instances "
        "only:\n"
        "# create one of each profile before recording to have them from the driver as well.\n"
        "product: {}\nboards:\n  - {{name: {}, pci: {}}}\narchitecture: {}\nchip: {}\n",
        quote(gpu_.name), id, quote(gpu_.name),
        gpu_.pci_device_id != 0 ? fmt::format("{:#010x}", gpu_.pci_device_id) : "unknown",
        architecture(), quote(gpu_.product != nullptr ? gpu_.product->chip : "unknown"));
    if (gpu_.product != nullptr && gpu_.product->architecture_name != architecture())
      text += fmt::format("architecture_name: {}\n", quote(gpu_.product->architecture_name));
    text += "compute_capability: " + capability() + "\n";
    text += fmt::format("default_driver: {}\n", quote(node_.driver_version));
    if (geometry_.one_compute_one_graphics) text += "one_compute_one_graphics: true\n";
    return text + "src: [DRIVER]\n";
  }

  std::string fact_line(const char* name, const Fact& fact, const char* source) {
    if (fact.confidence == Confidence::kUnknown)
      return fmt::format("  {}: {{value: unknown}}\n", name);
    if (fact.confidence == Confidence::kEstimated) {
      estimated_ = true;
      return fmt::format("  {}: {{value: unknown, estimate: {}}}\n", name, fact.value);
    }
    return fmt::format("  {}: {{value: {}, conf: {}, src: [{}]}}\n", name, fact.value,
                       mig::to_string(fact.confidence), source);
  }
  std::string told(const char* name, std::optional<std::uint64_t> value, const Fact* table) {
    if (!value) return fact_line(name, {}, "DRIVER");
    Fact fact{static_cast<std::uint32_t>(*value), Confidence::kRecorded};
    if (node_.simulated && table != nullptr) fact.confidence = table->confidence;
    return fact_line(name, fact, "DRIVER");
  }

  std::string facts() {
    const mig::Product* product = gpu_.product;
    const auto table = [&](Fact mig::Product::*field) {
      return product != nullptr ? &(product->*field) : nullptr;
    };
    const Fact sms = product != nullptr ? product->total_sms : Fact{};
    used_tables_ = used_tables_ || sms.known();
    std::optional<std::uint64_t> watts;
    if (gpu_.power_limit_mw) watts = *gpu_.power_limit_mw / 1000;
    // Not told as such: the end of the last placement, the slices of the widest profile.
    const auto derived = [&](std::uint32_t value, const Fact* from) {
      return Fact{value, node_.simulated && from != nullptr && from->value == value
                             ? from->confidence
                             : Confidence::kDerived};
    };
    return "facts:\n" + fact_line("total_sms", sms, "TABLES") +
           told("memory_total_mib", gpu_.usage.memory_total_mib,
                table(&mig::Product::memory_total_mib)) +
           fact_line("memory_units", derived(geometry_.units, table(&mig::Product::units_fact)),
                     "DRIVER") +
           fact_line("gpu_slices", derived(geometry_.slices, table(&mig::Product::slices_fact)),
                     "DRIVER") +
           told("bar1_mib", gpu_.usage.bar1_total_mib, table(&mig::Product::bar1_mib)) +
           told("power_limit_w", watts, table(&mig::Product::power_limit_w)) +
           "  power_idle_w: {value: unknown}\n  sm_clock_mhz: {value: unknown}\n"
           "  memory_clock_mhz: {value: unknown}\n";
  }

  // Where no rule gives the GPU instance ids, the tables' own are stated.
  std::string stated_ids(const GpuInstanceProfile& profile) const {
    const unsigned parts = geometry_.units / std::max<unsigned>(profile.size, 1);
    bool ruled =
        parts * profile.size == geometry_.units && std::has_single_bit(parts) && parts <= 8;
    std::string ids;
    for (std::size_t start = 0; start < profile.gi_id_normal.size(); ++start) {
      if (((profile.starts >> start) & 1u) == 0) continue;
      ruled = ruled && start % profile.size == 0;
      if (profile.gi_id_normal[start] != 0xff)
        ids += fmt::format("{}{}: {}", ids.empty() ? "" : ", ", start, profile.gi_id_normal[start]);
    }
    return ruled ? std::string() : "{" + ids + "}";
  }

  std::string gpu_instances() {
    std::string text = "gpu_instances:\n";
    for (const GpuInstanceProfile& profile : geometry_.profiles) {
      const auto* table = tables_ != nullptr ? tables_->find_id(profile.id) : nullptr;
      const bool tables_worth = node_.simulated && table != nullptr;
      Row row(Confidence::kRecorded);
      row.plain("name", quote(profile.name));
      row.qualified("id", "id", tables_worth ? table->id_confidence : Confidence::kRecorded,
                    std::to_string(profile.id));
      row.qualified("enum", "enum", tables_worth ? table->enum_confidence : Confidence::kRecorded,
                    std::to_string(profile.nvml_enum));
      row.plain("slices", std::to_string(profile.slices));
      row.places(profile.starts, profile.size,
                 tables_worth ? table->placement_confidence : Confidence::kRecorded);
      const auto number = [&](const char* name, Fact GpuInstanceProfile::*field) {
        row.fact(name, answered(profile.*field, table, field));
      };
      number("max", &GpuInstanceProfile::max);
      number("mem_mib", &GpuInstanceProfile::memory_mib);
      number("sm", &GpuInstanceProfile::sm);
      number("ce", &GpuInstanceProfile::ce);
      number("dec", &GpuInstanceProfile::dec);
      number("enc", &GpuInstanceProfile::enc);
      number("jpg", &GpuInstanceProfile::jpg);
      number("ofa", &GpuInstanceProfile::ofa);
      if (const auto ids = stated_ids(profile); !ids.empty()) row.plain("gi_ids", ids);
      estimated_ = estimated_ || row.estimated();
      text += row.text("DRIVER");
    }
    return text;
  }

  std::string compute_row(const GpuInstanceProfile& profile,
                          const mig::ComputeInstanceProfile& compute) {
    const bool from_driver = compute.sources == kDriverAnswered && !node_.simulated;
    used_tables_ = used_tables_ || !from_driver;
    Row row(from_driver ? Confidence::kRecorded : Confidence::kDerived);
    row.plain("gi", quote(profile.name));
    row.plain("name", quote(compute.name));
    row.plain("id", std::to_string(compute.id));
    row.plain("slices", std::to_string(compute.slices));
    row.fact("sm", compute.sm);
    row.fact("max", compute.max);
    row.places(compute.starts, compute.size, compute.placement_confidence);
    row.plain("default", compute.is_default ? "true" : "false");
    estimated_ = estimated_ || row.estimated();
    return row.text(from_driver ? "DRIVER" : "TABLES");
  }

  // A board that is not in the tables and has no live instance: the one compute instance that fills
  // the GPU instance is certain, its id is the driver's numbering by slices.
  static std::string assumed_row(const GpuInstanceProfile& profile) {
    const std::uint8_t by_slices[] = {0, 0, 1, 2, 3, 3, 6, 4, 5};
    Row row(Confidence::kDerived);
    row.plain("gi", quote(profile.name));
    row.plain("name", quote(profile.name));
    row.plain("id", std::to_string(by_slices[std::min<std::size_t>(profile.slices, 8)]));
    row.plain("slices", std::to_string(profile.slices));
    row.fact("sm", {profile.sm.value, Confidence::kDerived});
    row.fact("max", {1, Confidence::kDerived});
    row.places(1, profile.slices, Confidence::kDerived);
    row.plain("default", "true");
    return row.text("DRIVER");
  }

  std::string compute_instances() {
    std::string text = "compute_instances:\n";
    for (const GpuInstanceProfile& profile : geometry_.profiles) {
      if (profile.compute.empty()) text += assumed_row(profile);
      for (const auto& compute : profile.compute) text += compute_row(profile, compute);
    }
    return text;
  }

  std::string tail() const {
    std::string text;
    if (estimated_)
      text += "estimated_from: \"the product tables, where neither driver nor recording says\"\n";
    text += "sources:\n  DRIVER: " + quote(driver_source()) + "\n";
    if (used_tables_)
      text += "  TABLES: \"septet's product tables; this driver was not asked or did not tell\"\n";
    return text;
  }

  const mig::Node& node_;
  const mig::Gpu& gpu_;
  const mig::Geometry& geometry_;
  const mig::Geometry* tables_ = nullptr;
  bool estimated_ = false, used_tables_ = false;
};

}  // namespace

std::vector<const mig::Gpu*> distinct_boards(const mig::Node& node) {
  std::vector<const mig::Gpu*> boards;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.geometry == nullptr) continue;
    const bool seen = std::ranges::any_of(boards, [&](const mig::Gpu* other) {
      return other->pci_device_id == gpu.pci_device_id && other->name == gpu.name;
    });
    if (!seen) boards.push_back(&gpu);
  }
  return boards;
}

std::string record_id(const mig::Gpu& gpu) {
  if (gpu.product != nullptr) return std::string(gpu.product->id);
  std::string_view name = gpu.name;
  if (name.starts_with("NVIDIA ")) name.remove_prefix(7);
  std::string id;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      id += static_cast<char>(std::tolower(byte));
    } else if (!id.empty() && !id.ends_with('-')) {
      id += '-';
    }
  }
  while (id.ends_with('-')) id.pop_back();
  return id.empty() ? "unnamed" : id;
}

Result<std::string> record_product(const mig::Node& node, const mig::Gpu& gpu,
                                   const std::string& id) {
  if (gpu.geometry == nullptr) {
    return fail(Code::kNotSupported,
                fmt::format("GPU {}, {}, cannot be cut into instances", gpu.index, gpu.name));
  }
  for (const GpuInstanceProfile& profile : gpu.geometry->geometry.profiles) {
    if (profile.sources == kDriverAnswered && profile.starts != 0) continue;
    return fail(Code::kNoPermission,
                fmt::format("the driver does not tell where {} may stand on GPU {}", profile.name,
                            gpu.index),
                "run as root: placements are told to the privileged only");
  }
  return Recorder(node, gpu).text(id);
}

}  // namespace septet::cli
