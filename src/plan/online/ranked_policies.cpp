#include "plan/online/ranked_policies.h"

#include "plan/online/losses.h"

namespace septet::plan::online {

ConditionalBalance::ConditionalBalance(FleetState& state)
    : state_(state), spread_(state), pack_(state) {
  // Which GPU first (in steps that no start can make up for), then which start.
  constexpr double kMoreThanAnyStart = 64;
  spread_.order([](const Shape& shape, Shape::Layout layout, unsigned window) {
    return worst_fit_loss(shape, layout, window) * kMoreThanAnyStart +
           start_index_loss(shape, layout, window);
  });
  pack_.order([](const Shape& shape, Shape::Layout layout, unsigned window) {
    return best_fit_loss(shape, layout, window) * kMoreThanAnyStart +
           start_index_loss(shape, layout, window);
  });
}

std::optional<Choice> ConditionalBalance::choose(unsigned request) {
  const bool balance = state_.taken_units() * 2 < state_.units();
  return balance ? spread_.choose(request) : pack_.choose(request);
}

namespace {

unsigned nth_bit(std::uint64_t bits, std::uint64_t n) {
  for (; n > 0; --n) bits &= bits - 1;
  return static_cast<unsigned>(std::countr_zero(bits));
}

std::uint64_t windows_for(const FleetState& state, Group group, unsigned request) {
  const auto cls = state.serving_class(state.pool_of_group(group), request);
  if (cls == kNoClass) return 0;
  return state.shape_of_group(group).fits(state.layout_of_group(group), cls);
}

}  // namespace

std::optional<Choice> RandomPolicy::choose(unsigned request) {
  std::uint64_t fitting = 0;
  for (Group group = 0; group < state_.groups(); ++group) {
    if (!state_.members(group).empty() && windows_for(state_, group, request) != 0)
      fitting += state_.members(group).size();
  }
  if (fitting == 0) return std::nullopt;
  std::uint64_t which = random_.below(fitting);
  for (Group group = 0; group < state_.groups(); ++group) {
    const std::uint64_t open = windows_for(state_, group, request);
    const std::vector<Gpu>& members = state_.members(group);
    if (open == 0) continue;
    if (which >= members.size()) {
      which -= members.size();
      continue;
    }
    const auto starts = static_cast<std::uint64_t>(std::popcount(open));
    const unsigned window = nth_bit(open, random_.below(starts));
    return Choice{members[which], static_cast<std::uint8_t>(window)};
  }
  return std::nullopt;
}

}  // namespace septet::plan::online
