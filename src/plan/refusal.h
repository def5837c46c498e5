// plan/refusal.h — why a GPU cannot be cut as wished, said once, for every verb that has to refuse.
//
// Says which units or budget collide with which instances, whose those are, the most of the wish
// that fits, what fits instead, and the least that has to stop or move.
#pragma once

#include <string>
#include <vector>

#include "mig/node.h"
#include "plan/cut.h"
#include "plan/explain.h"

namespace septet::plan {

// kInfeasible. `rest_stays`: what the GPU holds stays, and what is wished and there counts.
// For a GPU whose layout is legal, and wishes that do not fit.
Error refusal(const mig::Gpu& gpu, const std::vector<Wish>& wishes, bool rest_stays);

// What of `to` can be had on this GPU with every instance in use left alone: "2x 1g.10gb"; "all of
// it" when nobody is in the way, "nothing" when everything collides.
std::string part_beside_users(const mig::Gpu& gpu, const GpuCut& to);

}  // namespace septet::plan
