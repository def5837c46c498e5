#include "verify/any_certificate.h"

namespace septet::verify {

Result<AnyCertificate> read_any_certificate(const std::string& name, std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return fail(Code::kInvalidArgument, name + ": is not JSON",
                "give a file that septet plan --certificate wrote");
  const LocatedJson root(name, "", json);
  const auto version = TRY(root.member("septet_certificate"));
  if (TRY(version.whole()) != 1) return version.complain("only version 1 is known");
  if (!root.has("kind")) return TRY(read_fleet_certificate(root));
  const auto kind = TRY(root.member("kind"));
  const auto kind_text = TRY(kind.text());
  if (kind_text == "fleet") return TRY(read_fleet_certificate(root));
  if (kind_text == "serving") return TRY(read_serving_certificate(root));
  return kind.complain("must be \"fleet\" or \"serving\"");
}

}  // namespace septet::verify
