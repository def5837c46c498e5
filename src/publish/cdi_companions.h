// publish/cdi_companions.h — the devices beside a GPU, to CDI: GPUDirect copies and storage,
// InfiniBand, channels between nodes.
//
// One kind each, as NVIDIA's plugin and nvidia-ctk name them: VENDOR/gdrcopy=all, VENDOR/gds=all,
// VENDOR/mofed=all, VENDOR/imex-channel=N. They do not change with the layout.
// Source. NVIDIA k8s-device-plugin v0.20 (names); the nodes are those that nvidia-ctk looks for.
#pragma once

#include <string>
#include <vector>

#include "publish/cdi.h"

namespace septet::publish {

struct CompanionNodes {
  std::vector<std::string> gdrcopy, gds, mofed;  // paths in /dev
  std::vector<unsigned> imex_channels;
  std::vector<CdiMount> gds_mounts;  // cuFile's settings, udev's data
};

struct CompanionSpec {
  std::string device_class;  // "gdrcopy"
  Json spec;
};
// Of what is there; none for what is not. Of `context`: vendor, dev_root, device_file.
std::vector<CompanionSpec> companion_specs(const CompanionNodes& nodes, const CdiContext& context);

}  // namespace septet::publish
