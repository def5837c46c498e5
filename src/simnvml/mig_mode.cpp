// simnvml/mig_mode.cpp — is MIG on, and turning it on and off (rules R7).
#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int* current,
                                  unsigned int* pending) {
  return on_mig_parent(__func__, device, given(current, pending), [&](const View& view) {
    *current = view.gpu.mig_current;
    *pending = view.gpu.mig_pending;
    return NVML_SUCCESS;
  });
}

// The call succeeds when the wish is noted; whether it is in force is the activation status.
nvmlReturn_t nvmlDeviceSetMigMode(nvmlDevice_t device, unsigned int mode,
                                  nvmlReturn_t* activation) {
  const bool valid = mode == NVML_DEVICE_MIG_DISABLE || mode == NVML_DEVICE_MIG_ENABLE;
  sim::Status activated = sim::Status::kUnknown;
  const nvmlReturn_t answer = change(
      {__func__, given(activation) && valid, Takes::kMigParent, &sim::NodeState::mode_latency_us},
      device, [&](sim::NodeState& node, const Named& at) {
        const auto set = sim::set_mig_mode(node, at.gpu, mode == NVML_DEVICE_MIG_ENABLE);
        activated = set.activation;
        return set.status;
      });
  if (activation != nullptr) {
    *activation = answer == NVML_SUCCESS ? static_cast<nvmlReturn_t>(activated) : answer;
  }
  return answer;
}
