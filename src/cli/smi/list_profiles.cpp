// -lgip, -lgipp, -lcip, -lcipp: what could be created.
//
// Source of the widths: recorded listings of R450 to R590 drivers (rules R9): the name column of
// -lgip is two columns wider from R570 on.
#include "cli/smi/session.h"

namespace septet::cli::smi {
namespace {

unsigned gpu_profile_name_width(const mig::DriverVersion& version) {
  return version.major >= 570 ? 16 : 14;
}

// SM and CE stand right-aligned in two columns; wider numbers push into the gap.
std::string two(const mig::Fact& fact) { return fmt::format("{:>2}", fact.value); }

void print_gpu_profile(const Session& session, const mig::Gpu& gpu,
                       const mig::GpuInstanceProfile& profile, unsigned free) {
  const unsigned width = gpu_profile_name_width(session.version);
  session.line("| {:>3}  MIG {:<{}}{:>2}     {:<11}{:<11}{:<7}{:<7}{:<6}{:<4}|", gpu.index,
               profile.name, width, profile.id, fmt::format("{}/{}", free, profile.max.value),
               mig::gib_text(profile.memory_mib.value), "No", two(profile.sm), profile.dec.value,
               profile.enc.value);
  session.line("|{:{}}{:<7}{:<6}{:<4}|", "", 46 + width, two(profile.ce), profile.jpg.value,
               profile.ofa.value);
  session.line("+{:-<{}}+", "", 63 + width);
}

int failed(const Session& session, std::string_view what, const Error& error) {
  session.line("Failed to {}: {}", what, status_words(error));
  return status_of(error);
}

std::string starts_text(std::uint16_t starts, std::uint8_t size) {
  std::string list;
  unsigned count = 0;
  for (unsigned start = 0; start < 16; ++start) {
    if (((starts >> start) & 1u) == 0) continue;
    list += (count++ == 0 ? "" : ",") + std::to_string(start);
  }
  return fmt::format("{}: {{{}}}:{}", count == 1 ? "Placement " : "Placements", list, size);
}

void print_compute_profile(const Session& session, const mig::Gpu& gpu,
                           const mig::GpuInstance& instance, const mig::GpuInstanceProfile& parent,
                           const mig::ComputeInstanceProfile& profile, unsigned free) {
  session.line("| {:>3}{:>7}       MIG {:<16}{:>2}{}     {:<14}{:<10}{:<6}{:<6}{:<4}|", gpu.index,
               instance.id, profile.name, profile.id, profile.is_default ? '*' : ' ',
               fmt::format("{}/{}", free, profile.max.value), two(profile.sm), parent.dec.value,
               parent.enc.value, parent.ofa.value);
  session.line("|{:70}{:<6}{:<10}|", "", parent.ce.value, parent.jpg.value);
  session.line("+{:-<86}+", "");
}

void print_compute_profile_header(const Session& session) {
  session.line("+{:-<86}+", "");
  session.line("| {:<85}|", "Compute instance profiles:");
  session.line(
      "| GPU     GPU       Name             Profile  Instances   Exclusive       Shared       |");
  session.line(
      "|       Instance                       ID     Free/Total     SM       DEC   ENC   OFA  |");
  session.line(
      "|         ID                                                          CE    JPEG       |");
  session.line("|{:=<86}|", "");
}

int no_instances(const Session& session) {
  session.line("No GPU instances found: Not Found");
  return kNotFound;
}

}  // namespace

int list_gpu_profiles(const Session& session, const Gpus& gpus) {
  const unsigned width = gpu_profile_name_width(session.version);
  const int pad = static_cast<int>(width) - 14;
  session.line("+{:-<{}}+", "", 63 + width);
  session.line("| {:<{}}|", "GPU instance profiles:", 62 + width);
  session.line(
      "| GPU   Name             {:{}}ID    Instances   Memory     P2P    SM    DEC   ENC  |", "",
      pad);
  session.line(
      "|                        {:{}}      Free/Total   GiB              CE    JPEG  OFA  |", "",
      pad);
  session.line("|{:=<{}}|", "", 63 + width);
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstanceProfile& profile : gpu->geometry->geometry.profiles) {
      const auto free = session.driver.remaining_capacity(gpu->index, profile.id);
      if (!free) return failed(session, "display GPU instance profiles", free.error());
      print_gpu_profile(session, *gpu, profile, *free);
    }
  }
  return kDone;
}

int list_gpu_placements(const Session& session, const Gpus& gpus) {
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstanceProfile& profile : gpu->geometry->geometry.profiles) {
      session.line("GPU {:>2} Profile ID {:>2} {}", gpu->index, profile.id,
                   starts_text(profile.starts, profile.size));
    }
  }
  return kDone;
}

int list_compute_profiles(const Session& session, const Gpus& gpus) {
  bool header = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      const auto* parent = profile_of(*gpu, *instance);
      if (parent == nullptr) continue;
      if (!header) print_compute_profile_header(session);
      header = true;
      for (const mig::ComputeInstanceProfile& profile : parent->compute) {
        const auto free =
            session.driver.remaining_compute_capacity({gpu->index, instance->id}, profile.id);
        if (!free) return failed(session, "display compute instance profiles", free.error());
        print_compute_profile(session, *gpu, *instance, *parent, profile, *free);
      }
    }
  }
  return header ? kDone : no_instances(session);
}

int list_compute_placements(const Session& session, const Gpus& gpus) {
  bool any = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      const auto* parent = profile_of(*gpu, *instance);
      if (parent == nullptr) continue;
      any = true;
      for (const mig::ComputeInstanceProfile& profile : parent->compute) {
        session.line("GPU {:>2} GI {:>2} Profile ID {:>2} {}", gpu->index, instance->id, profile.id,
                     starts_text(profile.starts, profile.size));
      }
    }
  }
  return any ? kDone : no_instances(session);
}

}  // namespace septet::cli::smi
