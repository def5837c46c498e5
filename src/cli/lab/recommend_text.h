// cli/lab/recommend_text.h — a recommendation in words, within 80 columns, and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "lab/recommend/recommend.h"

namespace septet::cli::lab_recommend {

// The winner and its layout, each tenant's margin, the others and why not, what would change the
// answer, and the evidence.
std::string recommend_text(const lab::Scenario& scenario, const lab::Recommendation& found);
Json recommend_json(const lab::Scenario& scenario, const lab::Recommendation& found);
// The layout as a file that septet apply takes; empty unless the mode is one of MIG.
std::string layout_file_text(const lab::Proposal& proposal);

}  // namespace septet::cli::lab_recommend
