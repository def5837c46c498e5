// cli/lab/compare_text.h — a comparison of sharing modes in words and tables, within 80 columns.
#pragma once

#include <string>

#include "lab/sharing/outcome.h"

namespace septet::cli::lab_compare {

struct CompareTextOptions {
  bool tenants = false;  // a table of every tenant under every mode
  bool faults = false;   // why each fault reaches as far as it does
};
// Answers first, then the tables, then where MIG loses, then the evidence.
std::string compare_text(const lab::Scenario& scenario, const lab::Comparison& comparison,
                         const CompareTextOptions& options);

// Who goes down of which fault, by mode; what the planned faults did to each tenant. Empty without
// planned faults unless `why`.
std::string faults_text(const lab::Scenario& scenario, const lab::Comparison& comparison, bool why);

// Which numbers the model stands on, who measured them, and how wrong it is known to be.
std::string evidence_text(const lab::Scenario& scenario);

}  // namespace septet::cli::lab_compare
