// plan/online/ranking.h — the best group that has a GPU in it, found without looking at the others.
//
// A policy whose liking depends on the layout of a GPU alone orders all groups once per request
// class. What changes from then on is only which groups are empty: one bit per (class, place in the
// order), so that a decision is "the first bit that is set". 723 groups are 12 words.
// Cost.   choose() about 10 ns at any number of GPUs; order() about a millisecond, when the liking
//         itself has changed.
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

class Ranking final : public FleetWatcher {
 public:
  // Watches the state, which outlives it. Nothing is chosen before the first order().
  explicit Ranking(FleetState& state);
  ~Ranking() override;
  Ranking(const Ranking&) = delete;
  Ranking& operator=(const Ranking&) = delete;

  // By loss (differences below 1e-9 are none), then the fuller GPU, then the lower group; in a
  // group the window of least loss, then of the lowest start.
  void order(const Loss& loss);

  struct Best {
    Group group = 0;
    std::uint8_t window = 0;
  };
  std::optional<Best> best(unsigned request) const {
    const std::size_t row = request * words_;
    for (std::size_t word = 0; word < words_; ++word) {
      const std::uint64_t bits = filled_[row + word];
      if (bits == 0) continue;
      const Entry& entry = order_[request * state_.groups() + word * 64 +
                                  static_cast<std::size_t>(std::countr_zero(bits))];
      return Best{entry.group, entry.window};
    }
    return std::nullopt;
  }
  // The GPU of that group which joined it last.
  std::optional<Choice> choose(unsigned request) const {
    const auto found = best(request);
    if (!found) return std::nullopt;
    return Choice{state_.members(found->group).back(), found->window};
  }

  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;

 private:
  struct Entry {
    std::int64_t loss = 0;  // in 1e-9
    Group group = 0;
    std::uint8_t free_units = 0, window = 0;
  };
  static constexpr std::uint32_t kNotRanked = 0xffffffff;
  std::vector<Entry> liked(unsigned request, const Loss& loss) const;
  void flip(Group group);

  FleetState& state_;
  std::size_t words_;
  std::vector<Entry> order_;         // by request class, then place
  std::vector<std::uint32_t> rank_;  // by group, then request class
  std::vector<std::uint64_t> filled_;
};

}  // namespace septet::plan::online
