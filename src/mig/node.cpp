#include "mig/node.h"

namespace septet::mig {

namespace {

Error inconsistent(const Gpu& gpu, const std::string& why) {
  return Error{Code::kInternal,
               "read the instances of GPU " + std::to_string(gpu.index) + ": " + why,
               "compare the driver with septet's tables: septet products check", 0, nullptr};
}

}  // namespace

std::uint32_t Gpu::mig_device_count() const {
  std::size_t devices = 0;
  for (const GpuInstance& instance : instances) devices += instance.compute.size();
  return static_cast<std::uint32_t>(devices);
}

Result<Layout> layout_of(const Gpu& gpu) {
  if (gpu.instances.empty()) return Layout{};
  if (!gpu.geometry) {
    return std::unexpected(inconsistent(gpu, "instances on a GPU whose profiles are unknown"));
  }
  const Geometry& geometry = gpu.geometry->geometry;
  std::vector<Instance> instances;
  for (const GpuInstance& live : gpu.instances) {
    const GpuInstanceProfile* profile = geometry.find_id(live.profile_id);
    if (profile == nullptr) {
      return std::unexpected(inconsistent(
          gpu, "instance " + std::to_string(live.id) + " has profile id " +
                   std::to_string(live.profile_id) + ", which the GPU does not offer"));
    }
    instances.push_back({profile, live.at});
  }
  auto layout = Layout::make(geometry, std::move(instances));
  if (layout) return layout;
  Error error = inconsistent(gpu, "the driver reports an impossible layout");
  error.cause = std::make_shared<const Error>(std::move(layout).error());
  return std::unexpected(std::move(error));
}

}  // namespace septet::mig
