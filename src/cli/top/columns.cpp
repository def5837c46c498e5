#include "cli/top/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

namespace septet::cli::top {

namespace {

constexpr std::array<ColumnFacts, 10> kColumns = {{
    {Column::kGpu, "GPU", "gpu", 'G', true, false},
    {Column::kInstance, "GI/CI", "instance", 'I', false, false},
    {Column::kProfile, "PROFILE", "profile", 'P', false, false},
    {Column::kPlace, "AT", "place", 'L', true, false},
    {Column::kMemory, "MEMORY GiB", "memory", 'M', true, true},
    {Column::kSm, "SM%", "sm", 'S', true, true},
    {Column::kBandwidth, "BW%", "bandwidth", 'B', true, true},
    {Column::kPower, "POWER", "power", 'W', true, true},
    {Column::kHealth, "HEALTH", "health", 'H', false, false},
    {Column::kTenant, "TENANT", "tenant", 'T', false, false},
}};

std::string gib(std::uint64_t mib) {
  return fmt::format("{:.1f}", static_cast<double>(mib) / 1024.0);
}

std::string percent_cell(const std::optional<std::uint32_t>& value) {
  return value ? std::to_string(*value) : "n/a";
}

std::string power_cell(const Row& row) {
  if (!row.power_mw) return "n/a";
  return fmt::format("{}{:.0f}W", row.power_estimated ? "~" : "", *row.power_mw / 1000.0);
}

std::string instance_cell(const Row& row) {
  if (!row.gpu_instance) return "";
  return fmt::format("{}/{}", *row.gpu_instance,
                     row.compute_instance ? std::to_string(*row.compute_instance) : "-");
}

// "1g.10gb+me.all" as "1g+me.all" where it does not fit: a cut name would read as another profile.
std::string profile_cell(const std::string& name, unsigned width) {
  const auto gb = name.find("gb");
  const auto dot = gb == std::string::npos ? gb : name.rfind('.', gb);
  if (name.size() <= width || dot == std::string::npos) return name;
  return name.substr(0, dot) + name.substr(gb + 2);
}

// nullopt: not known, or no such thing.
std::optional<double> number_in(const Row& row, Column column) {
  const auto number = [](const auto& value) -> std::optional<double> {
    if (!value) return std::nullopt;
    return static_cast<double>(*value);
  };
  switch (column) {
    case Column::kGpu: return row.gpu;
    case Column::kInstance:
      if (!row.gpu_instance) return std::nullopt;
      return *row.gpu_instance * 64.0 + row.compute_instance.value_or(0);
    case Column::kPlace: return row.place ? std::optional<double>(row.place->start) : std::nullopt;
    case Column::kMemory: return number(row.memory_used_mib);
    case Column::kSm: return number(row.sm_percent);
    case Column::kBandwidth: return number(row.memory_percent);
    case Column::kPower: return row.power_mw;
    case Column::kHealth:  // the ill first
      if (row.health.level == HealthLevel::kUnknown) return std::nullopt;
      return -static_cast<double>(std::to_underlying(row.health.level));
    case Column::kProfile:
    case Column::kTenant: return std::nullopt;
  }
  return std::nullopt;
}

std::string_view letters_in(const Row& row, Column column) {
  if (column == Column::kProfile) return row.profile;
  return row.kind == RowKind::kInstance || row.kind == RowKind::kWholeGpu
             ? std::string_view(row.tenant)
             : std::string_view();
}

auto where(const Row& row) {
  return std::tuple(row.gpu, row.place ? row.place->start : 0, row.gpu_instance.value_or(0),
                    row.compute_instance.value_or(0), row.kind);
}

}  // namespace

std::span<const ColumnFacts> columns() { return kColumns; }

const ColumnFacts& facts_of(Column column) { return kColumns.at(std::to_underlying(column)); }

std::optional<Column> column_named(std::string_view word) {
  const auto found = std::ranges::find(kColumns, word, &ColumnFacts::word);
  if (found == kColumns.end()) return std::nullopt;
  return found->column;
}

std::string place_text(mig::Placement at) { return fmt::format("{}:{}", at.start, at.size); }

std::string memory_text(const Row& row) {
  if (!row.memory_used_mib && !row.memory_total_mib) return "n/a";
  return fmt::format("{}/{}{}", row.memory_used_mib ? gib(*row.memory_used_mib) : "?",
                     row.memory_estimated ? "~" : "",
                     row.memory_total_mib ? gib(*row.memory_total_mib) : "?");
}

std::string cell_text(const Row& row, Column column, unsigned width) {
  const bool away = row.kind == RowKind::kUnreadable;
  switch (column) {
    case Column::kGpu: return std::to_string(row.gpu);
    case Column::kInstance: return instance_cell(row);
    case Column::kProfile: return profile_cell(row.profile, width);
    case Column::kPlace: return row.place ? place_text(*row.place) : "";
    case Column::kMemory: return !row.measured() || away ? "" : memory_text(row);
    case Column::kSm: return !row.measured() || away ? "" : percent_cell(row.sm_percent);
    case Column::kBandwidth: return !row.measured() || away ? "" : percent_cell(row.memory_percent);
    case Column::kPower: return !row.measured() || away ? "" : power_cell(row);
    case Column::kHealth: return row.health.text;
    case Column::kTenant: return row.tenant;
  }
  return "";
}

bool before(const Row& a, const Row& b, Column column, bool reverse) {
  if (column == Column::kProfile || column == Column::kTenant) {
    const std::string_view left = letters_in(a, column), right = letters_in(b, column);
    if (left.empty() != right.empty()) return right.empty();
    if (left != right) return reverse ? right < left : left < right;
  } else {
    const auto left = number_in(a, column), right = number_in(b, column);
    if (left.has_value() != right.has_value()) return left.has_value();
    if (left && *left != *right) return reverse ? *right < *left : *left < *right;
  }
  return where(a) < where(b);
}

}  // namespace septet::cli::top
