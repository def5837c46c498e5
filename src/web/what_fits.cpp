#include "web/what_fits.h"

#include "metrics/free_space.h"
#include "plan/explain.h"

namespace septet::web {

namespace {

constexpr std::size_t kMostKept = 1024;  // layouts; a Fit is about 4 KiB

// What of a geometry decides the answers.
std::string key_of(const mig::Gpu& gpu, const mig::Layout& layout) {
  const mig::Geometry& geometry = gpu.geometry->geometry;
  std::string key;
  const auto add = [&key](std::uint32_t number) { key += std::to_string(number) + ","; };
  add(geometry.units);
  add(geometry.slices);
  add(geometry.one_compute_one_graphics ? 1 : 0);
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    key += profile.name;
    for (const std::uint32_t number :
         {profile.id, std::uint32_t{profile.slices}, std::uint32_t{profile.size},
          std::uint32_t{profile.starts}, profile.max.value, std::uint32_t(profile.media)})
      add(number);
  }
  return key + mig::to_string(layout);
}

}  // namespace

Fit work_out_fit(const mig::Geometry& geometry, const mig::Layout& layout) {
  const metrics::FreeSpace space = metrics::free_space(geometry, layout);
  Fit fit{space.free_slices,    space.free_units,    space.stranded_slices,
          space.stranded_units, space.fragmentation, {}};
  for (const metrics::ProfileFit& one : space.fits) {
    Fit::Profile told{std::string(one.profile->name), one.profile->id, one.more, one.starts, ""};
    if (one.starts == 0)
      told.why = plan::explain(geometry, layout.instances(), {{one.profile, std::nullopt}}).reason;
    fit.profiles.push_back(std::move(told));
  }
  return fit;
}

std::shared_ptr<const Fit> WhatFits::of(const mig::Gpu& gpu) {
  if (!gpu.geometry || gpu.problem) return nullptr;
  const auto layout = mig::layout_of(gpu);
  if (!layout) return nullptr;
  const std::string key = key_of(gpu, *layout);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  if (known_.size() >= kMostKept) known_.clear();
  return known_[key] = std::make_shared<const Fit>(work_out_fit(gpu.geometry->geometry, *layout));
}

}  // namespace septet::web
