#include "cli/top/unit_runs.h"

#include <bit>

#include "metrics/free_space.h"

namespace septet::cli::top {

std::vector<mig::Placement> runs(std::uint16_t bits) {
  std::vector<mig::Placement> found;
  for (unsigned start = 0; start < 16;) {
    const auto rest = static_cast<std::uint16_t>(bits >> start);
    if (rest == 0) break;
    start += static_cast<unsigned>(std::countr_zero(rest));
    const auto size =
        static_cast<unsigned>(std::countr_one(static_cast<std::uint16_t>(bits >> start)));
    found.push_back({static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(size)});
    start += size;
  }
  return found;
}

FreeUnits free_units(const mig::Gpu& gpu) {
  const auto space = metrics::free_space(gpu);
  if (!space) return {};
  unsigned taken = 0;
  for (const mig::GpuInstance& instance : gpu.instances) taken |= instance.at.mask();
  const unsigned all = (1u << space->memory_units) - 1u;
  return {static_cast<std::uint16_t>(all & ~taken & ~unsigned{space->stranded_units}),
          space->stranded_units};
}

}  // namespace septet::cli::top
