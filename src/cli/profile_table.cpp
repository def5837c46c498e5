#include "cli/profile_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace septet::cli {
namespace {

using mig::Confidence;
using mig::GpuInstanceProfile;

constexpr std::array<ProfileField, 8> kFields = {{
    {"max", &GpuInstanceProfile::max},
    {"memory", &GpuInstanceProfile::memory_mib},
    {"sm", &GpuInstanceProfile::sm},
    {"ce", &GpuInstanceProfile::ce},
    {"dec", &GpuInstanceProfile::dec},
    {"enc", &GpuInstanceProfile::enc},
    {"jpg", &GpuInstanceProfile::jpg},
    {"ofa", &GpuInstanceProfile::ofa},
}};

// An estimate is to a reader of tables what nobody knows.
std::string_view word(Confidence confidence) {
  return confidence == Confidence::kEstimated ? "unknown" : mig::to_string(confidence);
}

std::vector<std::pair<std::string, Confidence>> confidences(const Subject& subject,
                                                            const GpuInstanceProfile& profile) {
  std::vector<std::pair<std::string, Confidence>> all = {
      {"id", subject.judged_id(profile)}, {"placements", subject.judged_placement(profile)}};
  for (const ProfileField& field : kFields)
    all.emplace_back(field.name, subject.judged(profile, field.field).confidence);
  return all;
}

// Columns are as wide as their widest cell; the last is not padded.
std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i + 1 == row.size()) {
        text += row[i];
      } else {
        text += fmt::format("{:<{}}  ", row[i], widths[i]);
      }
    }
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  return text;
}

std::string instances_text(const Subject& subject, const GpuInstanceProfile& profile,
                           const FreeCount& free) {
  std::string total =
      fact_text(subject.judged(profile, &GpuInstanceProfile::max), subject.audience);
  if (!free) return total;
  const auto now = free(profile);
  return fmt::format("{}/{}", now ? std::to_string(*now) : "-", total);
}

std::string shown(const Subject& subject, const GpuInstanceProfile& profile,
                  mig::Fact GpuInstanceProfile::*field) {
  return fact_text(subject.judged(profile, field), subject.audience);
}

Json compute_json(const mig::ComputeInstanceProfile& compute) {
  Json json;
  json["name"] = compute.name;
  json["id"] = compute.id;
  json["slices"] = compute.slices;
  json["default"] = compute.is_default;
  json["sm"] = fact_json(compute.sm);
  json["max"] = fact_json(compute.max);
  json["starts"] = Json::array();
  for (unsigned start = 0; start < 16; ++start)
    if (((compute.starts >> start) & 1u) != 0) json["starts"].push_back(start);
  json["size"] = compute.size;
  json["placement_confidence"] = word(compute.placement_confidence);
  json["sources"] = compute.sources;
  return json;
}

Json profile_json(const Subject& subject, const GpuInstanceProfile& profile,
                  const FreeCount& free) {
  Json json;
  json["name"] = profile.name;
  json["id"] = fact_json({profile.id, subject.judged_id(profile)});
  json["nvml_enum"] = profile.nvml_enum;
  json["slices"] = profile.slices;
  json["starts"] = Json::array();
  for (unsigned start = 0; start < 16; ++start)
    if (((profile.starts >> start) & 1u) != 0) json["starts"].push_back(start);
  json["size"] = profile.size;
  json["placement_confidence"] = word(subject.judged_placement(profile));
  for (const ProfileField& field : kFields) {
    const std::string key = std::string(field.name) == "memory" ? "memory_mib" : field.name;
    json[key] = fact_json(subject.judged(profile, field.field));
  }
  if (free) {
    const auto now = free(profile);
    json["free"] = now ? Json(*now) : Json();
  }
  json["sources"] = profile.sources;
  if (!profile.note.empty()) json["note"] = profile.note;
  json["compute"] = Json::array();
  for (const auto& compute : profile.compute) json["compute"].push_back(compute_json(compute));
  return json;
}

}  // namespace

std::span<const ProfileField> profile_fields() { return kFields; }

std::string confidence_text(const Subject& subject, const GpuInstanceProfile& profile) {
  const auto all = confidences(subject, profile);
  std::map<std::string_view, int> counts;
  for (const auto& [name, confidence] : all) ++counts[word(confidence)];
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
  std::map<std::string_view, std::string> others;
  for (const auto& [name, confidence] : all) {
    if (word(confidence) == most) continue;
    std::string& names = others[word(confidence)];
    names += (names.empty() ? "" : ",") + name;
  }
  std::string text(most);
  for (const auto& [confidence, names] : others) text += fmt::format("; {} {}", names, confidence);
  return text;
}

std::string profile_table(const Subject& subject, const FreeCount& free) {
  std::vector<std::vector<std::string>> rows = {{"PROFILE", "ID", free ? "FREE/TOTAL" : "MAX",
                                                 "SLICES", "MEMORY GiB", "SM", "CE", "DEC", "ENC",
                                                 "JPG", "OFA", "PLACEMENTS", "CONFIDENCE"}};
  for (const GpuInstanceProfile& profile : subject.geometry->profiles) {
    const auto cell = [&](mig::Fact GpuInstanceProfile::*field) {
      return shown(subject, profile, field);
    };
    rows.push_back(
        {std::string(profile.name),
         fact_text({profile.id, subject.judged_id(profile)}, subject.audience),
         instances_text(subject, profile, free), std::to_string(profile.slices),
         memory_text(subject.judged(profile, &GpuInstanceProfile::memory_mib), subject.audience),
         cell(&GpuInstanceProfile::sm), cell(&GpuInstanceProfile::ce),
         cell(&GpuInstanceProfile::dec), cell(&GpuInstanceProfile::enc),
         cell(&GpuInstanceProfile::jpg), cell(&GpuInstanceProfile::ofa),
         fact_text(subject.judged_placement(profile), placements_text(profile.starts, profile.size),
                   subject.audience),
         confidence_text(subject, profile)});
  }
  return align(rows);
}

std::string compute_table(const Subject& subject) {
  std::vector<std::vector<std::string>> rows = {
      {"GPU INSTANCE", "COMPUTE INSTANCE", "ID", "MAX", "SLICES", "SM", "PLACEMENTS", "DEFAULT"}};
  for (const GpuInstanceProfile& profile : subject.geometry->profiles) {
    for (const auto& compute : profile.compute) {
      rows.push_back({std::string(profile.name), std::string(compute.name),
                      std::to_string(compute.id), fact_text(compute.max, subject.audience),
                      std::to_string(compute.slices), fact_text(compute.sm, subject.audience),
                      fact_text(compute.placement_confidence,
                                placements_text(compute.starts, compute.size), subject.audience),
                      compute.is_default ? "*" : ""});
    }
  }
  return align(rows);
}

Json profiles_json(const Subject& subject, const FreeCount& free) {
  Json list = Json::array();
  for (const GpuInstanceProfile& profile : subject.geometry->profiles)
    list.push_back(profile_json(subject, profile, free));
  return list;
}

}  // namespace septet::cli
