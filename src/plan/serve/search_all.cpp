// Level by level over the services: every sum of covers that may still fit, each once. What does
// not fit is told by prices in whole numbers, never by floating point.
#include <algorithm>
#include <limits>
#include <map>

#include "plan/serve/put_together.h"

namespace septet::plan {

namespace {

constexpr std::size_t kMostCovers = 20'000;  // per service, within the bound's slack

struct State {
  SlotCounts total{};
  std::int64_t price = 0;
  std::size_t parent = 0;
  std::uint32_t cover = 0;
};

class Levels {
 public:
  Levels(const SlotTable& table, const LeastGpus& bound, unsigned gpus, std::size_t most_states)
      : table_(table),
        bound_(bound),
        gpus_(gpus),
        budget_(static_cast<std::int64_t>(gpus) * kPriceUnit),
        most_states_(most_states),
        fit_(table) {}

  SearchOutcome run(const std::vector<ServiceDemand>& demands) {
    if (bound_.price > budget_) return {};
    if (!list_covers(demands)) return {std::nullopt, false};
    std::vector<std::vector<State>> levels{{State{}}};
    for (std::size_t at = 0; at < order_.size(); ++at) {
      auto next = step(levels.back(), covers_[order_[at]], rest_[at + 1]);
      states_ += next.size();
      if (states_ > most_states_) return {std::nullopt, false};
      if (next.empty()) return {};
      levels.push_back(std::move(next));
    }
    bool complete = true;
    for (std::size_t i = 0; i < levels.back().size(); ++i) {
      bool sure = false;
      if (auto columns = fit_.into(levels.back()[i].total, gpus_, &sure))
        return {answer(levels, i, *columns), true};
      complete = complete && sure;
    }
    return {std::nullopt, complete};
  }

 private:
  bool list_covers(const std::vector<ServiceDemand>& demands) {
    const std::int64_t slack = budget_ - bound_.price;
    for (const ServiceDemand& demand : demands) {
      const Cover cheapest = cheapest_cover(demand, bound_.prices, table_.size());
      covers_.push_back(
          covers_within(demand, bound_.prices, table_.size(), cheapest.bound + slack, kMostCovers));
      if (covers_.back().empty()) return false;  // too many: the cheapest itself is always one
      least_.push_back(cheapest.bound);
      order_.push_back(order_.size());
    }
    std::ranges::stable_sort(order_, {}, [this](std::size_t i) { return covers_[i].size(); });
    rest_.assign(order_.size() + 1, 0);
    for (std::size_t at = order_.size(); at-- > 0;) rest_[at] = rest_[at + 1] + least_[order_[at]];
    return true;
  }

  std::vector<State> step(const std::vector<State>& from, const std::vector<Cover>& covers,
                          std::int64_t rest) {
    std::vector<State> next;
    std::map<SlotCounts, std::size_t> seen;
    for (std::size_t parent = 0; parent < from.size(); ++parent) {
      for (std::uint32_t c = 0; c < covers.size(); ++c) {
        State state{from[parent].total, from[parent].price + covers[c].price, parent, c};
        if (state.price + rest > budget_) continue;
        for (std::size_t s = 0; s < table_.size(); ++s) state.total[s] += covers[c].uses[s];
        if (fit_.proven(state.total) > budget_) continue;
        if (!seen.emplace(state.total, next.size()).second) continue;
        fit_.fractional(state.total);
        if (fit_.proven(state.total) > budget_) continue;
        next.push_back(state);
        if (states_ + next.size() > most_states_) return next;
      }
    }
    return next;
  }

  Together answer(const std::vector<std::vector<State>>& levels, std::size_t last,
                  const std::vector<unsigned>& columns) const {
    Together found{std::vector<SlotCounts>(order_.size()), columns, 0};
    for (std::size_t at = order_.size(); at-- > 0;) {
      const State& state = levels[at + 1][last];
      found.covers[order_[at]] = covers_[order_[at]][state.cover].uses;
      last = state.parent;
    }
    for (const unsigned count : columns) found.gpus += count;
    return found;
  }

  const SlotTable& table_;
  const LeastGpus& bound_;
  const unsigned gpus_;
  const std::int64_t budget_;
  const std::size_t most_states_;
  FitCounts fit_;
  std::vector<std::vector<Cover>> covers_;
  std::vector<std::int64_t> least_, rest_;
  std::vector<std::size_t> order_;
  std::size_t states_ = 0;
};

}  // namespace

SearchOutcome search_all(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                         const LeastGpus& bound, unsigned gpus, std::size_t most_states) {
  return Levels(table, bound, gpus, most_states).run(demands);
}

}  // namespace septet::plan
