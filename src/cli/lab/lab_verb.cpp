// septet lab — what would happen: sharing modes compared, policies replayed, the model held
// against what others measured. No GPU and no node is touched.
#include "cli/lab/subcommands.h"
#include "cli/subcommand.h"

namespace septet::cli {

namespace {

Result<int> run_lab(const Globals& globals, const std::vector<std::string>& arguments) {
  using namespace lab_verbs;
  static constexpr const Verb* kSubcommands[] = {&kCompare, &kRecommend, &kReplay, &kValidate};
  return run_subcommand("septet lab", "lab", kSubcommands, globals, arguments);
}

}  // namespace

extern const Verb kLab{"lab", "what would happen: compare, recommend, replay, validate", run_lab};

}  // namespace septet::cli
