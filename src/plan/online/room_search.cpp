#include "plan/online/room_search.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace septet::plan::online {

namespace {

constexpr double kSame = 1e-9;  // smaller differences of worth are none

unsigned lowest(std::uint64_t bits) { return static_cast<unsigned>(std::countr_zero(bits)); }

}  // namespace

// A room in the making: the GPU it is made in, and what the GPUs look like by then.
struct RoomSearch::Draft {
  struct Touched {
    Gpu gpu = 0;
    Group was = 0, is = 0;
  };
  Gpu source = 0;
  Shape::Layout source_now = 0;    // moves so far made
  Shape::Layout source_after = 0;  // and the request in it, and nothing of what is still in the way
  unsigned wanted = 0;
  std::vector<Move> moves;
  std::vector<Touched> touched;  // other GPUs
  double gain = 0;

  void put(Gpu gpu, Group was, Group is) {
    const auto known = std::ranges::find(touched, gpu, &Touched::gpu);
    if (known != touched.end()) {
      known->is = is;
    } else {
      touched.push_back({gpu, was, is});
    }
  }
};

struct RoomSearch::Best {
  unsigned moves = 0;  // at most
  double price = 0;
  Landings landings;  // of the pool looked at
  double score = -std::numeric_limits<double>::infinity();
  unsigned units = 0;
  std::optional<Room> room;

  void offer(const Draft& draft) {
    const double its = draft.gain - price * static_cast<double>(draft.moves.size());
    unsigned moved = 0;
    for (const Move& move : draft.moves) moved += move.units;
    if (room && (its < score - kSame || (its < score + kSame && moved >= units))) return;
    score = its;
    units = moved;
    room = Room{draft.moves, {draft.source, static_cast<std::uint8_t>(draft.wanted)}, draft.gain};
  }
};

RoomSearch::RoomSearch(FleetState& state) : state_(state) {
  filled_.resize(state.pools().size());
  place_.resize(state.groups());
  for (Group group = 0; group < state.groups(); ++group) {
    if (state.members(group).empty()) continue;
    auto& filled = filled_[state.pool_of_group(group)];
    place_[group] = static_cast<std::uint32_t>(filled.size());
    filled.push_back(group);
  }
  std::size_t landings = 0;
  for (const Pool& pool : state.pools()) {
    learn_ways(*pool.shape);
    first_landing_.push_back(landings);
    landings += std::size_t{pool.shape->layouts()} * pool.shape->classes();
  }
  landing_in_.resize(landings);
  appraise(
      {std::vector<double>(state.groups(), 0), std::vector<double>(state.request_classes(), 0)});
  state_.add_watcher(this);
}

RoomSearch::~RoomSearch() { state_.remove_watcher(this); }

void RoomSearch::learn_ways(const Shape& shape) {
  Ways ways;
  for (unsigned window = 0; window < shape.windows(); ++window) {
    std::uint64_t overlap = 0;
    for (unsigned other = 0; other < shape.windows(); ++other) {
      const bool meet = (shape.window_mask(window) & shape.window_mask(other)) != 0;
      overlap |= std::uint64_t{meet} << other;
    }
    ways.in_way.push_back(overlap);
  }
  ways.made_room.reserve(std::size_t{shape.layouts()} * shape.windows());
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    for (unsigned window = 0; window < shape.windows(); ++window) {
      auto rest = static_cast<Shape::Layout>(layout);
      for (std::uint64_t way = shape.held(rest) & ways.in_way[window]; way != 0; way &= way - 1)
        rest = shape.removed(rest, lowest(way));
      ways.made_room.push_back(shape.added(rest, window));
    }
  }
  ways_.push_back(std::move(ways));
}

void RoomSearch::appraise(Worth worth) {
  SEPTET_ASSERT(worth.of_group.size() == state_.groups());
  SEPTET_ASSERT(worth.of_request.size() == state_.request_classes());
  worth_ = std::move(worth);
  std::size_t at = 0;
  for (Group group = 0; group < state_.groups(); ++group) {
    const Shape& shape = state_.shape_of_group(group);
    const Group first = state_.first_group(state_.pool_of_group(group));
    const Shape::Layout layout = state_.layout_of_group(group);
    for (unsigned cls = 0; cls < shape.classes(); ++cls, ++at) {
      landing_in_[at].reset();
      for (std::uint64_t open = shape.fits(layout, cls); open != 0; open &= open - 1) {
        const unsigned window = lowest(open);
        const double gain =
            worth_.of_group[first + shape.added(layout, window)] - worth_.of_group[group];
        if (landing_in_[at] && gain <= landing_in_[at]->gain + kSame) continue;
        landing_in_[at] = Landing{gain, group, static_cast<std::uint8_t>(window)};
      }
    }
  }
}

void RoomSearch::moved(Gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) {
  if (from_left == 0) {
    auto& filled = filled_[state_.pool_of_group(from)];
    filled[place_[from]] = filled.back();
    place_[filled.back()] = place_[from];
    filled.pop_back();
  }
  if (to_now == 1) {
    auto& filled = filled_[state_.pool_of_group(to)];
    place_[to] = static_cast<std::uint32_t>(filled.size());
    filled.push_back(to);
  }
}

std::optional<RoomSearch::Landing> RoomSearch::land_in(Group group, unsigned cls) const {
  const unsigned pool = state_.pool_of_group(group);
  const std::size_t classes = state_.pools()[pool].shape->classes();
  return landing_in_[first_landing_[pool] + (group - state_.first_group(pool)) * classes + cls];
}

// Where a class gains most; not in the only GPU of `not_alone`.
std::optional<RoomSearch::Landing> RoomSearch::best_landing(unsigned pool, unsigned cls,
                                                            std::optional<Group> not_alone) const {
  std::optional<Landing> best;
  for (const Group group : filled_[pool]) {
    if (group == not_alone && state_.members(group).size() == 1) continue;
    const auto landing = land_in(group, cls);
    if (landing && (!best || landing->gain > best->gain + kSame)) best = landing;
  }
  return best;
}

RoomSearch::Landings RoomSearch::best_landings(unsigned pool) const {
  Landings landings;
  for (unsigned cls = 0; cls < state_.pools()[pool].shape->classes(); ++cls)
    landings.push_back(best_landing(pool, cls, std::nullopt));
  return landings;
}

Move RoomSearch::move_of(Gpu gpu, unsigned held, Choice to) const {
  const Choice from{gpu, static_cast<std::uint8_t>(held)};
  return {state_.occupant(gpu, held), from, to, state_.shape(gpu).window(held).at.size};
}

std::optional<Room> RoomSearch::find(unsigned request, unsigned moves, double price) const {
  Best best;
  best.moves = moves;
  best.price = price;
  for (unsigned pool = 0; pool < filled_.size(); ++pool) {
    if (state_.serving_class(pool, request) == kNoClass) continue;
    best.landings = best_landings(pool);
    for (const Group group : filled_[pool]) find_in_group(request, group, best);
  }
  return std::move(best.room);
}

void RoomSearch::find_in_group(unsigned request, Group group, Best& best) const {
  const unsigned pool = state_.pool_of_group(group);
  const Shape& shape = *state_.pools()[pool].shape;
  const Ways& ways = ways_[pool];
  const Shape::Layout layout = state_.layout_of_group(group);
  const std::uint64_t wanted = shape.windows_of(state_.serving_class(pool, request));
  for (std::uint64_t rest = wanted; rest != 0; rest &= rest - 1) {
    const unsigned window = lowest(rest);
    const std::uint64_t in_way = shape.held(layout) & ways.in_way[window];
    const auto count = static_cast<unsigned>(std::popcount(in_way));
    const Shape::Layout after = ways.made_room[layout * shape.windows() + window];
    if (count == 0 || count > best.moves || after == Shape::kNone) continue;
    // No more than this can be gained when everything goes to other GPUs.
    double most = worth_.of_group[state_.first_group(pool) + after] - worth_.of_group[group] -
                  best.price * count;
    bool beside = false;  // is there room for any of it in this GPU?
    for (std::uint64_t way = in_way; way != 0; way &= way - 1) {
      const unsigned cls = shape.window(lowest(way)).cls;
      beside |= (shape.fits(layout, cls) & ~ways.in_way[window]) != 0;
      const auto& landing = best.landings[cls];
      most += landing ? landing->gain : -std::numeric_limits<double>::infinity();
    }
    if (!beside && best.room && most < best.score - kSame) continue;
    Draft made;
    if (draft(group, window, made)) best.offer(made);
  }
}

// Everything in the way of `window`, moved: largest first.
bool RoomSearch::draft(Group group, unsigned window, Draft& draft) const {
  const unsigned pool = state_.pool_of_group(group);
  const Shape& shape = *state_.pools()[pool].shape;
  const Shape::Layout layout = state_.layout_of_group(group);
  draft.source = state_.members(group).back();
  draft.source_now = layout;
  draft.source_after = ways_[pool].made_room[layout * shape.windows() + window];
  draft.wanted = window;
  draft.gain =
      worth_.of_group[state_.first_group(pool) + draft.source_after] - worth_.of_group[group];
  // Windows are numbered by class, and classes by size: the highest is the largest.
  std::uint64_t in_way = shape.held(layout) & ways_[pool].in_way[window];
  while (in_way != 0) {
    const auto largest = static_cast<unsigned>(std::bit_width(in_way) - 1);
    if (!land(largest, window, draft)) return false;
    in_way &= ~(std::uint64_t{1} << largest);
  }
  return true;
}

bool RoomSearch::land(unsigned held, unsigned wanted, Draft& draft) const {
  const unsigned pool = state_.pool(draft.source);
  const Shape& shape = *state_.pools()[pool].shape;
  const Group first = state_.first_group(pool);
  const unsigned cls = shape.window(held).cls;
  auto landing = land_elsewhere(pool, cls, draft);
  bool beside = false;
  std::uint64_t open = shape.fits(draft.source_now, cls) & ~ways_[pool].in_way[wanted];
  for (; open != 0; open &= open - 1) {
    const unsigned window = lowest(open);
    const Shape::Layout with = shape.added(draft.source_after, window);
    if (with == Shape::kNone) continue;
    const double gain = worth_.of_group[first + with] - worth_.of_group[first + draft.source_after];
    if (landing && gain <= landing->gain + kSame) continue;
    landing = Landing{gain, 0, static_cast<std::uint8_t>(window)};
    beside = true;
  }
  if (!landing) return false;
  Choice to{draft.source, landing->window};
  if (beside) {
    draft.source_now = shape.added(draft.source_now, landing->window);
    draft.source_after = shape.added(draft.source_after, landing->window);
  } else {
    const auto known = std::ranges::find(draft.touched, landing->group, &Draft::Touched::is);
    const auto& members = state_.members(landing->group);
    const auto untouched = std::ranges::find_if(members.rbegin(), members.rend(), [&](Gpu gpu) {
      return gpu != draft.source &&
             std::ranges::find(draft.touched, gpu, &Draft::Touched::gpu) == draft.touched.end();
    });
    to.gpu = untouched != members.rend() ? *untouched : known->gpu;
    const Shape::Layout layout = state_.layout_of_group(landing->group);
    draft.put(to.gpu, landing->group, first + shape.added(layout, landing->window));
  }
  draft.moves.push_back(move_of(draft.source, held, to));
  draft.source_now = shape.removed(draft.source_now, held);
  draft.gain += landing->gain;
  return true;
}

// GPUs of a group that the draft has not changed.
std::size_t RoomSearch::alone(Group group, const Draft& draft) const {
  std::size_t left = state_.members(group).size();
  if (state_.group(draft.source) == group) --left;
  for (const auto& touched : draft.touched) {
    if (touched.was == group) --left;
  }
  return left;
}

std::optional<RoomSearch::Landing> RoomSearch::land_elsewhere(unsigned pool, unsigned cls,
                                                              const Draft& draft) const {
  std::optional<Landing> best;
  const auto offer = [&](Group group) {
    const auto landing = land_in(group, cls);
    if (landing && (!best || landing->gain > best->gain + kSame)) best = landing;
  };
  for (const Group group : filled_[pool]) {
    if (alone(group, draft) > 0) offer(group);
  }
  for (const auto& touched : draft.touched) offer(touched.is);
  return best;
}

std::optional<RoomSearch::Tidier> RoomSearch::tidier(double floor) const {
  std::optional<Tidier> best;
  for (unsigned pool = 0; pool < filled_.size(); ++pool) {
    const Landings landings = best_landings(pool);
    for (const Group group : filled_[pool]) tidy_group(pool, group, landings, best, floor);
  }
  return best;
}

void RoomSearch::tidy_group(unsigned pool, Group group, const Landings& landings,
                            std::optional<Tidier>& best, double floor) const {
  const Shape& shape = *state_.pools()[pool].shape;
  const Group first = state_.first_group(pool);
  const Shape::Layout layout = state_.layout_of_group(group);
  const auto enough = [&](double gain) { return gain > (best ? best->gain + kSame : floor); };
  for (std::uint64_t held = shape.held(layout); held != 0; held &= held - 1) {
    const unsigned window = lowest(held);
    const unsigned cls = shape.window(window).cls;
    const Shape::Layout without = shape.removed(layout, window);
    const double freed = worth_.of_group[first + without] - worth_.of_group[group];
    auto landing = landings[cls];
    if (landing && enough(freed + landing->gain)) {
      if (landing->group == group) landing = best_landing(pool, cls, group);
      if (landing && enough(freed + landing->gain))
        best = move_to_landing(group, window, *landing, freed + landing->gain);
    }
    for (std::uint64_t open = shape.fits(layout, cls); open != 0; open &= open - 1) {
      const unsigned to = lowest(open);
      const double gain =
          worth_.of_group[first + shape.added(without, to)] - worth_.of_group[group];
      if (!enough(gain)) continue;
      const Gpu gpu = state_.members(group).back();
      best = Tidier{move_of(gpu, window, {gpu, static_cast<std::uint8_t>(to)}), gain};
    }
  }
}

RoomSearch::Tidier RoomSearch::move_to_landing(Group group, unsigned held, const Landing& landing,
                                               double gain) const {
  const Gpu from = state_.members(group).back();
  const auto& members = state_.members(landing.group);
  const Gpu to = landing.group == group ? members[members.size() - 2] : members.back();
  return {move_of(from, held, {to, landing.window}), gain};
}

}  // namespace septet::plan::online
