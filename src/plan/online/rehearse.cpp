#include "plan/online/rehearse.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "plan/online/rehearse_moves.h"

namespace septet::plan::online {

namespace {

double gpus_of(const std::vector<Pool>& pools) {
  double gpus = 0;
  for (const Pool& pool : pools) gpus += pool.gpus;
  return gpus;
}

// GPUs by group, and nothing else: a fleet whose jobs are known by their request alone.
class Stage {
 public:
  Stage(const FleetState& idle, const std::vector<Group>& other, std::size_t windows)
      : other_(other), windows_(windows), liked_(idle), members_(idle.groups()) {
    for (Gpu gpu = 0; gpu < idle.gpus(); ++gpu) gpus_.push_back({idle.group(gpu), 0});
    for (Group group = 0; group < idle.groups(); ++group) {
      members_[group] = idle.members(group);
      for (std::uint32_t at = 0; at < members_[group].size(); ++at)
        gpus_[members_[group][at]].position = at;
    }
  }

  void order(const FleetState& idle, const Loss& loss) {
    liked_.order(idle, loss);
    for (Group group = 0; group < members_.size(); ++group)
      if (!members_[group].empty()) liked_.flip(group);
  }

  std::optional<Choice> take(unsigned request) {
    const auto best = liked_.best(request);
    if (!best) return std::nullopt;
    const Choice choice{members_[best->group].back(), best->window};
    move(choice);
    return choice;
  }
  void move(Choice at) {
    Place& place = gpus_[at.gpu];
    std::vector<Gpu>& left = members_[place.group];
    const Gpu last = left.back();
    left[place.position] = last;
    gpus_[last].position = place.position;
    left.pop_back();
    if (left.empty()) liked_.flip(place.group);
    place.group = other_[place.group * windows_ + at.window];
    std::vector<Gpu>& joined = members_[place.group];
    place.position = static_cast<std::uint32_t>(joined.size());
    joined.push_back(at.gpu);
    if (joined.size() == 1) liked_.flip(place.group);
  }

 private:
  struct Place {
    Group group;
    std::uint32_t position;  // in members_[group]
  };
  const std::vector<Group>& other_;
  std::size_t windows_;
  LikedGroups liked_;
  std::vector<std::vector<Gpu>> members_;
  std::vector<Place> gpus_;
};

}  // namespace

SmallFleet small_fleet(const std::vector<Pool>& pools, std::uint32_t gpus) {
  SmallFleet small{pools, std::min(1.0, gpus / gpus_of(pools))};
  for (Pool& pool : small.pools) {
    if (pool.gpus == 0) continue;
    pool.gpus = static_cast<std::uint32_t>(std::max(1.0, std::round(pool.gpus * small.factor)));
  }
  return small;
}

double asked_units(const FleetState& fleet, unsigned request) {
  double least = 0;
  for (unsigned p = 0; p < fleet.pools().size(); ++p) {
    const std::uint8_t serving = fleet.serving_class(p, request);
    if (serving == kNoClass) continue;
    const double units = fleet.pools()[p].shape->class_units(serving);
    if (least == 0 || units < least) least = units;
  }
  return least;
}

Rehearsals::Rehearsals(const std::vector<Pool>& pools, const Traffic& traffic,
                       const Rehearsal& rehearsal)
    : idle_(small_fleet(pools, rehearsal.gpus).pools) {
  for (const Pool& pool : idle_.pools())
    windows_ = std::max<std::size_t>(windows_, pool.shape->windows());
  for (Gpu gpu = 0; gpu < idle_.gpus(); ++gpu)
    pool_.push_back(static_cast<std::uint8_t>(idle_.pool(gpu)));
  other_.assign(idle_.groups() * windows_, 0);
  for (Group group = 0; group < idle_.groups(); ++group) {
    const Shape& shape = idle_.shape_of_group(group);
    const Shape::Layout layout = idle_.layout_of_group(group);
    const Group empty = group - layout;
    for (unsigned w = 0; w < shape.windows(); ++w) {
      const Shape::Layout added = shape.added(layout, w);
      const Shape::Layout to = added != Shape::kNone ? added : shape.removed(layout, w);
      if (to != Shape::kNone) other_[group * windows_ + w] = empty + to;
    }
  }
  for (unsigned r = 0; r < traffic.rate.size(); ++r) units_.push_back(asked_units(idle_, r));
  draw(traffic, small_fleet(pools, rehearsal.gpus).factor, rehearsal);
}

void Rehearsals::draw(const Traffic& traffic, double factor, const Rehearsal& rehearsal) {
  Random random(rehearsal.seed);
  std::vector<double> below;
  double sum = 0;
  for (const double rate : traffic.rate) below.push_back(sum += rate * factor);
  std::vector<std::pair<double, Leaving>> ends;
  std::vector<double> arrives;
  double now = 0;
  for (std::uint32_t i = 0; i < rehearsal.arrivals; ++i) {
    arrives.push_back(now += random.exponential(1 / below.back()));
    const double at = random.uniform() * below.back();
    unsigned cls = 0;
    while (cls + 1 < below.size() && at >= below[cls]) ++cls;
    cls_.push_back(static_cast<std::uint8_t>(cls));
    const double life = random.exponential(1);
    for (unsigned p = 0; p < idle_.pools().size(); ++p) {
      const std::uint8_t serving = idle_.serving_class(p, cls);
      if (serving == kNoClass) continue;
      ends.push_back({now + life / traffic.leave[p][serving], {i, static_cast<std::uint8_t>(p)}});
    }
  }
  std::ranges::sort(ends, {}, &std::pair<double, Leaving>::first);
  std::uint32_t over = 0;
  for (const double time : arrives) {
    while (over < ends.size() && ends[over].first <= time) ++over;
    gone_.push_back(over);
  }
  for (const auto& [time, leaving] : ends) leaving_.push_back(leaving);
  leaving_.resize(over);
}

double Rehearsals::accepted(const Loss& loss, std::uint64_t arrivals) const {
  constexpr Choice kNowhere{~Gpu{0}, 0};
  SEPTET_ASSERT(arrivals <= cls_.size());
  Stage stage(idle_, other_, windows_);
  stage.order(idle_, loss);
  std::vector<Choice> jobs(arrivals, kNowhere);
  const std::uint64_t warm = arrivals / 5;
  double offered = 0;
  double taken = 0;
  std::uint32_t left = 0;
  for (std::size_t i = 0; i < arrivals; ++i) {
    for (; left < gone_[i]; ++left) {
      const Choice at = jobs[leaving_[left].request];
      if (at == kNowhere || pool_[at.gpu] != leaving_[left].pool) continue;
      stage.move(at);
    }
    const auto choice = stage.take(cls_[i]);
    if (choice) jobs[i] = *choice;
    if (i < warm) continue;
    offered += units_[cls_[i]];
    if (choice) taken += units_[cls_[i]];
  }
  return offered > 0 ? taken / offered : 0;
}

double rehearse(const std::vector<Pool>& pools, const Traffic& traffic, const Loss& loss,
                const Rehearsal& rehearsal) {
  if (rehearsal.move_share > 0) return rehearse_beside_moves(pools, traffic, loss, rehearsal);
  return Rehearsals(pools, traffic, rehearsal).accepted(loss, rehearsal.arrivals);
}

}  // namespace septet::plan::online
