// -mig 0|1 and --gpu-reset.
#include "cli/smi/session.h"

namespace septet::cli::smi {
namespace {

void say_busy(const Session& session, const mig::Gpu& gpu) {
  session.line(
      "{} is currently being used by one or more other processes (e.g. CUDA application or a "
      "monitoring "
      "application such as another instance of nvidia-smi). Please first kill all processes using "
      "the "
      "device and retry the command or reboot the system to make MIG mode effective.",
      gpu.pci_bus_id);
}

void say_pending(const Session& session, const mig::Gpu& gpu, int activation) {
  session.line("Warning: MIG mode is in pending {} state for GPU {}:{}",
               session.command.mode_on ? "enable" : "disable", gpu.pci_bus_id,
               driver::driver_status_text(activation));
  if (activation == kInUse) {
    say_busy(session, gpu);
    return;
  }
  session.line(
      "Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU {}",
      gpu.pci_bus_id);
}

void say_persistence(const Session& session, const mig::Gpu& gpu) {
  if (gpu.persistence.value_or(true)) return;
  session.line(
      "\nWarning: persistence mode is disabled on device {}. See the Known Issues section of the "
      "nvidia-smi(1) man page for more information. Run with [--help | -h] switch to get more "
      "information on how to enable persistence mode.",
      gpu.pci_bus_id);
}

// Whether the run goes on to the next GPU.
bool say_refused(const Session& session, const mig::Gpu& gpu, const Error& error) {
  session.line("Unable to {} MIG Mode for GPU {}: {}",
               session.command.mode_on ? "enable" : "disable", gpu.pci_bus_id, status_words(error));
  if (status_of(error) == kNotSupported) {
    session.line("Treating as warning and moving on.");
    return true;
  }
  session.line("Terminating early due to previous errors.");
  return false;
}

void say_not_reset(const Session& session,
                   const std::vector<std::pair<std::string, Error>>& refused) {
  session.line("The following GPUs could not be reset:");
  std::size_t busy = 0;
  for (const auto& [bus_id, error] : refused) {
    session.line("  GPU {}: {}", bus_id, status_words(error));
    if (status_of(error) == kInUse) ++busy;
  }
  session.line("");
  if (busy == 0) return;
  session.line(
      "{} {} currently being used by one or more other processes (e.g., Fabric Manager, CUDA "
      "application, "
      "graphics application such as an X server, or a monitoring application such as another "
      "instance of "
      "nvidia-smi). Please first kill all processes using {} and all compute applications running "
      "in "
      "the system.",
      busy, busy == 1 ? "device is" : "devices are", busy == 1 ? "this device" : "these devices");
}

}  // namespace

int set_mode(const Session& session) {
  const auto selected = selected_gpus(session);
  if (!selected || selected->empty()) {
    session.line("No devices were found");
    return kNotFound;
  }
  for (const mig::Gpu* gpu : *selected) {
    const auto change = session.driver.set_mig_mode(gpu->index, session.command.mode_on);
    if (!change) {
      if (!say_refused(session, *gpu, change.error())) return status_of(change.error());
      continue;
    }
    if (change->activation_status != 0) {
      say_pending(session, *gpu, change->activation_status);
    } else {
      session.line("{} MIG Mode for GPU {}", session.command.mode_on ? "Enabled" : "Disabled",
                   gpu->pci_bus_id);
    }
    say_persistence(session, *gpu);
  }
  session.line("All done.");
  return kDone;
}

int reset_gpus(const Session& session) {
  const auto selected = selected_gpus(session);
  if (!selected || selected->empty()) {
    session.line("No devices were found");
    return kNotFound;
  }
  std::vector<std::pair<std::string, Error>> refused;
  for (const mig::Gpu* gpu : *selected) {
    const auto done = session.driver.reset(gpu->index);
    if (done) {
      session.line("GPU {} was successfully reset.", gpu->pci_bus_id);
    } else if (status_of(done.error()) == kNotSupported) {
      session.line("Resetting GPU {} is not supported.", gpu->pci_bus_id);
      return kNotSupported;
    } else {
      refused.emplace_back(gpu->pci_bus_id, done.error());
    }
  }
  if (!refused.empty()) {
    say_not_reset(session, refused);
    return 255;  // recorded: nvidia-smi's "other error"
  }
  session.line("All done.");
  return kDone;
}

}  // namespace septet::cli::smi
