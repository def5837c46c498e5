// -lgi, -lci and -L: what is there.
//
// Source of the widths: recorded listings (rules R9). The name column of -lgi grew with R470 and
// R570; -lci had no placement column on R450.
#include <algorithm>

#include "cli/smi/session.h"

namespace septet::cli::smi {
namespace {

unsigned gpu_instance_name_width(const mig::DriverVersion& version) {
  if (version.major >= 570) return 18;
  return version.major >= 470 ? 16 : 13;
}

std::string placement_text(mig::Placement at) { return fmt::format("{}:{}", at.start, at.size); }

void print_gpu_instance_header(const Session& session, unsigned width) {
  session.line("+{:-<{}}+", "", width + 39);
  session.line("| {:<{}}|", "GPU instances:", width + 38);
  session.line("| GPU   Name{:{}}Profile  Instance   Placement  |", "", width - 3);
  session.line("|{:{}}ID       ID       Start:Size |", "", width + 10);
  session.line("|{:=<{}}|", "", width + 39);
}

constexpr unsigned kFirstWithComputePlacements = 460;

void print_compute_header(const Session& session, bool placements) {
  const unsigned inside = placements ? 68 : 55;
  session.line("+{:-<{}}+", "", inside);
  session.line("| {:<{}}|", "Compute instances:", inside - 1);
  session.line("| GPU     GPU       Name             Profile   Instance {}|",
               placements ? "  Placement  " : "");
  session.line("|       Instance                       ID        ID     {}|",
               placements ? "  Start:Size " : "");
  session.line("|         ID                                            {}|",
               placements ? "             " : "");
  session.line("|{:=<{}}|", "", inside);
}

}  // namespace

int list_gpu_instances(const Session& session, const Gpus& gpus) {
  const unsigned width = gpu_instance_name_width(session.version);
  bool header = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      if (!header) print_gpu_instance_header(session, width);
      header = true;
      session.line("| {:>3}  MIG {:<{}}{:>2}       {:>2}          {:<8}|", gpu->index,
                   instance->name, width, instance->profile_id, instance->id,
                   placement_text(instance->at));
      session.line("+{:-<{}}+", "", width + 39);
    }
  }
  if (header) return kDone;
  session.line("No GPU instances found: Not Found");
  return kNotFound;
}

int list_compute_instances(const Session& session, const Gpus& gpus) {
  const bool placements = session.version.major >= kFirstWithComputePlacements;
  bool header = false, parents = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      parents = true;
      for (const mig::ComputeInstance& compute : instance->compute) {
        if (!header) print_compute_header(session, placements);
        header = true;
        const std::string place =
            placements ? fmt::format("     {:<8}", placement_text(compute.at)) : std::string();
        session.line("| {:>3}{:>7}       MIG {:<16}{:>2}{:>10}     {}|", gpu->index, instance->id,
                     compute.name, compute.profile_id, compute.id, place);
        session.line("+{:-<{}}+", "", placements ? 68 : 55);
      }
    }
  }
  if (header) return kDone;
  session.line("No {} instances found: Not Found", parents ? "compute" : "GPU");
  return kNotFound;
}

int list_gpus(const Session& session) {
  const auto selected = selected_gpus(session);
  if (!selected || selected->empty()) {
    session.line("No devices were found");
    return kNotFound;
  }
  constexpr int kGpuIsLost = 15;
  int status = kDone;
  for (const mig::Gpu* gpu : *selected) {
    if (gpu->problem) {
      session.line("Unable to determine the device handle for GPU{}: {}", gpu->index,
                   *gpu->problem);
      status = kGpuIsLost;
      continue;
    }
    session.line("GPU {}: {} (UUID: {})", gpu->index, gpu->name, gpu->uuid);
    std::vector<const mig::ComputeInstance*> devices;
    for (const mig::GpuInstance& instance : gpu->instances) {
      for (const mig::ComputeInstance& compute : instance.compute) devices.push_back(&compute);
    }
    std::ranges::sort(devices, {}, [](const mig::ComputeInstance* c) { return c->mig_index; });
    for (const mig::ComputeInstance* device : devices) {
      session.line("  MIG {:<11} Device {:>2}: (UUID: {})", device->name, device->mig_index,
                   device->uuid);
    }
  }
  return status;
}

}  // namespace septet::cli::smi
