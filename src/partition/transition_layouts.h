// partition/transition_layouts.h — a transition of one node's GPUs as a layout file: one layout a
// stage, step-1, step-2, ..., for septet apply FILE -c step-1 and so on.
//
// GPU n of the deployments is GPU n of the node. What has to end before a stage, and to serve after
// it, stands beside it as comments.
#pragma once

#include <string>
#include <vector>

#include "plan/transition/cut_stages.h"

namespace septet::partition {

std::string transition_layouts_text(const plan::TransitionProblem& problem,
                                    const std::vector<plan::CutStage>& stages);

}  // namespace septet::partition
