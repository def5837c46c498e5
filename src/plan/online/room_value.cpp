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
// What moves allow is a list of its own: without moves it costs nothing.
struct Moves {
  struct Join {  // one request class, one layout: the layouts it may become
    std::uint32_t request = 0, first = 0, last = 0;
  };
  struct Way {  // the same where there is no room: instances have to leave for it
    std::uint32_t to = 0;
    std::uint32_t out = 0;              // how many
    std::array<std::uint32_t, 2> of{};  // request class that pays for each
  };
  struct Leave {
    std::uint32_t to = 0;
    double rate = 0;
  };
  // By layout, one more at the end.
  std::vector<std::uint32_t> first_join, first_push, first_leave;
  std::vector<std::uint32_t> to;
  std::vector<Join> joins;
  std::vector<Join> pushes;  // into ways
  std::vector<Way> ways;
  std::vector<Leave> leaves;
  double most_leaving = 0;
};

// The ways into a layout that has no room as it is.
void add_ways(const Pool& pool, Shape::Layout layout, std::size_t cls, unsigned moved_out,
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

std::uint32_t count_of(const auto& list) { return static_cast<std::uint32_t>(list.size()); }

// Where requests take one layout: into free room or, where a class has none, into room that is
// made.
void add_joins(const Pool& pool, Shape::Layout layout, std::size_t requests, unsigned moved_out,
               Moves& moves) {
  const Shape& shape = *pool.shape;
  for (std::uint32_t request = 0; request < requests; ++request) {
    const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
    if (cls >= shape.classes()) continue;
    Moves::Join join{request, count_of(moves.to), 0};
    for (auto open = shape.fits(layout, static_cast<unsigned>(cls)); open != 0; open &= open - 1)
      moves.to.push_back(shape.added(layout, static_cast<unsigned>(std::countr_zero(open))));
    join.last = count_of(moves.to);
    if (join.last > join.first) {
      moves.joins.push_back(join);
      continue;
    }
    if (moved_out == 0) continue;
    Moves::Join push{request, count_of(moves.ways), 0};
    add_ways(pool, layout, cls, moved_out, moves.ways);
    push.last = count_of(moves.ways);
    if (push.last > push.first) moves.pushes.push_back(push);
  }
}

Moves moves_of(const Pool& pool, std::size_t requests, const std::vector<double>& leave,
               unsigned moved_out) {
  Moves moves;
  const Shape& shape = *pool.shape;
  for (unsigned i = 0; i < shape.layouts(); ++i) {
    const auto layout = static_cast<Shape::Layout>(i);
    moves.first_join.push_back(count_of(moves.joins));
    moves.first_push.push_back(count_of(moves.pushes));
    moves.first_leave.push_back(count_of(moves.leaves));
    add_joins(pool, layout, requests, moved_out, moves);
    double leaving = 0;
    for (std::uint64_t held = shape.held(layout); held != 0; held &= held - 1) {
      const auto window = static_cast<unsigned>(std::countr_zero(held));
      const double rate = leave[shape.window(window).cls];
      moves.leaves.push_back({shape.removed(layout, window), rate});
      leaving += rate;
    }
    moves.most_leaving = std::max(moves.most_leaving, leaving);
  }
  moves.first_join.push_back(count_of(moves.joins));
  moves.first_push.push_back(count_of(moves.pushes));
  moves.first_leave.push_back(count_of(moves.leaves));
  return moves;
}

// Value iteration, the distribution over layouts and the prices, all three a step per sweep. What a
// search ends with is where the next one begins.
class PriceSearch {
 public:
  PriceSearch(const std::vector<Pool>& pools, const Traffic& traffic, unsigned moved_out)
      : pools_(pools),
        moved_out_(moved_out),
        chance_(traffic.rate.size()),
        flow_(traffic.rate.size()) {
    double gpus = 0;
    for (std::size_t p = 0; p < pools.size(); ++p) {
      moves_.push_back(moves_of(pools[p], traffic.rate.size(), traffic.leave[p], moved_out));
      gpus += pools[p].gpus;
      most_leaving_ = std::max(most_leaving_, moves_.back().most_leaving);
    }
    for (const double rate : traffic.rate) arrive_.push_back(rate / gpus);
    for (const Pool& pool : pools) {
      const double share = pool.gpus / gpus;
      value_.emplace_back(pool.shape->layouts(), 0.0);
      where_.emplace_back(pool.shape->layouts(), 0.0);
      where_.back()[0] = share;  // of all GPUs
    }
    next_value_ = value_;
    next_where_ = where_;
  }

  RoomValue run(const ValueTuning& tuning) {
    begin(tuning);
    for (unsigned sweep = 0; sweep < tuning.sweeps; ++sweep) {
      std::ranges::fill(flow_, 0.0);
      moved_ = 0;
      for (std::size_t p = 0; p < moves_.size(); ++p) sweep_pool(p);
      for (double& flow : flow_) flow /= per_step_;
      if (moved_out_ > 0) price_of_moves(begun_, tuning.move_share);
      move_prices(begun_++);
      if (sweep >= tuning.sweeps / 2) add_to_mean();
    }
    RoomValue found;
    const unsigned counted = tuning.sweeps - tuning.sweeps / 2;
    const double count = counted;
    for (const auto& pool : sum_) {
      for (const double sum : pool) found.value.push_back(sum / count);
    }
    found.price = price_;
    if (moved_out_ > 0) found.move_price = move_price_;
    for (std::size_t r = 0; r < flow_.size(); ++r)
      found.taken.push_back(arrive_[r] > 0 ? sum_flow_[r] / count / arrive_[r] : 0);
    return found;
  }

 private:
  // A price keeps its place between nothing and what the request was worth before.
  void begin(const ValueTuning& tuning) {
    const std::vector<double> before = std::move(worth_);
    worth_ = worths(pools_, arrive_.size(), tuning.power);
    if (price_.empty()) price_ = worth_;
    for (std::size_t r = 0; r < before.size(); ++r) {
      if (before[r] > 0) price_[r] *= worth_[r] / before[r];
    }
    double coming = 0;
    for (const double rate : arrive_) coming += tuning.contacts * rate;
    per_step_ = 1 / (coming + most_leaving_);
    for (std::size_t r = 0; r < arrive_.size(); ++r)
      chance_[r] = tuning.contacts * arrive_[r] * per_step_;
    edge_ = 2 * tuning.blur;
    begun_ = std::min(begun_, kFullSteps);
    sum_.clear();
    for (const auto& pool : value_) sum_.emplace_back(pool.size(), 0.0);
    sum_flow_.assign(flow_.size(), 0.0);
  }

  // What requests bring to a GPU of this layout, and where they take it.
  struct Step {
    double gained, stays;
  };
  // A smoothed max(gain, 0), which is added, and how likely the request is taken.
  double take(std::uint32_t request, double gain, Step& step) const {
    if (gain <= -edge_) return 0;
    double chance = chance_[request];
    if (gain >= edge_) {
      step.gained += chance * gain;
    } else {
      const double in = gain + edge_;
      step.gained += chance * in * in / (4 * edge_);
      chance *= in / (2 * edge_);
    }
    step.stays -= chance;
    return chance;
  }
  Step join(const Moves& moves, std::size_t layout, double here, const double* value, double mass,
            double* where) {
    Step step{0, 1};
    for (auto j = moves.first_join[layout]; j < moves.first_join[layout + 1]; ++j) {
      const Moves::Join& join = moves.joins[j];
      std::uint32_t to = moves.to[join.first];
      for (auto i = join.first + 1; i < join.last; ++i) {
        if (value[moves.to[i]] > value[to]) to = moves.to[i];
      }
      const double chance = take(join.request, price_[join.request] + value[to] - here, step);
      if (chance <= 0) continue;
      where[to] += mass * chance;
      flow_[join.request] += mass * chance;
    }
    return step;
  }

  // The same where instances have to leave. Who is moved out is asked for again, elsewhere.
  void push_in(const Moves& moves, std::size_t layout, double here, const double* value,
               double mass, double* where, Step& step) {
    for (auto j = moves.first_push[layout]; j < moves.first_push[layout + 1]; ++j) {
      const Moves::Join& push = moves.pushes[j];
      const Moves::Way* best = nullptr;
      double most = 0;  // what the layout is worth then, less what the moves cost
      for (auto i = push.first; i < push.last; ++i) {
        const Moves::Way& way = moves.ways[i];
        double its = value[way.to];
        for (std::uint32_t out = 0; out < way.out; ++out) its -= move_price_ + price_[way.of[out]];
        if (best != nullptr && its <= most) continue;
        best = &way;
        most = its;
      }
      const double chance = take(push.request, price_[push.request] + most - here, step);
      if (chance <= 0) continue;
      where[best->to] += mass * chance;
      flow_[push.request] += mass * chance;
      for (std::uint32_t out = 0; out < best->out; ++out) flow_[best->of[out]] -= mass * chance;
      moved_ += mass * chance * best->out;
    }
  }

  void sweep_pool(std::size_t p) {
    const Moves& moves = moves_[p];
    const double* const value = value_[p].data();
    double* const where = next_where_[p].data();
    std::ranges::fill(next_where_[p], 0.0);
    for (std::size_t layout = 0; layout < value_[p].size(); ++layout) {
      const double here = value[layout];
      const double mass = where_[p][layout];
      Step step = join(moves, layout, here, value, mass, where);
      if (moved_out_ > 0) push_in(moves, layout, here, value, mass, where, step);
      for (auto i = moves.first_leave[layout]; i < moves.first_leave[layout + 1]; ++i) {
        const Moves::Leave& leave = moves.leaves[i];
        const double chance = leave.rate * per_step_;
        step.gained += chance * (value[leave.to] - here);
        step.stays -= chance;
        where[leave.to] += mass * chance;
      }
      where[layout] += mass * step.stays;
      next_value_[p][layout] = here + step.gained;
    }
    const double empty = next_value_[p][0];
    for (double& one : next_value_[p]) one -= empty;
    value_[p].swap(next_value_[p]);
    where_[p].swap(next_where_[p]);
  }

  static double step_at(unsigned sweep) {
    constexpr double kStep = 0.02;
    return kStep * std::min(1.0, static_cast<double>(kFullSteps) / (sweep + 1));
  }

  // More moves than their share make a move dearer.
  void price_of_moves(unsigned sweep, double move_share) {
    const double moved = moved_ / per_step_;
    double accepted = moved;  // flows are net of who was moved out
    for (const double flow : flow_) accepted += flow;
    if (accepted <= 0) return;
    const double used = moved / (accepted * move_share);
    move_price_ = std::max(0.0, move_price_ + 2 * step_at(sweep) * (used - 1));
  }

  // A class of which more is taken than arrives is paid less; never more than it is worth.
  void move_prices(unsigned sweep) {
    const double step = step_at(sweep);
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

  static constexpr unsigned kFullSteps = 300;  // sweeps before steps become shorter
  const std::vector<Pool>& pools_;
  unsigned moved_out_;
  std::vector<double> worth_, price_, arrive_, chance_, flow_, sum_flow_;
  std::vector<Moves> moves_;
  std::vector<std::vector<double>> value_, next_value_, where_, next_where_, sum_;
  double most_leaving_ = 0, per_step_ = 0, edge_ = 0;
  double move_price_ = 1, moved_ = 0;
  unsigned begun_ = 0;  // sweeps so far, of all searches
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
  return room_values(pools, traffic, {tuning}).front();
}

std::vector<RoomValue> room_values(const std::vector<Pool>& pools, const Traffic& traffic,
                                   const std::vector<ValueTuning>& tunings) {
  std::vector<RoomValue> found;
  if (tunings.empty()) return found;
  const unsigned moved_out = tunings.front().moved_out;
  SEPTET_ASSERT(moved_out <= Moves::Way{}.of.size());
  PriceSearch search(pools, traffic, moved_out);
  for (const ValueTuning& tuning : tunings) {
    SEPTET_ASSERT(tuning.moved_out == moved_out);
    found.push_back(search.run(tuning));
  }
  return found;
}

}  // namespace septet::plan::online
