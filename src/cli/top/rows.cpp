#include "cli/top/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>

#include "cli/top/tenant.h"
#include "cli/top/unit_runs.h"
#include "metrics/free_space.h"
#include "metrics/power_share.h"

namespace septet::cli::top {

namespace {

std::string short_name(const mig::Gpu& gpu) {
  constexpr std::string_view kVendor = "NVIDIA ";
  return gpu.name.starts_with(kVendor) ? gpu.name.substr(kVendor.size()) : gpu.name;
}

std::string tenants(const Sample& sample, const std::vector<mig::Process>& processes,
                    auto&& is_here) {
  std::string text;
  for (const mig::Process& process : processes) {
    if (!is_here(process)) continue;
    text += (text.empty() ? "" : ", ") + tenant_text(process, sample.cgroups);
  }
  return text;
}

Row gpu_row(const Sample& sample, const mig::Gpu& gpu, RowKind kind) {
  Row row;
  row.kind = kind;
  row.key = fmt::format("gpu {}", gpu.index);
  row.gpu = gpu.index;
  row.profile = gpu.name.empty() ? "?" : short_name(gpu);
  row.health = health_of(sample, gpu);
  if (gpu.problem) {
    row.tenant = *gpu.problem;
    return row;
  }
  row.memory_used_mib = gpu.usage.memory_used_mib;
  row.memory_total_mib = gpu.usage.memory_total_mib;
  row.memory_estimated = memory_estimated(sample.node, gpu);
  row.sm_percent = gpu.usage.sm_percent;
  row.memory_percent = gpu.usage.memory_percent;
  if (gpu.power_mw) row.power_mw = *gpu.power_mw;
  row.tenant = tenants(sample, gpu.processes, [kind](const mig::Process& process) {
    return kind == RowKind::kWholeGpu || !process.gpu_instance;
  });
  return row;
}

Row instance_row(const Sample& sample, const mig::Gpu& gpu, const mig::GpuInstance& instance,
                 std::optional<std::uint32_t> power_mw) {
  Row row;
  row.kind = RowKind::kNoCompute;
  row.key = fmt::format("gpu {} gi {} at {}", gpu.index, instance.id, instance.at.start);
  row.gpu = gpu.index;
  row.gpu_instance = instance.id;
  row.profile = instance.name;
  row.place = instance.at;
  row.memory_used_mib = instance.usage.memory_used_mib;
  row.memory_total_mib = instance.usage.memory_total_mib;
  row.memory_estimated = memory_estimated(sample.node, gpu, instance.profile_id);
  row.sm_percent = instance.usage.sm_percent;
  row.memory_percent = instance.usage.memory_percent;
  if (power_mw) row.power_mw = *power_mw;
  row.power_estimated = true;
  row.health = health_of(sample, gpu, instance);
  row.tenant = "no compute instance";
  return row;
}

Row compute_row(const Sample& sample, Row row, const mig::GpuInstance& instance,
                const mig::ComputeInstance& compute) {
  row.kind = RowKind::kInstance;
  if (!compute.uuid.empty()) row.key = compute.uuid;
  row.compute_instance = compute.id;
  row.profile = compute.name;
  row.tenant = tenants(sample, instance.processes, [&compute](const mig::Process& process) {
    return process.compute_instance.value_or(compute.id) == compute.id;
  });
  return row;
}

// "fits 3g.40gb": the largest that may start there.
std::string largest_fit(const metrics::FreeSpace& space, const mig::Placement& within) {
  const auto worth = [](const mig::GpuInstanceProfile& profile) {
    return std::tuple(profile.size, profile.slices, profile.media == mig::Media::kPlain);
  };
  const mig::GpuInstanceProfile* largest = nullptr;
  for (const metrics::ProfileFit& fit : space.fits) {
    if ((fit.starts & within.mask()) == 0) continue;
    if (largest == nullptr || worth(*largest) < worth(*fit.profile)) largest = fit.profile;
  }
  return largest == nullptr ? "" : "fits " + std::string(largest->name);
}

void add_room(const mig::Gpu& gpu, std::vector<Row>& rows) {
  const auto space = metrics::free_space(gpu);
  if (!space) return;
  const FreeUnits units = free_units(gpu);
  for (const bool stranded : {false, true}) {
    for (const mig::Placement& at : runs(stranded ? units.stranded : units.usable)) {
      Row row;
      row.kind = stranded ? RowKind::kStranded : RowKind::kFree;
      row.key = fmt::format("gpu {} {} {}", gpu.index, stranded ? "stranded" : "free", at.start);
      row.gpu = gpu.index;
      row.profile = stranded ? "stranded" : "free";
      row.place = at;
      row.tenant = stranded ? "nothing fits" : largest_fit(*space, at);
      rows.push_back(std::move(row));
    }
  }
}

void add_rows_of(const Sample& sample, const mig::Gpu& gpu, std::vector<Row>& rows) {
  if (gpu.problem) {
    rows.push_back(gpu_row(sample, gpu, RowKind::kUnreadable));
    return;
  }
  if (gpu.mode != mig::MigMode::kOn) {
    rows.push_back(gpu_row(sample, gpu, RowKind::kWholeGpu));
    return;
  }
  rows.push_back(gpu_row(sample, gpu, RowKind::kGpu));
  const auto power = metrics::power_shares_mw(gpu);
  for (std::size_t i = 0; i < gpu.instances.size(); ++i) {
    const mig::GpuInstance& instance = gpu.instances[i];
    Row row = instance_row(sample, gpu, instance, power[i]);
    if (instance.compute.empty()) rows.push_back(row);
    for (const mig::ComputeInstance& compute : instance.compute) {
      rows.push_back(compute_row(sample, row, instance, compute));
    }
  }
  add_room(gpu, rows);
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void add_words(const mig::Node& node, Row& row) {
  std::string words =
      fmt::format("gpu{} {} {} {} ", row.gpu, row.profile, row.health.text, row.tenant);
  if (row.gpu_instance) words += fmt::format("gi{} ", *row.gpu_instance);
  if (row.compute_instance) words += fmt::format("ci{} ", *row.compute_instance);
  row.uuids = lower_case(row.key);
  if (row.gpu < node.gpus.size()) {
    words += node.gpus[row.gpu].name;
    row.uuids += " " + lower_case(node.gpus[row.gpu].uuid);
  }
  row.words = lower_case(std::move(words));
}

Health health_by(const std::optional<std::uint64_t>& ecc_uncorrected, std::uint64_t xid,
                 bool xids_watched) {
  if (ecc_uncorrected.value_or(0) != 0) {
    return {HealthLevel::kBad, fmt::format("ECC {}", *ecc_uncorrected)};
  }
  if (xid != 0) return {HealthLevel::kSuspect, fmt::format("Xid {}", xid)};
  if (!ecc_uncorrected && !xids_watched) return {HealthLevel::kUnknown, "n/a"};
  return {HealthLevel::kGood, "ok"};
}

}  // namespace

Health health_of(const Sample& sample, const mig::Gpu& gpu) {
  if (gpu.problem) return {HealthLevel::kBad, "away"};
  std::uint64_t last = 0;
  for (const XidSeen& seen : sample.xids) {
    if (seen.gpu_uuid == gpu.uuid && !seen.gpu_instance) last = seen.xid;
  }
  return health_by(gpu.usage.ecc_uncorrected, last, sample.watches(gpu.uuid));
}

Health health_of(const Sample& sample, const mig::Gpu& gpu, const mig::GpuInstance& instance) {
  std::uint64_t last = 0;
  for (const XidSeen& seen : sample.xids) {
    if (seen.gpu_uuid == gpu.uuid && seen.gpu_instance == instance.id) last = seen.xid;
  }
  const Health own = health_by(instance.usage.ecc_uncorrected, last, sample.watches(gpu.uuid));
  const Health whole = health_of(sample, gpu);  // what befell the GPU befell its instances
  return whole.level > own.level ? whole : own;
}

bool memory_estimated(const mig::Node& node, const mig::Gpu& gpu) {
  return node.simulated && gpu.product != nullptr && !gpu.product->memory_total_mib.known();
}

bool memory_estimated(const mig::Node& node, const mig::Gpu& gpu, std::uint32_t profile_id) {
  if (!node.simulated || gpu.product == nullptr) return false;
  const auto version = mig::parse_driver_version(node.driver_version);
  const auto& geometry = gpu.product->geometry_at(version.value_or(mig::DriverVersion{999, 0, 0}));
  const auto* profile = geometry.find_id(profile_id);
  return profile != nullptr && !profile->memory_mib.known();
}

std::vector<Row> rows_of(const Sample& sample) {
  std::vector<Row> rows;
  for (const mig::Gpu& gpu : sample.node.gpus) add_rows_of(sample, gpu, rows);
  for (Row& row : rows) add_words(sample.node, row);
  return rows;
}

}  // namespace septet::cli::top
