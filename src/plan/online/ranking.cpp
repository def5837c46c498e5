#include "plan/online/ranking.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace septet::plan::online {

Ranking::Ranking(FleetState& state) : state_(state), words_((state.groups() + 63) / 64) {
  const std::size_t requests = state.request_classes();
  order_.resize(requests * state.groups());
  rank_.assign(requests * state.groups(), kNotRanked);
  filled_.assign(requests * words_, 0);
  state_.add_watcher(this);
}

Ranking::~Ranking() { state_.remove_watcher(this); }

std::vector<Ranking::Entry> Ranking::liked(unsigned request, const Loss& loss) const {
  std::vector<Entry> entries;
  for (Group group = 0; group < state_.groups(); ++group) {
    const auto cls = state_.serving_class(state_.pool_of_group(group), request);
    if (cls == kNoClass) continue;
    const Shape& shape = state_.shape_of_group(group);
    const Shape::Layout layout = state_.layout_of_group(group);
    std::optional<Entry> best;
    for (std::uint64_t open = shape.fits(layout, cls); open != 0; open &= open - 1) {
      const auto window = static_cast<unsigned>(std::countr_zero(open));
      const double lost = loss(shape, layout, window);
      if (!(lost < kRefuse)) continue;
      const Entry entry{std::llround(lost * 1e9), group,
                        static_cast<std::uint8_t>(shape.free_units(layout)),
                        static_cast<std::uint8_t>(window)};
      if (!best || entry.loss < best->loss) best = entry;
    }
    if (best) entries.push_back(*best);
  }
  std::ranges::sort(entries, {}, [](const Entry& entry) {
    return std::tuple(entry.loss, entry.free_units, entry.group);
  });
  return entries;
}

void Ranking::order(const Loss& loss) {
  const unsigned requests = state_.request_classes();
  std::ranges::fill(rank_, kNotRanked);
  std::ranges::fill(filled_, 0);
  for (unsigned request = 0; request < requests; ++request) {
    const std::vector<Entry> entries = liked(request, loss);
    std::ranges::copy(entries, order_.begin() + request * std::ptrdiff_t{state_.groups()});
    for (std::size_t place = 0; place < entries.size(); ++place)
      rank_[entries[place].group * requests + request] = static_cast<std::uint32_t>(place);
  }
  for (Group group = 0; group < state_.groups(); ++group) {
    if (!state_.members(group).empty()) flip(group);
  }
}

void Ranking::flip(Group group) {
  const unsigned requests = state_.request_classes();
  for (unsigned request = 0; request < requests; ++request) {
    const std::uint32_t place = rank_[group * requests + request];
    if (place == kNotRanked) continue;
    filled_[request * words_ + place / 64] ^= std::uint64_t{1} << (place % 64);
  }
}

void Ranking::moved(Gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) {
  if (from_left == 0) flip(from);
  if (to_now == 1) flip(to);
}

}  // namespace septet::plan::online
