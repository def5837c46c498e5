// septet lab recommend — the mode and layout that meets the objectives with the fewest GPUs.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_recommend(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab recommend is not built yet");
}

}  // namespace

extern const Verb kRecommend{"recommend",
                             "the mode and layout that meets the objectives with the fewest GPUs",
                             run_recommend};

}  // namespace septet::cli::lab_verbs
