// -cgi and -cci: strictly left to right, one driver call each; the first failure ends it and what
// was created stays (rules R1).
#include <algorithm>

#include "cli/smi/session.h"

namespace septet::cli::smi {
namespace {

// A profile tuple: a name or an id, and where to put it.
struct Wish {
  std::string profile;
  std::optional<std::uint32_t> start;
  bool valid = true;
};

Wish parse_wish(std::string_view text) {
  const std::size_t colon = text.find(':');
  Wish wish{std::string(text.substr(0, colon)), std::nullopt, true};
  if (colon == std::string_view::npos) return wish;
  wish.start = parse_number(text.substr(colon + 1));
  wish.valid = wish.start.has_value() && *wish.start < 16;
  return wish;
}

// nvidia-smi knows names exactly, with or without "MIG ".
template <typename Profiles>
auto find_profile(const Profiles& profiles, const std::string& text) {
  const std::string_view name =
      text.starts_with("MIG ") ? std::string_view(text).substr(4) : std::string_view(text);
  const auto id = parse_number(text);
  const auto found = std::ranges::find_if(
      profiles, [&](const auto& p) { return id ? p.id == *id : p.name == name; });
  return found == profiles.end() ? nullptr : &*found;
}

Error invalid() { return driver::driver_error(kInvalidArgument, "find the profile"); }

std::optional<mig::Placement> placement(const Wish& wish, std::uint8_t size) {
  if (!wish.start) return std::nullopt;
  return mig::Placement{static_cast<std::uint8_t>(*wish.start), size};
}

void say_created_compute(const Session& session, driver::GpuInstanceRef parent, std::uint32_t id,
                         const mig::ComputeInstanceProfile& profile) {
  // R450 did not say which id the new instance got (recorded).
  const std::string number = session.version.major >= 460 ? fmt::format(" ID {:>2}", id) : "";
  session.line(
      "Successfully created compute instance{} on GPU {:>2} GPU instance ID {:>2} using profile "
      "MIG {} "
      "(ID {:>2})",
      number, parent.gpu, parent.id, profile.name, profile.id);
}

int compute_failed(const Session& session, driver::GpuInstanceRef parent, const std::string& typed,
                   const Error& error) {
  session.line(
      "Unable to create a compute instance on GPU {:>2} GPU instance ID {:>2} using profile {}: {}",
      parent.gpu, parent.id, typed, status_words(error));
  session.line("Failed to create compute instances: {}", status_words(error));
  return status_of(error);
}

int create_compute(const Session& session, driver::GpuInstanceRef parent,
                   const mig::GpuInstanceProfile& parent_profile, const std::string& typed) {
  const Wish wish = parse_wish(typed);
  const mig::ComputeInstanceProfile* profile =
      wish.profile.empty() ? parent_profile.default_compute()
                           : find_profile(parent_profile.compute, wish.profile);
  if (profile == nullptr || !wish.valid) return compute_failed(session, parent, typed, invalid());
  const auto id =
      session.driver.create_compute_instance(parent, profile->id, placement(wish, profile->size));
  if (!id) return compute_failed(session, parent, typed, id.error());
  say_created_compute(session, parent, *id, *profile);
  return kDone;
}

// -C: the default compute profile of what was just created, as the driver tells it now.
int create_default_compute(const Session& session, const mig::Gpu& gpu, std::uint32_t instance,
                           const mig::GpuInstanceProfile& profile) {
  if (profile.default_compute() != nullptr) {
    return create_compute(session, {gpu.index, instance}, profile, "");
  }
  const auto now = session.driver.observe_gpu(gpu.index);
  if (!now) return compute_failed(session, {gpu.index, instance}, "default", now.error());
  const auto* live = now->geometry->geometry.find_id(profile.id);
  return create_compute(session, {gpu.index, instance}, live != nullptr ? *live : profile, "");
}

int create_gpu_instance(const Session& session, const mig::Gpu& gpu, const std::string& typed) {
  const Wish wish = parse_wish(typed);
  const auto* profile = find_profile(gpu.geometry->geometry.profiles, wish.profile);
  Result<std::uint32_t> id = std::unexpected(invalid());
  if (profile != nullptr && wish.valid) {
    id = session.driver.create_gpu_instance(gpu.index, profile->id, placement(wish, profile->size));
  }
  if (!id) {
    session.line("Unable to create a GPU instance on GPU {:>2} using profile {}: {}", gpu.index,
                 typed, status_words(id.error()));
    session.line("Failed to create GPU instances: {}", status_words(id.error()));
    return status_of(id.error());
  }
  session.line(
      "Successfully created GPU instance ID {:>2} on GPU {:>2} using profile MIG {} (ID {:>2})",
      *id, gpu.index, profile->name, profile->id);
  if (!session.command.default_compute) return kDone;
  return create_default_compute(session, gpu, *id, *profile);
}

}  // namespace

int create_gpu_instances(const Session& session, const Gpus& gpus) {
  for (const mig::Gpu* gpu : gpus) {
    for (const std::string& typed : session.command.profiles) {
      if (const int status = create_gpu_instance(session, *gpu, typed); status != kDone)
        return status;
    }
  }
  return kDone;
}

int create_compute_instances(const Session& session, const Gpus& gpus) {
  std::vector<std::string> wishes = session.command.profiles;
  if (wishes.empty()) wishes.emplace_back();  // the default of each GPU instance
  bool any = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      const auto* profile = profile_of(*gpu, *instance);
      if (profile == nullptr) continue;
      any = true;
      for (const std::string& typed : wishes) {
        const int status = create_compute(session, {gpu->index, instance->id}, *profile, typed);
        if (status != kDone) return status;
      }
    }
  }
  if (any) return kDone;
  session.line("No GPU instances found: Not Found");
  return kNotFound;
}

}  // namespace septet::cli::smi
