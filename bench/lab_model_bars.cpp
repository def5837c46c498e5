// bench/lab_model_bars.cpp — the bar "model error as the survey's or better" (make bench-lab): what
// `septet lab validate` and its --claim say of the public tables. Nothing in it is timed or random.
//
// Data is read from $SEPTET_DATA (default: ../shared/data beside the checkout); a missing set
// fails.
#include <fmt/format.h>

#include "cli/lab/validate_claim.h"
#include "cli/lab/validate_data.h"
#include "cli/lab/validate_text.h"

namespace {

using namespace septet;

Result<bool> run() {
  const char* const named = std::getenv("SEPTET_DATA");
  const auto folder =
      named != nullptr ? std::string(named) : std::string(SEPTET_SOURCE_DIR) + "/../shared/data";
  auto data = TRY(cli::validating::read_published(folder));
  // The bytes are the same wherever the data lies.
  for (std::string& missing : data.missing) missing.erase(missing.find(" in "));
  const auto validation = lab::evidence::validate(data.published);
  fmt::print("{}\n", cli::validating::validation_text(validation, data.missing, {}));
  if (data.published.inference) {
    const auto rows = lab::evidence::claim_rows(*data.published.inference);
    fmt::print("{}\n", cli::validating::claim_text(rows, false));
  }
  const bool holds = data.missing.empty() && validation.all_hold();
  fmt::print("bar: model error as the survey states it or better: {}\n",
             holds ? "holds" : "MISSED");
  return holds;
}

}  // namespace

int main() {
  const auto holds = run();
  if (!holds) fmt::print(stderr, "{}\n", holds.error().describe());
  return holds && *holds ? 0 : 1;
}
