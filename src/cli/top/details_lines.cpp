// Everything about the selected row: what it is, what it has, who is in it, what fits beside it.
#include <fmt/format.h>

#include <algorithm>

#include "cli/top/frame_parts.h"
#include "cli/top/tenant.h"
#include "cli/top/unit_runs.h"
#include "metrics/free_space.h"

namespace septet::cli::top {

namespace {

class Details {
 public:
  Details(unsigned width, bool ascii) : width_(width), ascii_(ascii) {}

  void heading(std::string_view text) {
    if (!lines_.empty()) lines_.emplace_back(width_, ascii_);
    lines_.emplace_back(width_, ascii_);
    lines_.back().put(" ").put(text, Style::kStrong);
  }
  void fact(std::string_view name, std::string_view value, Style style = Style::kPlain) {
    lines_.emplace_back(width_, ascii_);
    lines_.back().put("   ").field(name, 13, false, Style::kFaint).put(" ").put(value, style);
  }
  void say(std::string_view text, Style style = Style::kPlain) {
    lines_.emplace_back(width_, ascii_);
    lines_.back().put("   ").put(text, style);
  }
  std::vector<Line> lines() { return std::move(lines_); }

 private:
  unsigned width_;
  bool ascii_;
  std::vector<Line> lines_;
};

template <typename T>
std::string or_na(const std::optional<T>& value, std::string_view unit) {
  return value ? fmt::format("{}{}", *value, unit) : "n/a";
}

std::string watts(const std::optional<std::uint32_t>& mw) {
  return mw ? fmt::format("{:.0f} W", *mw / 1000.0) : "n/a";
}

void add_gpu(const Sample& sample, const mig::Gpu& gpu, Details& details) {
  details.heading(fmt::format("GPU {}", gpu.index));
  if (gpu.problem) {
    details.fact("does not answer", *gpu.problem, Style::kBad);
    return;
  }
  details.fact("product", gpu.name);
  details.fact("UUID", gpu.uuid);
  details.fact("PCI", gpu.pci_bus_id);
  const Health health = health_of(sample, gpu);
  details.fact("health", health.text, style_of(health.level));
  details.fact("ECC", or_na(gpu.usage.ecc_uncorrected, " uncorrected since the driver was loaded"));
  details.fact("power", watts(gpu.power_mw) + " of " + watts(gpu.power_limit_mw));
  details.fact("temperature", or_na(gpu.temperature_c, " C"));
  details.fact("clocks", fmt::format("SM {}, memory {}", or_na(gpu.sm_clock_mhz, " MHz"),
                                     or_na(gpu.memory_clock_mhz, " MHz")));
  if (gpu.mode != gpu.pending) {
    details.fact("MIG", fmt::format("will be {} after a reset",
                                    gpu.pending == mig::MigMode::kOn ? "on" : "off"));
  }
}

void add_xids(const Sample& sample, const mig::Gpu& gpu, Details& details) {
  for (const XidSeen& seen : sample.xids) {
    if (seen.gpu_uuid != gpu.uuid) continue;
    const std::string where =
        seen.gpu_instance ? fmt::format("GPU instance {}", *seen.gpu_instance) : "the whole GPU";
    details.fact(fmt::format("Xid {}", seen.xid),
                 fmt::format("on {}, {} time{} since septet top was started", where, seen.times,
                             seen.times == 1 ? "" : "s"),
                 Style::kSuspect);
  }
  if (!sample.watches(gpu.uuid)) details.fact("Xids", "n/a: the driver does not tell them");
}

void add_attributes(const mig::DeviceAttributes& has, Details& details) {
  details.fact("SMs", std::to_string(has.multiprocessors));
  details.fact("engines", fmt::format("{} copy, {} decode, {} encode, {} JPEG, {} optical flow",
                                      has.copy_engines, has.decoders, has.encoders,
                                      has.jpeg_engines, has.ofa_engines));
}

void add_instance(const Sample& sample, const mig::Gpu& gpu, const mig::GpuInstance& instance,
                  const Row& row, Details& details) {
  const auto compute = std::ranges::find_if(instance.compute, [&row](const auto& candidate) {
    return candidate.id == row.compute_instance;
  });
  details.heading(fmt::format("{} on GPU {}", row.profile, gpu.index));
  if (compute != instance.compute.end()) {
    details.fact("UUID", compute->uuid);
    details.fact("instance", fmt::format("GPU instance {}, compute instance {}, MIG device {}",
                                         instance.id, compute->id, compute->mig_index));
  } else {
    details.fact("instance", fmt::format("GPU instance {}, without a compute instance: nothing "
                                         "can run in it",
                                         instance.id));
  }
  details.fact("place", fmt::format("memory units {} to {}", instance.at.start,
                                    instance.at.start + instance.at.size - 1));
  if (compute != instance.compute.end() && compute->attributes) {
    add_attributes(*compute->attributes, details);
  } else if (compute != instance.compute.end() && compute->sm > 0) {
    details.fact("SMs", std::to_string(compute->sm));
  }
  details.fact("memory", memory_text(row) + " GiB");
  const bool not_told = !row.sm_percent && !row.memory_percent;
  details.fact("activity", fmt::format("SM {}, memory {}{}", or_na(row.sm_percent, " %"),
                                       or_na(row.memory_percent, " %"),
                                       not_told ? " (this driver has none for it)" : ""));
  if (instance.compute.size() > 1) {
    details.say(fmt::format("memory and activity are of the GPU instance, which {} compute "
                            "instances share",
                            instance.compute.size()),
                Style::kFaint);
  }
  details.fact("power", row.power_mw ? fmt::format("~{:.0f} W, an estimated share of the GPU's",
                                                   *row.power_mw / 1000.0)
                                     : "n/a");
  const Health health = health_of(sample, gpu, instance);
  details.fact("health", health.text, style_of(health.level));
  details.fact("ECC", or_na(instance.usage.ecc_uncorrected, " uncorrected"));
}

void add_processes(const Sample& sample, const std::vector<mig::Process>& processes, const Row& row,
                   Details& details) {
  details.heading("processes");
  bool any = false;
  for (const mig::Process& process : processes) {
    const bool elsewhere = row.compute_instance && process.compute_instance &&
                           *process.compute_instance != *row.compute_instance;
    if (elsewhere) continue;
    any = true;
    details.say(fmt::format("{:<28} {:>10}  {}", tenant_text(process, sample.cgroups),
                            or_na(process.memory_mib, " MiB"), process.name));
  }
  if (!any) details.say("none");
}

void add_fits(const mig::Gpu& gpu, Details& details) {
  const auto space = metrics::free_space(gpu);
  if (!space) return;
  details.heading(fmt::format("what still fits on GPU {}", gpu.index));
  bool any = false;
  for (const metrics::ProfileFit& fit : space->fits) {
    std::string starts;
    for (unsigned start = 0; start < space->memory_units; ++start)
      if (((fit.starts >> start) & 1u) != 0) starts += fmt::format(" {}", start);
    if (starts.empty()) continue;
    any = true;
    details.fact(std::string(fit.profile->name), fmt::format("{} more, at{}", fit.more, starts));
  }
  if (!any) details.say("nothing");
  if (space->stranded_slices > 0 || space->stranded_units != 0) {
    std::string where;
    for (const mig::Placement& at : runs(space->stranded_units)) where += " " + place_text(at);
    details.fact("stranded",
                 fmt::format("{} compute slice{}, memory units{}", space->stranded_slices,
                             space->stranded_slices == 1 ? "" : "s", where.empty() ? " -" : where),
                 Style::kStranded);
  }
}

}  // namespace

std::vector<Line> details_lines(const Picture& picture, const View& view,
                                const std::vector<Row>& table, unsigned width) {
  Details details(width, picture.ascii);
  const mig::Node& node = picture.sample.node;
  const auto row = std::ranges::find(table, view.selected, &Row::key);
  const auto gpu = row == table.end() ? node.gpus.end()
                                      : std::ranges::find(node.gpus, row->gpu, &mig::Gpu::index);
  if (gpu == node.gpus.end()) {
    details.heading(view.selected);
    details.say("is not there any more (Esc: back to the table)", Style::kSuspect);
    return details.lines();
  }
  const auto instance = std::ranges::find_if(
      gpu->instances, [&row](const auto& candidate) { return candidate.id == row->gpu_instance; });
  if (instance != gpu->instances.end()) {
    add_instance(picture.sample, *gpu, *instance, *row, details);
    add_processes(picture.sample, instance->processes, *row, details);
  } else if (row->kind == RowKind::kWholeGpu || row->kind == RowKind::kGpu) {
    add_processes(picture.sample, gpu->processes, *row, details);
  }
  add_gpu(picture.sample, *gpu, details);
  add_xids(picture.sample, *gpu, details);
  add_fits(*gpu, details);
  return details.lines();
}

}  // namespace septet::cli::top
