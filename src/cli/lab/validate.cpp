// septet lab validate — the model beside every published measurement, with its error.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_validate(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab validate is not built yet");
}

}  // namespace

extern const Verb kValidate{
    "validate", "the model beside every published measurement, with its error", run_validate};

}  // namespace septet::cli::lab_verbs
