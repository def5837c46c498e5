#include "plan/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

namespace septet::plan {

namespace {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;

bool is_exactly(const mig::Layout& layout, const Profiles& sorted) {
  if (layout.instances().size() != sorted.size()) return false;
  Profiles have;
  for (const mig::Instance& instance : layout.instances()) have.push_back(instance.profile);
  std::ranges::sort(have);
  return have == sorted;
}

struct Score {
  unsigned busy = 0, units = 0, count = 0, room = 0;
  friend auto operator<=>(const Score&, const Score&) = default;
};

Score score_of(const mig::Geometry& geometry, const mig::Layout& layout,
               const std::vector<Held>& held) {
  Score score;
  for (const Held& have : held) {
    if (std::ranges::find(layout.instances(), have.instance) == layout.instances().end()) continue;
    score.busy += have.busy ? 1 : 0;
    score.units += have.instance.at.size;
    ++score.count;
  }
  score.room = room_left(geometry, layout);
  return score;
}

std::string list(const Profiles& wanted) {
  std::string text;
  for (const auto* profile : wanted)
    text += fmt::format("{}{}", text.empty() ? "" : " ", profile->name);
  return text;
}

}  // namespace

unsigned room_left(const mig::Geometry& geometry, const mig::Layout& layout) {
  const mig::Occupancy taken = layout.occupancy();
  int pairs = 0;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    pairs += std::popcount(mig::free_starts(geometry, taken, profile));
  }
  return static_cast<unsigned>(pairs);
}

Result<mig::Layout> place(const mig::Geometry& geometry, const std::vector<Held>& held,
                          Profiles wanted) {
  std::ranges::sort(wanted);
  std::optional<mig::Layout> best;
  Score best_score;
  const auto asked = [&wanted](const mig::GpuInstanceProfile& profile) {
    return std::ranges::binary_search(wanted, &profile);
  };
  mig::visit_layouts(geometry, asked, [&](const mig::Layout& layout) {
    if (!is_exactly(layout, wanted)) return;
    const Score score = score_of(geometry, layout, held);
    if (!best || score > best_score) {
      best = layout;
      best_score = score;
    }
  });
  if (best) return *std::move(best);
  return fail(Code::kInfeasible, fmt::format("{} do not fit on one GPU together", list(wanted)),
              "`septet explain` tells why, and what fits instead");
}

}  // namespace septet::plan
