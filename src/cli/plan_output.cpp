#include "cli/plan_output.h"

#include <fmt/format.h>

#include "base/replace_file.h"

namespace septet::cli {

Result<> write_certificate(const PlanOutput& output, const Json& certificate) {
  if (output.certificate.empty()) return {};
  TRY(replace_file(output.certificate, to_text(certificate)));
  if (!output.json) fmt::print("certificate in {}: septet verify checks it\n", output.certificate);
  return {};
}

}  // namespace septet::cli
