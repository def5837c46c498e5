// cli/verbs.cpp — the table of verbs, in the order of --help.
#include "cli/verb.h"

namespace septet::cli {

// One file per verb; the order here is the order of --help.
// NOLINTBEGIN(readability-redundant-declaration): not where lint reads several files as one
extern const Verb kStatus, kTop, kProducts, kProfiles, kLayouts, kExplain, kPlan, kVerify, kApply,
    kDiff, kAssert, kHistory, kRollback, kRecover, kExport, kCheckpoint, kRestore, kRun, kPublish,
    kSlurm, kFleet, kAgent, kLab, kSim, kSmi, kParted, kDoctor;
// NOLINTEND(readability-redundant-declaration)

std::span<const Verb> verbs() {
  static const Verb table[] = {
      kStatus,  kTop,    kProducts, kProfiles, kLayouts, kExplain, kPlan,       kVerify,  kApply,
      kDiff,    kAssert, kHistory,  kRollback, kRecover, kExport,  kCheckpoint, kRestore, kRun,
      kPublish, kSlurm,  kFleet,    kAgent,    kLab,     kSim,     kSmi,        kParted,  kDoctor};
  return table;
}

}  // namespace septet::cli
