// Certificates of fleets and of services: whatever the bytes, a verdict or a located complaint.
#include <cstddef>
#include <cstdint>
#include <string>

#include "verify/any_certificate.h"
#include "verify/check.h"
#include "verify/check_serving.h"

namespace septet::fuzz {
namespace {

void check_objections(const std::vector<verify::Objection>& objections) {
  SEPTET_ASSERT(objections.size() <= 20);
  for (const verify::Objection& objection : objections)
    SEPTET_ASSERT(objection.at.starts_with('/') && !objection.what.empty());
}

void check_verdict(const verify::ServingCertificate& certificate) {
  const verify::ServingVerdict verdict = verify::check_serving(certificate);
  check_objections(verdict.objections);
  if (!verdict.holds()) return;
  SEPTET_ASSERT(verdict.bound == certificate.bound);
  SEPTET_ASSERT(verdict.least + certificate.gap == certificate.gpus);
  SEPTET_ASSERT(verdict.not_checked.size() == (certificate.searched_least ? 1u : 0u));
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto any = verify::read_any_certificate("fuzz", text);
  if (!any) {
    SEPTET_ASSERT(any.error().code == Code::kInvalidArgument);
    SEPTET_ASSERT(any.error().what.starts_with("fuzz: "));
  } else if (const auto* const serving = std::get_if<verify::ServingCertificate>(&*any)) {
    fuzz::check_verdict(*serving);
  } else {
    fuzz::check_objections(verify::check(std::get<verify::Certificate>(*any)).objections);
  }
  return 0;
}
