// verify/any_certificate.h — which kind of certificate a document is.
//
// Errors. kInvalidArgument: no JSON, a version or kind that is not known, or what the reader of its
//         kind objects to (verify/certificate.h, verify/serving_certificate.h).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "verify/certificate.h"
#include "verify/serving_certificate.h"

namespace septet::verify {

using AnyCertificate = std::variant<Certificate, ServingCertificate>;

// `name` stands for the document in complaints.
Result<AnyCertificate> read_any_certificate(const std::string& name, std::string_view text);

}  // namespace septet::verify
