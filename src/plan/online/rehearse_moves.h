// plan/online/rehearse_moves.h — how much of the traffic a way of placing would accept while moves
// are made beside it.
//
// As rehearse.h, with a Migration (migrate.h) on the rehearsed fleet: what runs where has to be
// known for it, and it changes, so the whole fleet is kept and nothing is shared between
// rehearsals. The requests are those that a rehearsal without moves draws with the same seed. Cost.
// Some microseconds an arrival.
#pragma once

#include "plan/online/rehearse.h"

namespace septet::plan::online {

// Share of the offered memory units that was accepted. `rehearsal.move_share` is more than 0.
double rehearse_beside_moves(const std::vector<Pool>& pools, const Traffic& traffic,
                             const Loss& loss, const Rehearsal& rehearsal);

}  // namespace septet::plan::online
