// cli/verbs.cpp — the table of verbs, in the order of --help.
#include "cli/verb.h"

namespace septet::cli {

// One file per verb; the order here is the order of --help.
extern const Verb kStatus, kProducts, kProfiles, kLayouts, kExplain, kPlan, kApply, kDiff, kExport,
    kSim, kSmi, kDoctor;

std::span<const Verb> verbs() {
  static const Verb table[] = {kStatus, kProducts, kProfiles, kLayouts, kExplain, kPlan,
                               kApply,  kDiff,     kExport,   kSim,     kSmi,     kDoctor};
  return table;
}

}  // namespace septet::cli
