// cli/lab/compare_input.h — the scenario file that compare and recommend are asked about.
#pragma once

#include <string>

#include "lab/scenario/scenario_file.h"

namespace septet::cli::lab_compare {

// Traces that it names are looked for beside it, then in $SEPTET_DATA.
Result<lab::Scenario> read_scenario_file(const std::string& path,
                                         const lab::ScenarioChanges& changes);

}  // namespace septet::cli::lab_compare
