#include "plan/online/migrate.h"

#include <algorithm>

namespace septet::plan::online {

void Migration::make(const Move& move) {
  state_.place(move.to, move.job);  // for a moment it is in both places, as it would be on a GPU
  const Job job = state_.release(move.from);
  SEPTET_ASSERT(job == move.job);
  count_.units += move.units;
  if (told_) told_(move);
}

std::optional<Choice> Migration::make_room(unsigned request) {
  const unsigned most = std::min(limits_.moves_per_refusal, budget_.left());
  if (most == 0) return std::nullopt;
  const auto room = search_.find(request, most, budget_.price());
  if (!room) return std::nullopt;
  const double free_percent = 100.0 * (1.0 - static_cast<double>(state_.taken_units()) /
                                                 static_cast<double>(state_.units()));
  const double moves = static_cast<double>(room->moves.size());
  const double gain = search_.worth().of_request[request] + room->gain +
                      limits_.slack * free_percent - budget_.price() * moves;
  if (gain <= 0) return std::nullopt;
  for (const Move& move : room->moves) make(move);
  budget_.spend(room->moves.size());
  ++count_.let_in;
  count_.for_them += room->moves.size();
  return room->at;
}

void Migration::departed() {
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
