// plan/online/ranking.h — the best group that has a GPU in it, found without looking at the others.
//
// A policy whose liking depends on the layout of a GPU alone orders all groups once per request
// class. What changes from then on is only which groups are empty: one bit per (class, place in the
// order), so that a decision is "the first bit that is set". 723 groups are 12 words. A group knows
// its bits: a GPU that is full has none, so that most changes of a busy fleet touch nothing.
// Cost.   best() about 10 ns at any number of GPUs; order() about a third of a millisecond, when
//         the liking itself has changed.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "plan/online/fleet_state.h"

namespace septet::plan::online {

// How much is lost when `window` of `layout` is taken; less is better. kRefuse: rather not at all.
constexpr double kRefuse = std::numeric_limits<double>::infinity();
using Loss = std::function<double(const Shape& shape, Shape::Layout layout, unsigned window)>;

// The order alone, and which groups are empty: whoever moves GPUs says so.
class LikedGroups {
 public:
  // Groups and request classes are those of the state; it is not kept. All groups are empty.
  explicit LikedGroups(const FleetState& state);

  // By loss (differences below 1e-9 are none), then the fuller GPU, then the lower group; in a
  // group the window of least loss, then of the lowest start. All groups are empty afterwards.
  void order(const FleetState& state, const Loss& loss);

  struct Best {
    Group group = 0;
    std::uint8_t window = 0;
  };
  std::optional<Best> best(unsigned request) const {
    const std::size_t row = request * words_;
    for (std::size_t word = 0; word < words_; ++word) {
      const std::uint64_t bits = filled_[row + word];
      if (bits == 0) continue;
      return order_[(row + word) * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
    }
    return std::nullopt;
  }
  // It was empty and is not, or the other way round.
  void flip(Group group) {
    for (std::uint32_t i = first_bit_[group]; i < first_bit_[group + 1]; ++i)
      filled_[bits_[i] / 64] ^= std::uint64_t{1} << (bits_[i] % 64);
  }

 private:
  std::size_t words_;                     // per request class
  std::vector<Best> order_;               // by bit
  std::vector<std::uint64_t> filled_;     // by request class, then place
  std::vector<std::uint32_t> first_bit_;  // by group, one more at the end: into bits_
  std::vector<std::uint32_t> bits_;       // of filled_
};

class Ranking final : public FleetWatcher {
 public:
  // Watches the state, which outlives it. Nothing is chosen before the first order().
  explicit Ranking(FleetState& state);
  ~Ranking() override;
  Ranking(const Ranking&) = delete;
  Ranking& operator=(const Ranking&) = delete;

  // As LikedGroups::order, with the groups that have a GPU now.
  void order(const Loss& loss);

  using Best = LikedGroups::Best;
  std::optional<Best> best(unsigned request) const { return liked_.best(request); }
  // The GPU of that group which joined it last.
  std::optional<Choice> choose(unsigned request) const {
    const auto found = best(request);
    if (!found) return std::nullopt;
    return Choice{state_.members(found->group).back(), found->window};
  }

  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;

 private:
  FleetState& state_;
  LikedGroups liked_;
};

}  // namespace septet::plan::online
