// cli/verdict_text.h — what septet verify says of a certificate, in words and as JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "verify/check.h"
#include "verify/check_serving.h"

namespace septet::cli {

// Of a certificate that holds.
std::string true_text(const std::string& file, const verify::Certificate& certificate,
                      const verify::Verdict& verdict);
std::string true_text(const std::string& file, const verify::ServingCertificate& certificate,
                      const verify::ServingVerdict& verdict);
// Of one that does not, whatever its kind.
std::string false_text(const std::string& file, const std::vector<verify::Objection>& objections);

Json verdict_json(const std::string& file, const verify::Certificate& certificate,
                  const verify::Verdict& verdict);
Json verdict_json(const std::string& file, const verify::ServingCertificate& certificate,
                  const verify::ServingVerdict& verdict);

}  // namespace septet::cli
