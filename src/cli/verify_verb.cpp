// septet verify — is a plan's certificate true? Asks no driver and no solver.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "cli/command_line.h"
#include "cli/verb.h"
#include "cli/verdict_text.h"
#include "verify/any_certificate.h"

namespace septet::cli {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 28;

Result<std::string> read_text(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& stream = path == "-" ? std::cin : file;
  std::string text, part(std::size_t{1} << 16, '\0');
  while (stream && text.size() <= kMostBytes) {
    stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (path != "-" && !file.is_open())
    return fail(Code::kNotFound, "cannot read " + path,
                "name a file that septet plan --certificate wrote, or - for standard input");
  if (text.size() > kMostBytes)
    return fail(Code::kInvalidArgument, path + " is larger than 256 MiB");
  return text;
}

template <typename Certificate, typename Verdict>
int tell_verdict(const std::string& file, const Certificate& certificate, const Verdict& verdict,
                 bool json) {
  if (json) {
    fmt::print("{}", to_text(verdict_json(file, certificate, verdict)));
  } else {
    fmt::print("{}", verdict.holds() ? true_text(file, certificate, verdict)
                                     : false_text(file, verdict.objections));
  }
  return verdict.holds() ? 0 : 2;
}

Result<int> run_verify(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  std::string file;
  CommandLine line(
      "is a plan's certificate true, of a fleet or of services? Every placement, every demand, the "
      "supply, every layout's price and the bound are worked out again, exactly, without the "
      "solver; what it cannot check it says. Exit 0 yes, 2 no",
      "septet verify");
  line.option("FILE", file, "what septet plan --certificate wrote; - is standard input").required();
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto text = TRY(read_text(file));
  const auto any = TRY(verify::read_any_certificate(file, text));
  if (const auto* const serving = std::get_if<verify::ServingCertificate>(&any))
    return tell_verdict(file, *serving, verify::check_serving(*serving), json);
  const auto& fleet = std::get<verify::Certificate>(any);
  return tell_verdict(file, fleet, verify::check(fleet), json);
}

}  // namespace

extern const Verb kVerify{"verify", "is a plan's certificate true? Works it all out again",
                          run_verify};

}  // namespace septet::cli
