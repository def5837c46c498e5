// Which GPUs and instances a command is about, and which command runs.
#include "cli/smi/session.h"

#include <algorithm>
#include <cctype>

namespace septet::cli {
namespace smi {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "36:00.0", "0000:36:00.0" and "00000000:36:00.0" are one place.
bool same_pci(std::string_view typed, std::string_view bus_id) {
  const std::string want = lower(typed), have = lower(bus_id);
  if (want == have) return true;
  if (have.size() != 16 || want.empty() || want.find(':') == std::string::npos) return false;
  const std::string_view short_domain = std::string_view(have).substr(4);
  if (want == short_domain) return true;
  return have.starts_with("00000000:") && want == have.substr(9);
}

bool matches(const mig::Gpu& gpu, const std::string& word) {
  if (const auto index = parse_number(word); index && word.size() < 4) return gpu.index == *index;
  return (!gpu.uuid.empty() && lower(word) == lower(gpu.uuid)) ||
         (!gpu.serial.empty() && word == gpu.serial) || same_pci(word, gpu.pci_bus_id);
}

// What could not be done, for "Failed to ...: reason".
std::string_view words_of(Action action) {
  switch (action) {
    case Action::kListGpuProfiles: return "display GPU instance profiles";
    case Action::kListGpuPlacements: return "display GPU instance possible placements";
    case Action::kCreateGpuInstances: return "create GPU instances";
    case Action::kListGpuInstances: return "display GPU instances";
    case Action::kDestroyGpuInstances: return "destroy GPU instances";
    case Action::kListComputeProfiles: return "display compute instance profiles";
    case Action::kListComputePlacements: return "display compute instance possible placements";
    case Action::kCreateComputeInstances: return "create compute instances";
    case Action::kListComputeInstances: return "display compute instances";
    case Action::kDestroyComputeInstances: return "destroy compute instances";
    case Action::kHelp:
    case Action::kMigHelp:
    case Action::kSummary:
    case Action::kListGpus:
    case Action::kSetMode:
    case Action::kReset: break;
  }
  return "read the GPUs";
}

int cannot_observe(const Command& command, const Error& error, const Print& print) {
  print(fmt::format("Failed to {}: {}\n", words_of(command.action), status_words(error)));
  if (command.action == Action::kListGpuInstances) {
    print(fmt::format("No GPU instances found: {}\n", status_words(error)));
  }
  if (command.action == Action::kListComputeInstances) {
    print(fmt::format("No compute instances found: {}\n", status_words(error)));
  }
  return status_of(error);
}

int run_mig(const Session& session) {
  const auto selected = selected_gpus(session);
  if (!selected) {
    session.line("No devices were found");
    return kNotFound;
  }
  Gpus enabled;
  bool supported = false;
  for (const mig::Gpu* gpu : *selected) {
    supported = supported || gpu->mode != mig::MigMode::kUnsupported;
    if (gpu->mode == mig::MigMode::kOn && !gpu->problem) enabled.push_back(gpu);
  }
  if (enabled.empty()) {
    session.line("No MIG-{} devices found.", supported ? "enabled" : "supported");
    return kNotFound;
  }
  switch (session.command.action) {
    case Action::kListGpuProfiles: return list_gpu_profiles(session, enabled);
    case Action::kListGpuPlacements: return list_gpu_placements(session, enabled);
    case Action::kCreateGpuInstances: return create_gpu_instances(session, enabled);
    case Action::kListGpuInstances: return list_gpu_instances(session, enabled);
    case Action::kDestroyGpuInstances: return destroy_gpu_instances(session, enabled);
    case Action::kListComputeProfiles: return list_compute_profiles(session, enabled);
    case Action::kListComputePlacements: return list_compute_placements(session, enabled);
    case Action::kCreateComputeInstances: return create_compute_instances(session, enabled);
    case Action::kListComputeInstances: return list_compute_instances(session, enabled);
    case Action::kDestroyComputeInstances: return destroy_compute_instances(session, enabled);
    case Action::kHelp:
    case Action::kMigHelp:
    case Action::kSummary:
    case Action::kListGpus:
    case Action::kSetMode:
    case Action::kReset: break;
  }
  return kInvalidArgument;
}

int run(const Session& session) {
  switch (session.command.action) {
    case Action::kSummary: return print_summary(session);
    case Action::kListGpus: return list_gpus(session);
    case Action::kSetMode: return set_mode(session);
    case Action::kReset: return reset_gpus(session);
    case Action::kHelp:
    case Action::kMigHelp:
    case Action::kListGpuProfiles:
    case Action::kListGpuPlacements:
    case Action::kCreateGpuInstances:
    case Action::kListGpuInstances:
    case Action::kDestroyGpuInstances:
    case Action::kListComputeProfiles:
    case Action::kListComputePlacements:
    case Action::kCreateComputeInstances:
    case Action::kListComputeInstances:
    case Action::kDestroyComputeInstances: break;
  }
  return run_mig(session);
}

}  // namespace

int status_of(const Error& error) {
  constexpr int kOther = 255;
  return error.driver_status != 0 ? error.driver_status : kOther;
}

std::string status_words(const Error& error) {
  return error.driver_status != 0 ? driver::driver_status_text(error.driver_status)
                                  : error.describe();
}

std::optional<Gpus> selected_gpus(const Session& session) {
  Gpus found;
  for (const mig::Gpu& gpu : session.node.gpus) {
    const bool wanted = !session.command.gpus ||
                        std::ranges::any_of(*session.command.gpus,
                                            [&](const std::string& w) { return matches(gpu, w); });
    if (wanted) found.push_back(&gpu);
  }
  if (!session.command.gpus) return found;
  for (const std::string& word : *session.command.gpus) {
    const bool known =
        std::ranges::any_of(found, [&](const mig::Gpu* g) { return matches(*g, word); });
    if (!known) return std::nullopt;
  }
  return found;
}

std::vector<const mig::GpuInstance*> selected_instances(const Session& session,
                                                        const mig::Gpu& gpu) {
  std::vector<const mig::GpuInstance*> found;
  for (const mig::GpuInstance& instance : gpu.instances) {
    const auto& wanted = session.command.gpu_instances;
    if (wanted && std::ranges::find(*wanted, instance.id) == wanted->end()) continue;
    found.push_back(&instance);
  }
  const auto rank = [&gpu](const mig::GpuInstance* instance) {
    const auto profiles = gpu.geometry->geometry.profiles;
    const auto at = std::ranges::find(profiles, instance->profile_id, &mig::GpuInstanceProfile::id);
    return std::pair(at - profiles.begin(), instance->id);
  };
  std::ranges::sort(found, {}, rank);
  return found;
}

const mig::GpuInstanceProfile* profile_of(const mig::Gpu& gpu, const mig::GpuInstance& instance) {
  return gpu.geometry->geometry.find_id(instance.profile_id);
}

}  // namespace smi

std::optional<int> run_smi_without_driver(const std::vector<std::string>& arguments,
                                          const Print& print) {
  const auto command = smi::parse_arguments(arguments);
  if (!command) {
    print(command.error().describe() + "\n");
    return smi::kInvalidArgument;
  }
  if (command->action != smi::Action::kHelp && command->action != smi::Action::kMigHelp) {
    return std::nullopt;
  }
  smi::print_help(print, command->action == smi::Action::kMigHelp);
  return smi::kDone;
}

int run_smi_on(driver::Driver& driver, const std::vector<std::string>& arguments,
               const Print& print) {
  if (const auto status = run_smi_without_driver(arguments, print)) return *status;
  const auto command = smi::parse_arguments(arguments);
  auto node = driver.observe();
  if (!node) return smi::cannot_observe(*command, node.error(), print);
  const auto version =
      mig::parse_driver_version(node->driver_version).value_or(mig::DriverVersion{});
  return smi::run(smi::Session{driver, print, *command, std::move(*node), version});
}

}  // namespace septet::cli
