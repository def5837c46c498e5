#include "plan/right_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "mig/profile_name.h"

namespace septet::plan {

namespace {

// "needs" and "has" of one resource that the number of `fact` decides.
std::string short_of(const mig::Fact& fact, unsigned need, std::string_view unit) {
  if (need == 0) return {};
  if (!fact.usable()) return fmt::format("has an unknown number of {}, needs {}", unit, need);
  if (fact.value >= need) return {};
  return fmt::format("has {}{} {}, needs {}", fact.known() ? "" : "~", fact.value, unit, need);
}

// SMs of the largest profile: what 100% means.
mig::Fact all_sms(const mig::Geometry& geometry) {
  mig::Fact most;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.sm.usable() && profile.sm.value > most.value) most = profile.sm;
  }
  return most;
}

std::string short_of_memory(const mig::GpuInstanceProfile& profile, std::uint64_t need) {
  const auto usable = usable_mib(profile);
  if (!usable) return fmt::format("has unknown memory, needs {}", memory_text(need));
  if ((std::uint64_t{*usable} << 20u) >= need) return {};
  return fmt::format("has {}{} GiB, needs {}", profile.memory_mib.known() ? "" : "~",
                     mig::gib_text(*usable), memory_text(need));
}

std::string short_of_share(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                           double percent) {
  const mig::Fact all = all_sms(geometry);
  if (!all.usable())
    return "has an unknown share of the SMs: the product's SM counts are not known";
  const auto need = static_cast<unsigned>(std::ceil(percent * all.value / 100.0 - 1e-9));
  const std::string lacking = short_of(profile.sm, need, "SMs");
  return lacking.empty() ? lacking : fmt::format("{} ({:g}% of {})", lacking, percent, all.value);
}

std::string short_of_slices(const mig::GpuInstanceProfile& profile, unsigned need) {
  if (profile.slices >= need) return {};
  return fmt::format("has {} slice{}, needs {}", profile.slices, profile.slices == 1 ? "" : "s",
                     need);
}

auto size_order(const mig::GpuInstanceProfile& profile) {
  // A variant without media engines is the last resort: it is no smaller, and gives less.
  constexpr unsigned kRank[] = {0, 1, 3, 2};  // plain, +me, +me.all, -me
  return std::tuple(profile.size, profile.slices, kRank[static_cast<unsigned>(profile.media)]);
}

std::vector<const mig::GpuInstanceProfile*> candidates(const mig::Geometry& geometry) {
  std::vector<const mig::GpuInstanceProfile*> found;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (!profile.graphics) found.push_back(&profile);  // graphics only when named
  }
  std::ranges::stable_sort(found, {}, [](const auto* profile) { return size_order(*profile); });
  return found;
}

Result<Sizing> named_profile(const mig::Geometry& geometry, const Workload& workload) {
  auto profile = mig::match_profile(geometry, workload.profile);
  if (!profile) {
    return fail_because(std::move(profile).error(),
                        fmt::format("{}: workload {}", workload.where, workload.name));
  }
  return Sizing{*profile, true, gives_text(**profile), {}};
}

}  // namespace

std::optional<std::uint32_t> usable_mib(const mig::GpuInstanceProfile& profile) {
  if (!profile.memory_mib.usable()) return std::nullopt;
  const std::uint32_t reserved = profile.reserved_mib.usable() ? profile.reserved_mib.value : 0;
  return profile.memory_mib.value - std::min(reserved, profile.memory_mib.value);
}

std::string shortfall(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                      const Workload& workload) {
  std::string why;
  const auto add = [&why](const std::string& part) {
    if (!part.empty()) why += (why.empty() ? "" : "; ") + part;
  };
  if (workload.memory_bytes) add(short_of_memory(profile, *workload.memory_bytes));
  if (workload.compute_percent) add(short_of_share(geometry, profile, *workload.compute_percent));
  if (workload.sms) add(short_of(profile.sm, *workload.sms, "SMs"));
  if (workload.slices) add(short_of_slices(profile, *workload.slices));
  add(short_of(profile.dec, workload.media.decoders, "decoders"));
  add(short_of(profile.jpg, workload.media.jpeg, "JPEG engines"));
  add(short_of(profile.ofa, workload.media.optical_flow, "optical flow engines"));
  return why;
}

std::string gives_text(const mig::GpuInstanceProfile& profile) {
  const auto mark = [](const mig::Fact& fact) { return fact.known() ? "" : "~"; };
  std::string text;
  const auto usable = usable_mib(profile);
  text += usable ? fmt::format("{}{} GiB, ", mark(profile.memory_mib), mig::gib_text(*usable))
                 : "unknown memory, ";
  text += profile.sm.usable() ? fmt::format("{}{} SMs, ", mark(profile.sm), profile.sm.value)
                              : "unknown SMs, ";
  return text + fmt::format("{} slice{}", profile.slices, profile.slices == 1 ? "" : "s");
}

Result<Sizing> right_size(const mig::Geometry& geometry, const Workload& workload) {
  if (!workload.profile.empty()) return named_profile(geometry, workload);
  Sizing sizing;
  for (const mig::GpuInstanceProfile* const profile : candidates(geometry)) {
    std::string why = shortfall(geometry, *profile, workload);
    if (why.empty()) {
      sizing.profile = profile;
      sizing.gives = gives_text(*profile);
      return sizing;
    }
    sizing.refused.push_back({profile, std::move(why)});
  }
  const TooSmall* const largest = sizing.next_smaller();
  return fail(Code::kInfeasible,
              fmt::format("{}: {} fits no profile here{}", workload.where,
                          workload.name.empty()
                              ? to_string(workload)
                              : fmt::format("workload {} ({})", workload.name, to_string(workload)),
                          largest == nullptr
                              ? std::string(": the board has none")
                              : fmt::format(": even {} {}", largest->profile->name, largest->why)),
              "lower its needs, or spread it over several instances");
}

Result<std::vector<const mig::GpuInstanceProfile*>> profiles_that_do(const mig::Geometry& geometry,
                                                                     const Workload& workload) {
  const Sizing smallest = TRY(right_size(geometry, workload));
  if (smallest.named) return std::vector{smallest.profile};
  auto found = candidates(geometry);
  std::erase_if(found, [&](const mig::GpuInstanceProfile* profile) {
    return !shortfall(geometry, *profile, workload).empty();
  });
  return found;
}

}  // namespace septet::plan
