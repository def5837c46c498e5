// septet verify — is a plan's certificate true? Asks no driver and no solver.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "cli/command_line.h"
#include "cli/plan_text.h"
#include "cli/verb.h"
#include "verify/check.h"

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

std::string units(std::uint64_t thousandths) {
  return fmt::format("{:g}", static_cast<double>(thousandths) / 1000);
}

Json json_of(const std::string& file, const verify::Certificate& certificate,
             const verify::Verdict& verdict) {
  Json json{{"file", file},
            {"holds", verdict.holds()},
            {"verdict", certificate.fits ? "fits" : "impossible"},
            {"layouts_priced", verdict.layouts_priced},
            {"bound_thousandths", verify::to_string(verdict.bound)}};
  json["objections"] = Json::array();
  for (const auto& objection : verdict.objections)
    json["objections"].push_back({{"at", objection.at}, {"what", objection.what}});
  return json;
}

void print_true(const std::string& file, const verify::Certificate& certificate,
                const verify::Verdict& verdict) {
  fmt::print("true: {}\n", file);
  if (certificate.fits) {
    fmt::print("  every placement on {} GPUs is legal", verdict.gpus_cut);
    if (verdict.instances_held > 0)
      fmt::print("; {} instances on {} GPUs stay as they are", verdict.instances_held,
                 verdict.gpus_held);
    fmt::print("\n  {} replicas of {} workloads have an instance that does for them\n",
               verdict.replicas, certificate.workloads.size());
  }
  fmt::print("  {} layouts of {} products priced: none is worth more than its GPU\n",
             verdict.layouts_priced, verdict.products);
  if (!certificate.fits) {
    fmt::print("  so {} replicas cannot be carried by these GPUs\n", verdict.replicas);
    return;
  }
  fmt::print("  cost {}, no plan costs less than {}: ", units(certificate.cost),
             units(verdict.least));
  if (certificate.gap == 0) {
    fmt::print("optimal\n");
  } else {
    fmt::print("within {:.3f} %\n", 100.0 * static_cast<double>(certificate.gap) /
                                        static_cast<double>(certificate.cost));
  }
}

void print_false(const std::string& file, const verify::Verdict& verdict) {
  fmt::print("not true: {}\n", file);
  for (const auto& objection : verdict.objections)
    fmt::print("{}", wrapped("  " + objection.at + ": ", objection.what));
  fmt::print("  do not act on this plan: make a new one with septet plan --certificate\n");
}

Result<int> run_verify(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  std::string file;
  CommandLine line(
      "is a fleet plan's certificate true? Every placement, every demand, the supply, every "
      "layout's "
      "price and the bound are worked out again, exactly, without the solver. Exit 0 yes, 2 no",
      "septet verify");
  line.option("FILE", file, "what septet plan --certificate wrote; - is standard input").required();
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto text = TRY(read_text(file));
  const auto certificate = TRY(verify::read_certificate(file, text));
  const verify::Verdict verdict = verify::check(certificate);
  if (json) {
    fmt::print("{}", to_text(json_of(file, certificate, verdict)));
  } else if (verdict.holds()) {
    print_true(file, certificate, verdict);
  } else {
    print_false(file, verdict);
  }
  return verdict.holds() ? 0 : 2;
}

}  // namespace

extern const Verb kVerify{"verify", "is a fleet plan's certificate true? Works it all out again",
                          run_verify};

}  // namespace septet::cli
