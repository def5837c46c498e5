#include "lab/scenario/scenario.h"

namespace septet::lab {

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::kWholeGpu: return "whole-gpu";
    case Mode::kTimeSlicing: return "time-slicing";
    case Mode::kMps: return "mps";
    case Mode::kMpsPercentages: return "mps-percentages";
    case Mode::kMig: return "mig";
    case Mode::kMigMps: return "mig-mps";
  }
  return "unknown";
}

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::kWholeGpu: return "one per whole GPU";
    case Mode::kTimeSlicing: return "time-slicing";
    case Mode::kMps: return "MPS";
    case Mode::kMpsPercentages: return "MPS with percentages";
    case Mode::kMig: return "MIG";
    case Mode::kMigMps: return "MIG with MPS inside";
  }
  return "unknown";
}

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::kProcessCrash: return "process-crash";
    case FaultKind::kOutOfMemory: return "out-of-memory";
    case FaultKind::kKernelFault: return "kernel-fault";
    case FaultKind::kMpsServerDeath: return "mps-server-death";
    case FaultKind::kContainedEcc: return "contained-ecc";
    case FaultKind::kGpuLost: return "gpu-lost";
  }
  return "unknown";
}

std::optional<Mode> mode_named(std::string_view word) {
  for (const Mode mode : kModes)
    if (to_string(mode) == word) return mode;
  return std::nullopt;
}

std::optional<FaultKind> fault_named(std::string_view word) {
  for (const FaultKind kind : kFaultKinds)
    if (to_string(kind) == word) return kind;
  return std::nullopt;
}

}  // namespace septet::lab
