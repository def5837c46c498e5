// septet slurm — changes of a node that Slurm has to be told of.
#include "cli/slurm_verb.h"

#include "cli/subcommand.h"

namespace septet::cli {

namespace {

Result<int> run_slurm(const Globals& globals, const std::vector<std::string>& arguments) {
  static constexpr const Verb* kTable[] = {&kSlurmRelayout, &kSlurmHelpers, &kSlurmHelper,
                                           &kSlurmReboot};
  return run_subcommand("septet slurm", "slurm", kTable, globals, arguments);
}

}  // namespace

extern const Verb kSlurm{"slurm", "cut this node of a Slurm cluster anew: relayout, helpers",
                         run_slurm};

}  // namespace septet::cli
