// septet lab compare — one scenario under every way to share a GPU.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_compare(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab compare is not built yet");
}

}  // namespace

extern const Verb kCompare{"compare", "one scenario under every way to share a GPU", run_compare};

}  // namespace septet::cli::lab_verbs
