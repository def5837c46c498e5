// driver/simulated/geometry_of.cpp — what a GPU of the node can be cut into, and what of it is
// taken.
#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

const mig::Product& product_of(const GpuState& gpu) {
  const mig::Product* product = mig::find_product(text_of(gpu.product));
  return product != nullptr ? *product : mig::products().front();
}

const mig::Geometry& geometry_of(const NodeState& node, const GpuState& gpu) {
  const mig::Product& product = product_of(gpu);
  const auto driver = mig::parse_driver_version(text_of(node.driver_version));
  return driver ? product.geometry_at(*driver) : product.geometry;
}

// Tolerates a state that is being overwritten while it is read (state_file.h): an instance of a
// profile that the board lacks is passed over.
mig::Occupancy occupancy_of(const NodeState& node, const GpuState& gpu) {
  const mig::Geometry& geometry = geometry_of(node, gpu);
  mig::Occupancy taken;
  for (const GpuInstanceState& instance : gpu.instances) {
    if (instance.stamp == 0) continue;
    const mig::GpuInstanceProfile* profile = geometry.find_id(instance.profile_id);
    if (profile != nullptr) taken.add(*profile, {instance.start, instance.size});
  }
  return taken;
}

std::uint16_t taken_slices(const GpuInstanceState& instance) {
  std::uint16_t taken = 0;
  for (const ComputeInstanceState& compute : instance.compute) {
    if (compute.stamp == 0 || compute.start > 15 || compute.size > 15) continue;
    taken = static_cast<std::uint16_t>(taken | mig::Placement{compute.start, compute.size}.mask());
  }
  return taken;
}

std::size_t mig_devices(const GpuState& gpu, std::span<MigDevice> out) {
  std::size_t written = 0;
  for (std::uint32_t gi = 0; gi < kMaxGpuInstances; ++gi) {
    if (gpu.instances[gi].stamp == 0) continue;
    for (std::uint32_t ci = 0; ci < kMaxComputeInstances; ++ci) {
      if (gpu.instances[gi].compute[ci].stamp == 0) continue;
      if (written == out.size()) return written;
      out[written++] = {gi, ci};
    }
  }
  return written;
}

}  // namespace septet::driver::simulated
