#include "plan/online/migrate.h"

#include <algorithm>
#include <cmath>

#include "plan/online/room_value.h"

namespace septet::plan::online {

namespace {

// As room_value counts: (memory units / those of the smallest class) ^ power.
std::vector<double> request_worth(const std::vector<Pool>& pools, std::size_t requests,
                                  double power) {
  std::vector<double> units(requests, 0);
  for (std::size_t r = 0; r < requests; ++r) {
    for (const Pool& pool : pools) {
      const std::size_t cls = pool.serves.empty() ? r : pool.serves[r];
      if (cls == kNoClass) continue;
      const double its = pool.shape->class_units(static_cast<unsigned>(cls));
      if (units[r] == 0 || its < units[r]) units[r] = its;
    }
  }
  double least = 0;
  for (const double its : units) {
    if (its > 0 && (least == 0 || its < least)) least = its;
  }
  for (double& its : units) its = its > 0 ? std::pow(its / least, power) : 0;
  return units;
}

}  // namespace

Migration::Migration(FleetState& state, const MoveLimits& limits)
    : state_(state), limits_(limits), search_(state), budget_(limits.share), learner_(state) {}

void Migration::review() {
  const ValueTuning tuning;
  search_.appraise({room_value(state_.pools(), learner_.traffic(), tuning).value,
                    request_worth(state_.pools(), state_.request_classes(), tuning.power)});
}

void Migration::arrived(double now, unsigned request) {
  now_ = now;
  learner_.arrived(now, request);
  bool due = false;
  if (learner_.arrivals() >= next_stretch_) {
    next_stretch_ = learner_.arrivals() + 4096;
    due = learner_.changed();
  }
  if (learner_.arrivals() >= next_review_) due = true;
  if (!due) return;
  next_review_ = std::max(next_review_, learner_.arrivals()) * 4;
  review();
}

void Migration::make(const Move& move) {
  state_.place(move.to, move.job);  // for a moment it is in both places, as it would be on a GPU
  const Job job = state_.release(move.from);
  SEPTET_ASSERT(job == move.job);
  count_.units += move.units;
  if (told_) told_(move);
}

bool Migration::pays(const Room& room, unsigned request) const {
  const double free_percent = 100.0 * (1.0 - static_cast<double>(state_.taken_units()) /
                                                 static_cast<double>(state_.units()));
  const double cost = budget_.price() * static_cast<double>(room.moves.size());
  return search_.worth().of_request[request] + room.gain + limits_.slack * free_percent > cost;
}

std::optional<Choice> Migration::make_room(unsigned request) {
  const unsigned most = std::min(limits_.moves_per_refusal, budget_.left());
  if (most == 0) return std::nullopt;
  const auto room = search_.find(request, most, budget_.price());
  if (!room || !pays(*room, request)) return std::nullopt;
  for (const Move& move : room->moves) make(move);
  budget_.spend(room->moves.size());
  ++count_.let_in;
  count_.for_them += room->moves.size();
  return room->at;
}

void Migration::settled(std::optional<Choice> at) {
  budget_.request(at.has_value());
  if (!at) return;
  ++count_.accepted;
  learner_.placed(now_, state_.pool(at->gpu), state_.shape(at->gpu).window(at->window).cls);
}

void Migration::departed(double now, Choice from) {
  now_ = now;
  const unsigned pool = state_.pool(from.gpu);
  const std::uint8_t cls = state_.shape(from.gpu).window(from.window).cls;
  learner_.released(now, pool, cls);
  learner_.departed(pool, cls);
  if (limits_.tidy_every == 0 || ++departures_ % limits_.tidy_every != 0) return;
  if (budget_.left() == 0) return;
  const double floor = std::max(budget_.price() / limits_.tidy_rate, limits_.tidy_least);
  const auto better = search_.tidier(floor);
  if (!better) return;
  make(better->move);
  budget_.spend(1);
  ++count_.in_background;
}

}  // namespace septet::plan::online
