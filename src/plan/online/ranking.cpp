#include "plan/online/ranking.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace septet::plan::online {

namespace {

struct Liked {
  std::int64_t loss = 0;  // in 1e-9
  Group group = 0;
  std::uint8_t free_units = 0, window = 0;
};

// Groups that can take a request of this class, the best first.
std::vector<Liked> liked(const FleetState& state, unsigned request, const Loss& loss) {
  std::vector<Liked> found;
  for (Group group = 0; group < state.groups(); ++group) {
    const auto cls = state.serving_class(state.pool_of_group(group), request);
    if (cls == kNoClass) continue;
    const Shape& shape = state.shape_of_group(group);
    const Shape::Layout layout = state.layout_of_group(group);
    std::optional<Liked> best;
    for (std::uint64_t open = shape.fits(layout, cls); open != 0; open &= open - 1) {
      const auto window = static_cast<unsigned>(std::countr_zero(open));
      const double lost = loss(shape, layout, window);
      if (!(lost < kRefuse)) continue;
      const Liked one{std::llround(lost * 1e9), group,
                      static_cast<std::uint8_t>(shape.free_units(layout)),
                      static_cast<std::uint8_t>(window)};
      if (!best || one.loss < best->loss) best = one;
    }
    if (best) found.push_back(*best);
  }
  std::ranges::sort(found, [](const Liked& a, const Liked& b) {
    return std::tie(a.loss, a.free_units, a.group) < std::tie(b.loss, b.free_units, b.group);
  });
  return found;
}

}  // namespace

LikedGroups::LikedGroups(const FleetState& state) : words_((state.groups() + 63) / 64) {
  order_.resize(state.request_classes() * words_ * 64);
  filled_.assign(state.request_classes() * words_, 0);
  first_bit_.assign(state.groups() + 1, 0);
}

void LikedGroups::order(const FleetState& state, const Loss& loss) {
  std::ranges::fill(filled_, 0);
  std::vector<std::pair<Group, std::uint32_t>> bits;
  for (unsigned request = 0; request < state.request_classes(); ++request) {
    auto bit = static_cast<std::uint32_t>(request * words_ * 64);
    for (const Liked& one : liked(state, request, loss)) {
      order_[bit] = {one.group, one.window};
      bits.emplace_back(one.group, bit++);
    }
  }
  std::ranges::fill(first_bit_, 0);
  for (const auto& [group, bit] : bits) ++first_bit_[group + 1];
  for (std::size_t group = 0; group + 1 < first_bit_.size(); ++group)
    first_bit_[group + 1] += first_bit_[group];
  bits_.resize(bits.size());
  std::vector<std::uint32_t> next = first_bit_;
  for (const auto& [group, bit] : bits) bits_[next[group]++] = bit;
}

Ranking::Ranking(FleetState& state) : state_(state), liked_(state) { state_.add_watcher(this); }

Ranking::~Ranking() { state_.remove_watcher(this); }

void Ranking::order(const Loss& loss) {
  liked_.order(state_, loss);
  for (Group group = 0; group < state_.groups(); ++group) {
    if (!state_.members(group).empty()) liked_.flip(group);
  }
}

void Ranking::moved(Gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) {
  if (from_left == 0) liked_.flip(from);
  if (to_now == 1) liked_.flip(to);
}

}  // namespace septet::plan::online
