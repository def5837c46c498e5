// plan/explain.h — does a wish fit on one GPU? Where, in which order; or why not, and what does
// instead.
//
// Exhaustive: every legal layout that keeps what the GPU holds is enumerated once, and each answer
// (fits, nearest wish that fits, largest part that fits) is looked up there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mig/layout.h"

namespace septet::plan {

struct Wish {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::optional<std::uint8_t> start;
};

// One way to get close to a wish that does not fit.
struct Alternative {
  std::string change;  // "2g.20gb instead of one 3g.40gb", "without one 1g.10gb"
  std::vector<const mig::GpuInstanceProfile*> profiles;  // in the wish's order
  mig::Layout layout;
};

struct Explanation {
  bool fits = false;
  std::string reason;  // why not, in memory units, slices and budgets; empty when it fits
  mig::Layout layout;  // fits: the GPU afterwards, what it holds included; else what it holds
  std::vector<mig::Instance>
      created;  // fits: the new ones, largest first: an order that always works
  // Created in the order of the wish and without placements, the driver would refuse one.
  bool given_order_fails = false;
  std::size_t first_refused = 0;  // its position in the wish
  std::vector<const mig::GpuInstanceProfile*>
      working_order;                 // works without placements; may be empty
  std::vector<Alternative> nearest;  // at most four, closest first
  std::vector<const mig::GpuInstanceProfile*> largest_part;  // of the wish, that fits
  std::size_t layouts_tried = 0;
};

// `held` are the instances there now; profiles are of `geometry`.
Explanation explain(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                    const std::vector<Wish>& wishes);

// In the order of the wishes.
std::vector<const mig::GpuInstanceProfile*> wished_profiles(const std::vector<Wish>& wishes);

// "2x 3g.40gb + 1g.10gb", in the order of first mention.
std::string count_text(const std::vector<const mig::GpuInstanceProfile*>& profiles);

}  // namespace septet::plan
