#include "plan/online/room_value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace septet::plan::online {

namespace {

// The smallest window of any pool that serves a request class, in memory units.
double smallest_serving(const std::vector<Pool>& pools, std::size_t request) {
  double smallest = 0;
  for (const Pool& pool : pools) {
    const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
    if (cls >= pool.shape->classes()) continue;
    const double units = pool.shape->class_units(static_cast<unsigned>(cls));
    if (smallest == 0 || units < smallest) smallest = units;
  }
  return smallest;
}

std::vector<double> worths(const std::vector<Pool>& pools, std::size_t requests, double power) {
  std::vector<double> worth;
  for (std::size_t request = 0; request < requests; ++request)
    worth.push_back(smallest_serving(pools, request));
  double least = 0;
  for (const double units : worth) {
    if (units > 0 && (least == 0 || units < least)) least = units;
  }
  for (double& units : worth) units = units > 0 ? std::pow(units / least, power) : 0;
  return worth;
}

// Who pays for an instance of a class: the first request class that it serves.
std::uint32_t request_of(const Pool& pool, std::uint8_t cls) {
  const auto found = std::ranges::find(pool.serves, cls);
  return found == pool.serves.end() ? cls : static_cast<std::uint32_t>(found - pool.serves.begin());
}

// Layouts of one pool with what can happen to them, flat, so that a sweep runs through memory once.
struct Moves {
  struct Way {  // to take a request: what the layout becomes, whose instances have to leave for it
    std::uint32_t to = 0;
    std::uint32_t out = 0;              // how many
    std::array<std::uint32_t, 2> of{};  // request class that pays for each
  };
  struct Join {  // one request class, one layout: the layouts it may become
    std::uint32_t request = 0, first = 0, last = 0;
  };
  struct Leave {
    std::uint32_t to = 0;
    double rate = 0;
  };
  std::vector<std::uint32_t> first_join, first_leave;  // by layout, one more at the end
  std::vector<Way> ways;
  std::vector<Join> joins;
  std::vector<Leave> leaves;
  double most_leaving = 0;
};

// The ways into a layout that has no room as it is.
void add_ways_out(const Pool& pool, Shape::Layout layout, std::size_t cls, unsigned moved_out,
                  std::vector<Moves::Way>& ways) {
  const Shape& shape = *pool.shape;
  auto wanted = shape.windows_of(static_cast<unsigned>(cls));
  for (; wanted != 0; wanted &= wanted - 1) {
    const auto window = static_cast<unsigned>(std::countr_zero(wanted));
    Moves::Way way;
    Shape::Layout rest = layout;
    for (auto held = shape.held(layout); held != 0; held &= held - 1) {
      const auto other = static_cast<unsigned>(std::countr_zero(held));
      if ((shape.window_mask(other) & shape.window_mask(window)) == 0) continue;
      if (way.out < way.of.size()) way.of[way.out] = request_of(pool, shape.window(other).cls);
      ++way.out;
      rest = shape.removed(rest, other);
    }
    const Shape::Layout to = shape.added(rest, window);
    if (way.out == 0 || way.out > moved_out || to == Shape::kNone) continue;
    way.to = to;
    ways.push_back(way);
  }
}

Moves moves_of(const Pool& pool, std::size_t requests, const std::vector<double>& leave,
               unsigned moved_out) {
  Moves moves;
  const Shape& shape = *pool.shape;
  const auto size = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  for (unsigned i = 0; i < shape.layouts(); ++i) {
    const auto layout = static_cast<Shape::Layout>(i);
    moves.first_join.push_back(size(moves.joins));
    moves.first_leave.push_back(size(moves.leaves));
    for (std::uint32_t request = 0; request < requests; ++request) {
      const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
      if (cls >= shape.classes()) continue;
      Moves::Join join{request, size(moves.ways), 0};
      for (auto open = shape.fits(layout, static_cast<unsigned>(cls)); open != 0; open &= open - 1)
        moves.ways.push_back({shape.added(layout, static_cast<unsigned>(std::countr_zero(open)))});
      if (moves.ways.size() == join.first) add_ways_out(pool, layout, cls, moved_out, moves.ways);
      join.last = size(moves.ways);
      if (join.last > join.first) moves.joins.push_back(join);
    }
    double leaving = 0;
    for (std::uint64_t held = shape.held(layout); held != 0; held &= held - 1) {
      const auto window = static_cast<unsigned>(std::countr_zero(held));
      const double rate = leave[shape.window(window).cls];
      moves.leaves.push_back({shape.removed(layout, window), rate});
      leaving += rate;
    }
    moves.most_leaving = std::max(moves.most_leaving, leaving);
  }
  moves.first_join.push_back(size(moves.joins));
  moves.first_leave.push_back(size(moves.leaves));
  return moves;
}

// Value iteration, the distribution over layouts and the prices, all three a step per sweep.
class PriceSearch {
 public:
  PriceSearch(const std::vector<Pool>& pools, const Traffic& traffic, const ValueTuning& tuning)
      : tuning_(tuning), worth_(worths(pools, traffic.rate.size(), tuning.power)) {
    double gpus = 0;
    double leaving = 0;
    for (std::size_t p = 0; p < pools.size(); ++p) {
      moves_.push_back(moves_of(pools[p], traffic.rate.size(), traffic.leave[p], tuning.moved_out));
      gpus += pools[p].gpus;
      leaving = std::max(leaving, moves_.back().most_leaving);
    }
    double coming = 0;
    for (const double rate : traffic.rate) {
      arrive_.push_back(rate / gpus);
      coming += tuning.contacts * rate / gpus;
    }
    per_step_ = 1 / (coming + leaving);
    for (std::size_t p = 0; p < pools.size(); ++p) {
      share_.push_back(pools[p].gpus / gpus);
      value_.emplace_back(pools[p].shape->layouts(), 0.0);
      where_.emplace_back(pools[p].shape->layouts(), 0.0);
      where_.back()[0] = 1;
    }
    next_value_ = value_;
    next_where_ = where_;
    sum_ = value_;
    price_ = worth_;
    flow_.resize(worth_.size());
    sum_flow_.resize(worth_.size());
  }

  RoomValue run() {
    for (unsigned sweep = 0; sweep < tuning_.sweeps; ++sweep) {
      std::ranges::fill(flow_, 0.0);
      moved_ = accepted_ = 0;
      for (std::size_t p = 0; p < moves_.size(); ++p) sweep_pool(p);
      move_prices(sweep);
      if (sweep >= tuning_.sweeps / 2) add_to_mean();
    }
    RoomValue found;
    const unsigned counted = tuning_.sweeps - tuning_.sweeps / 2;
    const double count = counted;
    for (const auto& pool : sum_) {
      for (const double sum : pool) found.value.push_back(sum / count);
    }
    found.price = price_;
    if (tuning_.moved_out > 0) found.move_price = move_price_;
    for (std::size_t r = 0; r < flow_.size(); ++r)
      found.taken.push_back(arrive_[r] > 0 ? sum_flow_[r] / count / arrive_[r] : 0);
    return found;
  }

 private:
  // Gain of a request that comes by, and how likely it is taken: a smoothed max(gain, 0).
  struct Taken {
    double gain, likely;
  };
  Taken taken(double gain) const {
    const double edge = 2 * tuning_.blur;
    if (gain <= -edge) return {0, 0};
    if (gain >= edge) return {gain, 1};
    const double in = gain + edge;
    return {in * in / (4 * edge), in / (2 * edge)};
  }

  // The way of most worth, what the layout is worth by it, less what moves cost.
  struct Best {
    const Moves::Way* way;
    double value;
  };
  Best best_way(const Moves& moves, const Moves::Join& join, const double* value) const {
    Best best{nullptr, 0};
    for (auto i = join.first; i < join.last; ++i) {
      const Moves::Way& way = moves.ways[i];
      double its = value[way.to];
      for (std::uint32_t out = 0; out < way.out; ++out) its -= move_price_ + price_[way.of[out]];
      if (best.way == nullptr || its > best.value) best = {&way, its};
    }
    return best;
  }

  // `flow` requests per time go that way. Who is moved out is asked for again, elsewhere.
  void count(std::uint32_t request, const Moves::Way& way, double flow) {
    flow_[request] += flow;
    accepted_ += flow;
    moved_ += flow * way.out;
    for (std::uint32_t out = 0; out < way.out; ++out) flow_[way.of[out]] -= flow;
  }

  void sweep_pool(std::size_t p) {
    const Moves& moves = moves_[p];
    const double* const value = value_[p].data();
    double* const where = next_where_[p].data();
    std::ranges::fill(next_where_[p], 0.0);
    for (std::size_t layout = 0; layout < value_[p].size(); ++layout) {
      const double here = value[layout];
      const double mass = where_[p][layout];
      double gained = 0;
      double stays = 1;
      for (auto j = moves.first_join[layout]; j < moves.first_join[layout + 1]; ++j) {
        const Moves::Join& join = moves.joins[j];
        const Best best = best_way(moves, join, value);
        const Taken take = taken(price_[join.request] + best.value - here);
        const double chance = tuning_.contacts * arrive_[join.request] * per_step_;
        gained += chance * take.gain;
        stays -= chance * take.likely;
        where[best.way->to] += mass * chance * take.likely;
        count(join.request, *best.way,
              share_[p] * mass * take.likely * tuning_.contacts * arrive_[join.request]);
      }
      for (auto i = moves.first_leave[layout]; i < moves.first_leave[layout + 1]; ++i) {
        const Moves::Leave& leave = moves.leaves[i];
        const double chance = leave.rate * per_step_;
        gained += chance * (value[leave.to] - here);
        stays -= chance;
        where[leave.to] += mass * chance;
      }
      where[layout] += mass * stays;
      next_value_[p][layout] = here + gained;
    }
    const double empty = next_value_[p][0];
    for (double& one : next_value_[p]) one -= empty;
    value_[p].swap(next_value_[p]);
    where_[p].swap(next_where_[p]);
  }

  // A class of which more is taken than arrives is paid less; never more than it is worth.
  void move_prices(unsigned sweep) {
    constexpr double kStep = 0.02;
    constexpr double kFullSteps = 300;
    const double step = kStep * std::min(1.0, kFullSteps / (sweep + 1));
    if (accepted_ > 0) {
      const double used = moved_ / (accepted_ * tuning_.move_share);
      move_price_ = std::max(0.0, move_price_ + 2 * step * (used - 1));
    }
    for (std::size_t r = 0; r < price_.size(); ++r) {
      if (arrive_[r] <= 0) continue;
      price_[r] += step * worth_[r] * (1 - flow_[r] / arrive_[r]);
      price_[r] = std::clamp(price_[r], 0.0, worth_[r]);
    }
  }

  void add_to_mean() {
    for (std::size_t p = 0; p < sum_.size(); ++p) {
      for (std::size_t layout = 0; layout < sum_[p].size(); ++layout)
        sum_[p][layout] += value_[p][layout];
    }
    for (std::size_t r = 0; r < flow_.size(); ++r) sum_flow_[r] += flow_[r];
  }

  ValueTuning tuning_;
  std::vector<double> worth_, price_, arrive_, flow_, sum_flow_, share_;
  std::vector<Moves> moves_;
  std::vector<std::vector<double>> value_, next_value_, where_, next_where_, sum_;
  double per_step_ = 0, move_price_ = 1, moved_ = 0, accepted_ = 0;
};

}  // namespace

double offered_load(const std::vector<Pool>& pools, const Traffic& traffic) {
  double offered = 0;
  double units = 0;
  for (std::size_t p = 0; p < pools.size(); ++p)
    units += double(pools[p].shape->units()) * pools[p].gpus;
  for (std::size_t r = 0; r < traffic.rate.size(); ++r) {
    double life = 0;
    double served = 0;
    for (std::size_t p = 0; p < pools.size(); ++p) {
      const std::size_t cls = pools[p].serves.empty() ? r : pools[p].serves[r];
      if (cls >= pools[p].shape->classes()) continue;
      life += pools[p].gpus / traffic.leave[p][cls];
      served += pools[p].gpus;
    }
    if (served > 0) offered += traffic.rate[r] * life / served * smallest_serving(pools, r);
  }
  return offered / units;
}

RoomValue room_value(const std::vector<Pool>& pools, const Traffic& traffic,
                     const ValueTuning& tuning) {
  SEPTET_ASSERT(tuning.moved_out <= Moves::Way{}.of.size());
  return PriceSearch(pools, traffic, tuning).run();
}

}  // namespace septet::plan::online
