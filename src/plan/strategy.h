// plan/strategy.h — ways to cut a GPU by name, computed from its geometry for every product.
//
//   mixed             as many different sizes as fit at once, the largest possible
//   all-balanced      the largest size that fits twice, the largest that fits three times, and the
//                     smallest in what is left: mig-parted's layout of that name where it has one
//   high-performance  the fewest instances with the most SMs: the whole GPU as one
//   memory-balanced   two instances or more that give out all memory in parts as equal as can be
//   compute-balanced  two instances or more that give out all compute slices, equal as can be
//   custom            the profiles that are named; if they do not fit, the nearest that do
//
// Only profiles without media, graphics or double-memory variants take part, one per number of
// slices. Every answer is the best of all legal layouts of the geometry, visited one by one; what a
// textbook would add on top (two 3g and a 1g) is answered with the reason why it cannot be there.
// Errors. kNotSupported: the geometry has no plain profile, or cannot be cut in two.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/layout.h"

namespace septet::plan {

enum class Strategy : std::uint8_t {
  kMixed,
  kAllBalanced,
  kHighPerformance,
  kMemoryBalanced,
  kComputeBalanced
};
std::span<const Strategy> strategies();
std::string_view to_string(Strategy strategy);
std::string_view one_sentence(Strategy strategy);
std::optional<Strategy> strategy_named(std::string_view name);

struct StrategyLayout {
  std::vector<const mig::GpuInstanceProfile*> profiles;  // largest first
  mig::Layout layout;                                    // of them, alone on the GPU
  unsigned idle_slices = 0, idle_units = 0;
  // "3g.40gb + 3g.40gb + 1g.10gb is impossible: ..."; empty when nothing more is wished for.
  std::string impossible;
};

Result<StrategyLayout> strategy_layout(const mig::Geometry& geometry, Strategy strategy);
// kInvalidArgument for a profile that the geometry does not have; kInfeasible when nothing near
// `names` fits.
Result<StrategyLayout> custom_layout(const mig::Geometry& geometry,
                                     const std::vector<std::string>& names);

}  // namespace septet::plan
