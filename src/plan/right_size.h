// plan/right_size.h — the smallest profile of a product that does for a workload, and why no
// smaller one.
//
// Smallest: fewest memory units, then fewest compute slices, then the plain one before +me and -me.
// What an instance has to give is its memory less what the driver keeps of it, its SMs (they do not
// grow with slices alone: a 3g of an H100 has 60, not 48), its slices and its media engines.
// Errors. kInfeasible: no profile of this product does. kInvalidArgument: the product has no
//         profile of that name. Both carry the workload's place in its file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/product.h"
#include "plan/workload.h"

namespace septet::plan {

struct TooSmall {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::string why;  // "has 9.75 GiB, needs 14 GiB"
};

struct Sizing {
  const mig::GpuInstanceProfile* profile = nullptr;
  bool named = false;             // the workload named it
  std::string gives;              // "19.50 GiB, 26 SMs, 1 slice"
  std::vector<TooSmall> refused;  // every smaller one that was tried, smallest first
  // The most telling refusal: of the next smaller one, a plain one if there is. nullptr: the
  // smallest did.
  const TooSmall* next_smaller() const {
    for (auto small = refused.rbegin(); small != refused.rend(); ++small) {
      if (small->profile->media == mig::Media::kPlain) return &*small;
    }
    return refused.empty() ? nullptr : &refused.back();
  }
};

Result<Sizing> right_size(const mig::Geometry& geometry, const Workload& workload);
// Every profile that does, smallest first; the one it names, alone, when it names one.
Result<std::vector<const mig::GpuInstanceProfile*>> profiles_that_do(const mig::Geometry& geometry,
                                                                     const Workload& workload);

// Memory an instance of `profile` has for its user, in MiB. nullopt: unknown.
std::optional<std::uint32_t> usable_mib(const mig::GpuInstanceProfile& profile);
// Why `profile` does not do for `workload`; empty: it does.
std::string shortfall(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                      const Workload& workload);
// "19.50 GiB, 26 SMs, 1 slice"; numbers that are estimates carry a ~.
std::string gives_text(const mig::GpuInstanceProfile& profile);

}  // namespace septet::plan
