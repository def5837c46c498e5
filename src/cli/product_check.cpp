#include "cli/product_check.h"

#include <fmt/format.h>

#include "cli/fact_text.h"

namespace septet::cli {
namespace {

using mig::Confidence;
using mig::Fact;
using mig::GpuInstanceProfile;

constexpr std::string_view kAnswered = "driver";

class Comparer {
 public:
  Comparer(const mig::Node& node, const mig::Gpu& gpu) : simulated_(node.simulated) {
    out_.gpu = gpu.index;
    out_.name = gpu.name;
  }

  void value(const std::string& subject, const char* field, Confidence confidence,
             const std::string& tables, const std::string& driver, std::string_view sources,
             std::string_view note = {}) {
    ++out_.compared;
    const bool known = confidence > Confidence::kEstimated;
    if (known && tables == driver) return;
    if (!known && simulated_ && tables == driver) return;  // its own estimate, told back
    Finding finding{
        subject, field, known ? tables : "unknown", driver, confidence, std::string(sources), ""};
    if (note.find(driver) != std::string_view::npos) finding.note = note;
    (known ? out_.differences : out_.news).push_back(std::move(finding));
  }

  void fact(const std::string& subject, const char* field, const Fact& tables, std::uint32_t driver,
            std::string_view sources) {
    value(subject, field, tables.confidence, std::to_string(tables.value), std::to_string(driver),
          sources);
  }

  void profiles(const mig::Geometry& tables, const mig::Geometry& driver) {
    for (const GpuInstanceProfile& answer : driver.profiles) {
      if (const auto* row = tables.find_id(answer.id)) {
        profile(*row, answer);
        continue;
      }
      ++out_.compared;
      out_.differences.push_back({std::string(answer.name), fmt::format("profile id {}", answer.id),
                                  "no such profile", "there is one", Confidence::kUnknown, "", ""});
    }
    for (const GpuInstanceProfile& row : tables.profiles) {
      if (driver.find_id(row.id) != nullptr) continue;
      ++out_.compared;
      out_.differences.push_back({std::string(row.name), fmt::format("profile id {}", row.id),
                                  "there is one", "no such profile", row.id_confidence,
                                  std::string(row.sources), ""});
    }
  }

  Comparison out_;

 private:
  void profile(const GpuInstanceProfile& row, const GpuInstanceProfile& answer) {
    const std::string name(answer.name);
    // A row whose id is an estimate has a documented name all the same.
    value(name, "name", Confidence::kDocumented, std::string(row.name), name, row.sources);
    value(name, "id", row.id_confidence, std::to_string(row.id), std::to_string(answer.id),
          row.sources);
    value(name, "NVML enum", row.enum_confidence, std::to_string(row.nvml_enum),
          std::to_string(answer.nvml_enum), row.sources);
    if (answer.sources == kAnswered) {
      value(name, "placements", row.placement_confidence, placements_text(row.starts, row.size),
            placements_text(answer.starts, answer.size), row.sources);
    }
    value(name, "memory GiB", row.memory_mib.confidence, mig::gib_text(row.memory_mib.value),
          mig::gib_text(answer.memory_mib.value), row.sources, row.note);
    const auto number = [&](const char* field, Fact GpuInstanceProfile::*which) {
      fact(name, field, row.*which, (answer.*which).value, row.sources);
    };
    number("instances at most", &GpuInstanceProfile::max);
    number("SMs", &GpuInstanceProfile::sm);
    number("copy engines", &GpuInstanceProfile::ce);
    number("decoders", &GpuInstanceProfile::dec);
    number("encoders", &GpuInstanceProfile::enc);
    number("JPEG engines", &GpuInstanceProfile::jpg);
    number("optical flow engines", &GpuInstanceProfile::ofa);
    for (const auto& compute : answer.compute)
      if (compute.sources == kAnswered) compute_profile(row, compute);
  }

  void compute_profile(const GpuInstanceProfile& row, const mig::ComputeInstanceProfile& answer) {
    const std::string name = fmt::format("{} in {}", answer.name, row.name);
    const auto* known = row.find_compute(answer.id);
    if (known == nullptr) {
      ++out_.compared;
      out_.differences.push_back({name, fmt::format("compute profile id {}", answer.id),
                                  "no such profile", "there is one", Confidence::kUnknown, "", ""});
      return;
    }
    fact(name, "SMs", known->sm, answer.sm.value, known->sources);
    fact(name, "instances at most", known->max, answer.max.value, known->sources);
    if (answer.placement_confidence != Confidence::kRecorded) return;
    value(name, "placements", known->placement_confidence,
          placements_text(known->starts, known->size), placements_text(answer.starts, answer.size),
          known->sources);
  }

  bool simulated_;
};

Json finding_json(const Finding& finding) {
  Json json;
  json["subject"] = finding.subject;
  json["field"] = finding.field;
  json["tables"] = finding.tables;
  json["driver"] = finding.driver;
  json["confidence"] = mig::to_string(finding.confidence);
  json["sources"] = finding.sources;
  if (!finding.note.empty()) json["note"] = finding.note;
  return json;
}

}  // namespace

Comparison compare_with_tables(const mig::Node& node, const mig::Gpu& gpu) {
  Comparer comparer(node, gpu);
  if (gpu.product == nullptr || gpu.geometry == nullptr) return comparer.out_;
  const mig::Product& product = *gpu.product;
  comparer.out_.product = product.id;
  const auto version = mig::parse_driver_version(node.driver_version);
  const mig::Geometry& tables = version ? product.geometry_at(*version) : product.geometry;
  if (gpu.usage.memory_total_mib) {
    comparer.fact("the board", "memory MiB", product.memory_total_mib,
                  static_cast<std::uint32_t>(*gpu.usage.memory_total_mib), product.fact_sources);
  }
  comparer.profiles(tables, gpu.geometry->geometry);
  return std::move(comparer.out_);
}

std::string to_string(const Finding& finding) {
  if (finding.tables == "unknown") {
    return fmt::format("{}, {}: the driver knows: {}", finding.subject, finding.field,
                       finding.driver);
  }
  std::string text =
      fmt::format("{}, {}: the tables say {}", finding.subject, finding.field, finding.tables);
  if (!finding.sources.empty())
    text += fmt::format(" ({}, from {})", mig::to_string(finding.confidence), finding.sources);
  text += fmt::format(", the driver says {}", finding.driver);
  if (!finding.note.empty()) text += fmt::format(" [{}]", finding.note);
  return text;
}

Json to_json(const Comparison& comparison) {
  Json json;
  json["gpu"] = comparison.gpu;
  json["name"] = comparison.name;
  json["product"] = comparison.product.empty() ? Json() : Json(comparison.product);
  json["compared"] = comparison.compared;
  json["differences"] = Json::array();
  json["news"] = Json::array();
  for (const Finding& finding : comparison.differences)
    json["differences"].push_back(finding_json(finding));
  for (const Finding& finding : comparison.news) json["news"].push_back(finding_json(finding));
  return json;
}

}  // namespace septet::cli
