#include "publish/capability_minors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/quoted.h"
#include "mig/identity.h"

namespace septet::publish {

Result<CapabilityMinors> parse_capability_minors(std::string_view text) {
  CapabilityMinors minors;
  for (unsigned line = 1; !text.empty(); ++line) {
    const std::string_view row = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(row.size() + 1, text.size()));
    if (row.empty()) continue;
    const std::size_t space = row.find(' ');
    const std::string_view digits = space == row.npos ? "" : row.substr(space + 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (space == 0 || error != std::errc{} || end != digits.data() + digits.size())
      return fail(Code::kInvalidArgument,
                  fmt::format("line {} of the driver's capabilities is {}, not a name and a number",
                              line, quoted(row)),
                  "is this /proc/driver/nvidia-caps/mig-minors?");
    minors[std::string(row.substr(0, space))] = number;
  }
  return minors;
}

CapabilityMinors simulated_capability_minors(const mig::Node& node) {
  CapabilityMinors table = {{"config", mig::kConfigCapMinor}, {"monitor", mig::kMonitorCapMinor}};
  for (const mig::Gpu& gpu : node.gpus)
    for (const mig::GpuInstance& instance : gpu.instances) {
      const std::string base = fmt::format("gpu{}/gi{}", gpu.minor, instance.id);
      table[base + "/access"] = mig::gpu_instance_cap_minor(gpu.minor, instance.id);
      for (const mig::ComputeInstance& compute : instance.compute)
        table[fmt::format("{}/ci{}/access", base, compute.id)] =
            mig::compute_instance_cap_minor(gpu.minor, instance.id, compute.id);
    }
  return table;
}

}  // namespace septet::publish
