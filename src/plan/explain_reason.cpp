// plan/explain_reason.cpp — why a wish does not fit, said about the smallest part of it that does
// not.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "plan/fitting.h"

namespace septet::plan {

namespace {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;

// Wishes are dropped as long as the rest still does not fit: what is left is all that it takes.
std::vector<Wish> core_of(std::vector<Wish> wishes, const Fitting& fitting) {
  for (std::size_t i = wishes.size(); i-- > 0;) {
    std::vector<Wish> fewer = wishes;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!fewer.empty() && fitting.find(fitting.count_of(fewer)) == nullptr)
      wishes = std::move(fewer);
  }
  return wishes;
}

struct Sums {
  unsigned units = 0, slices = 0;
};

Sums sums_of(const std::vector<Wish>& wishes) {
  Sums sums;
  for (const Wish& wish : wishes) {
    sums.units += wish.profile->size;
    sums.slices += wish.profile->slices;
  }
  return sums;
}

std::string starts_text(std::uint16_t starts) {
  std::vector<unsigned> list;
  for (unsigned start = 0; start < 16; ++start) {
    if (((starts >> start) & 1u) != 0) list.push_back(start);
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

// "3g.40gb takes 4 memory units, not 3": what most people do not expect.
std::string surprise(const mig::Geometry& geometry, const std::vector<Wish>& wishes) {
  if (geometry.units <= geometry.slices) return {};
  std::string text;
  std::vector<const mig::GpuInstanceProfile*> said;
  for (const Wish& wish : wishes) {
    const bool more =
        wish.profile->size > wish.profile->slices && wish.profile->size < geometry.units;
    if (!more || std::ranges::find(said, wish.profile) != said.end()) continue;
    said.push_back(wish.profile);
    text += fmt::format("{}{} has {} compute slice{} but takes {} of the {} memory units",
                        text.empty() ? "" : "; ", wish.profile->name, wish.profile->slices,
                        wish.profile->slices == 1 ? "" : "s", wish.profile->size, geometry.units);
  }
  return text;
}

std::string held_text(const std::vector<mig::Instance>& held) {
  std::string text;
  for (const mig::Instance& instance : held)
    text += (text.empty() ? "" : " ") + mig::to_string(instance);
  return text;
}

// Too many units or slices for what is free. Empty: the sums are not what is in the way.
std::string too_much(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                     const std::vector<Wish>& core) {
  const Sums asked = sums_of(core);
  unsigned units = geometry.units, slices = geometry.slices;
  for (const mig::Instance& instance : held) {
    units -= instance.at.size;
    slices -= std::min<unsigned>(slices, instance.profile->slices);
  }
  const char* const free = held.empty() ? "" : " free";
  const std::string who = count_text(wished_profiles(core));
  if (asked.units > units) {
    std::string text =
        fmt::format("{} need{} {} memory unit{} of {}{}", who, core.size() == 1 ? "s" : "",
                    asked.units, asked.units == 1 ? "" : "s", units, free);
    if (asked.slices <= slices) {
      text += fmt::format(", although {} of {} compute slices would do", asked.slices, slices);
    }
    const std::string why = asked.slices <= slices ? surprise(geometry, core) : std::string();
    return why.empty() ? text : text + ": " + why;
  }
  if (asked.slices > slices) {
    return fmt::format("{} need{} {} compute slices of {}{}", who, core.size() == 1 ? "s" : "",
                       asked.slices, slices, free);
  }
  return {};
}

// A budget beyond units: true when the same wish without the variants would be no trouble.
std::string over_budget(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                        const std::vector<Wish>& core) {
  mig::Occupancy taken;
  for (const mig::Instance& instance : held) taken.add(*instance.profile, instance.at);
  for (const Wish& wish : core) {
    for (unsigned start = 0; start < 16; ++start) {
      const mig::Placement at{static_cast<std::uint8_t>(start), wish.profile->size};
      if (!wish.profile->allows(at)) continue;
      mig::Occupancy with_others = taken;
      with_others.units = 0;  // budgets only
      bool skipped = false;
      for (const Wish& other : core) {
        if (!skipped && &other == &wish) {
          skipped = true;
          continue;
        }
        with_others.add(*other.profile, {0, 0});
      }
      const mig::Refusal refusal = mig::may_add(geometry, with_others, *wish.profile, at);
      if (refusal == mig::Refusal::kNone || refusal == mig::Refusal::kOverlap) break;
      return fmt::format("{}: {}", count_text(wished_profiles(core)), mig::to_string(refusal));
    }
  }
  return {};
}

// "0 is barred by 1g.10gb@0, 4 by 2g.20gb@4": what is held on each start of a profile.
std::string taken_starts(const std::vector<mig::Instance>& held,
                         const mig::GpuInstanceProfile& profile) {
  std::string text;
  for (unsigned start = 0; start < 16; ++start) {
    const mig::Placement at{static_cast<std::uint8_t>(start), profile.size};
    if (!profile.allows(at)) continue;
    std::string there;
    for (const mig::Instance& instance : held) {
      if ((instance.at.mask() & at.mask()) != 0)
        there += (there.empty() ? "" : " and ") + mig::to_string(instance);
    }
    if (there.empty()) return {};  // it is something else that stops it there
    text += text.empty() ? fmt::format("{} is barred by {}", start, there)
                         : fmt::format(", {} by {}", start, there);
  }
  return text;
}

std::string collide(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                    const std::vector<Wish>& core, const Fitting& fitting) {
  mig::Occupancy taken;
  for (const mig::Instance& instance : held) taken.add(*instance.profile, instance.at);
  std::string starts;
  std::vector<const mig::GpuInstanceProfile*> said;
  for (const Wish& wish : core) {
    if (std::ranges::find(said, wish.profile) != said.end()) continue;
    said.push_back(wish.profile);
    const std::uint16_t open =
        held.empty() ? wish.profile->starts : mig::free_starts(geometry, taken, *wish.profile);
    starts += fmt::format("{}{} ({} unit{}) {}", starts.empty() ? "" : ", ", wish.profile->name,
                          wish.profile->size, wish.profile->size == 1 ? "" : "s",
                          open == 0 ? std::string("nowhere") : "at " + starts_text(open));
    if (wish.start) starts += fmt::format(" (asked for: {})", *wish.start);
  }
  return fmt::format(
      "no two may overlap, and {} can start only there: {}; all {} layouts were tried",
      said.size() == 1 ? "it" : "each", starts, fitting.layouts());
}

}  // namespace

std::string why_not(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                    const std::vector<Wish>& wishes, const Fitting& fitting) {
  const std::vector<Wish> core = core_of(wishes, fitting);
  std::string reason = over_budget(geometry, held, core);
  if (reason.empty()) reason = too_much(geometry, held, core);
  if (reason.empty() && core.size() == 1) {
    reason = taken_starts(held, *core[0].profile);
    if (!reason.empty()) {
      reason = fmt::format("{} can start only at {}: {}", core[0].profile->name,
                           starts_text(core[0].profile->starts), reason);
    }
  }
  if (reason.empty()) {
    reason = fmt::format("{}: {}", count_text(wished_profiles(core)),
                         collide(geometry, held, core, fitting));
  }
  if (!held.empty()) reason += fmt::format("; the GPU holds {}", held_text(held));
  return reason;
}

}  // namespace septet::plan
