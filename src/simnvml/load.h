// simnvml/load.h — the living numbers of what a handle names.
#pragma once

#include "simnvml/call.h"

namespace septet::simnvml {

// Memory is a GPU instance's: its compute instances share it.
inline sim::Load memory_of(const View& view) {
  return view.is_mig_device() ? sim::instance_load(view.node, view.at.gpu, view.at.gi, std::nullopt)
                              : sim::gpu_load(view.node, view.at.gpu);
}

inline sim::Telemetry telemetry_of(const View& view) {
  return sim::telemetry(view.node, view.at.gpu);
}

}  // namespace septet::simnvml
