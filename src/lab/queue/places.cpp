#include "lab/queue/places.h"

#include <algorithm>

namespace septet::lab::queue {

int Places::find(const mig::Instance& instance) const {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (profiles[all[i].profile] == instance.profile && all[i].at == instance.at)
      return static_cast<int>(i);
  }
  return kNowhere;
}

std::string Places::text(int place) const {
  const Place& found = all[static_cast<std::size_t>(place)];
  return mig::to_string(mig::Instance{profiles[found.profile], found.at});
}

Result<Places> places_of(const mig::Geometry& geometry) {
  Places places{{}, {}, geometry.units, geometry.slices};
  for (const mig::GpuInstanceProfile& profile : geometry.profiles)
    if (profile.classic()) places.profiles.push_back(&profile);
  std::ranges::stable_sort(places.profiles, {}, &mig::GpuInstanceProfile::slices);
  if (geometry.one_compute_one_graphics || places.profiles.empty() ||
      places.profiles.size() > kMostProfiles || geometry.units > 8) {
    return fail(Code::kNotSupported, "the queueing lab knows boards of up to 8 memory units only",
                "name an A100, A30, H100, H200 or B200");
  }
  for (std::uint8_t start = 0; start < geometry.units; ++start) {
    for (std::size_t p = places.profiles.size(); p-- > 0;) {
      const mig::Placement at{start, places.profiles[p]->size};
      if (places.profiles[p]->allows(at)) places.all.push_back({static_cast<std::uint8_t>(p), at});
    }
  }
  return places;
}

}  // namespace septet::lab::queue
