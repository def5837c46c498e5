#include "lab/model/fault_rules.h"

namespace septet::lab {

namespace {

bool with_server(Mode mode) {
  return mode == Mode::kMps || mode == Mode::kMpsPercentages || mode == Mode::kMigMps;
}

FaultRule memory_rule(Mode mode) {
  if (mode == Mode::kTimeSlicing)
    return {Reach::kGpu, false,
            "one memory for all: the next allocation of anybody fails "
            "(NVIDIA k8s-device-plugin)"};
  return {Reach::kTenant, false, "its own allocation fails; its process ends"};
}

FaultRule kernel_rule(Mode mode, FaultKind kind) {
  if (with_server(mode))
    return {Reach::kServer, false,
            "a fatal fault of one client ends all of its server (NVIDIA MPS documentation; A30 "
            "forum report)"};
  if (kind == FaultKind::kContainedEcc)
    return {Reach::kTenant, false, "contained: only the process whose memory it was"};
  if (mode == Mode::kTimeSlicing)
    return {Reach::kTenant, false, "Xid 13 and 31 end the faulting context only"};
  return {Reach::kTenant, false, "Xid 13 and 31 stay in the context, and it is alone there"};
}

}  // namespace

FaultRule fault_rule(Mode mode, FaultKind kind) {
  switch (kind) {
    case FaultKind::kProcessCrash:
      return {Reach::kTenant, false, "the driver frees what it held; nobody else notices"};
    case FaultKind::kOutOfMemory: return memory_rule(mode);
    case FaultKind::kKernelFault:
    case FaultKind::kContainedEcc: return kernel_rule(mode, kind);
    case FaultKind::kMpsServerDeath:
      if (with_server(mode))
        return {Reach::kServer, false, "clients hold their contexts in the MPS server"};
      return {Reach::kNobody, false, "there is no MPS server in this mode"};
    case FaultKind::kGpuLost:
      return {Reach::kGpu, true, "such an Xid and a reset take the board with every slice"};
  }
  return {};
}

double down_seconds(const FaultRule& rule, const RecoveryCosts& costs, double layout_seconds) {
  switch (rule.reach) {
    case Reach::kNobody: return 0.0;
    case Reach::kTenant: return costs.process;
    case Reach::kServer: return costs.server + costs.process;
    case Reach::kGpu:
      return rule.resets ? costs.reset + layout_seconds + costs.process : costs.process;
  }
  return 0.0;
}

}  // namespace septet::lab
