#include "cli/verdict_text.h"

#include <fmt/format.h>

#include "cli/plan_text.h"

namespace septet::cli {

namespace {

std::string cost_text(std::uint64_t thousandths) {
  return fmt::format("{:g}", static_cast<double>(thousandths) / 1000);
}

std::string gap_text(std::uint64_t gap, std::uint64_t whole) {
  if (gap == 0) return "optimal\n";
  return fmt::format("within {:.3f} %\n",
                     100.0 * static_cast<double>(gap) / static_cast<double>(whole));
}

Json objections_json(const std::vector<verify::Objection>& objections) {
  Json list = Json::array();
  for (const auto& objection : objections)
    list.push_back({{"at", objection.at}, {"what", objection.what}});
  return list;
}

}  // namespace

std::string true_text(const std::string& file, const verify::Certificate& certificate,
                      const verify::Verdict& verdict) {
  std::string text = fmt::format("true: {}\n", file);
  if (certificate.fits) {
    text += fmt::format("  every placement on {} GPUs is legal", verdict.gpus_cut);
    if (verdict.instances_held > 0)
      text += fmt::format("; {} instances on {} GPUs stay as they are", verdict.instances_held,
                          verdict.gpus_held);
    text += fmt::format("\n  {} replicas of {} workloads have an instance that does for them\n",
                        verdict.replicas, certificate.workloads.size());
  }
  text += fmt::format("  {} layouts of {} products priced: none is worth more than its GPU\n",
                      verdict.layouts_priced, verdict.products);
  if (!certificate.fits) {
    return text +
           fmt::format("  so {} replicas cannot be carried by these GPUs\n", verdict.replicas);
  }
  return text +
         fmt::format("  cost {}, no plan costs less than {}: ", cost_text(certificate.cost),
                     cost_text(verdict.least)) +
         gap_text(certificate.gap, certificate.cost);
}

std::string true_text(const std::string& file, const verify::ServingCertificate& certificate,
                      const verify::ServingVerdict& verdict) {
  std::string text = fmt::format(
      "{}: {}\n", verdict.not_checked.empty() ? "true" : "true as far as it can be checked", file);
  text += fmt::format("  every layout of {} GPUs is legal\n", certificate.gpus);
  text += fmt::format("  {} instances carry the rates and replicas of {} services\n",
                      verdict.instances, certificate.services.size());
  text +=
      fmt::format("  {} layouts priced: none is worth more than a GPU\n", verdict.layouts_priced);
  const verify::Fraction& bound = verdict.bound;
  text += fmt::format(
      "  at these prices whole instances for all services cost {:.4f} GPUs or more\n",
      static_cast<double>(bound.numerator()) / static_cast<double>(bound.denominator()));
  text += fmt::format("  {} GPUs; the prices prove {} at least: ", certificate.gpus, verdict.least);
  text += gap_text(certificate.gap, certificate.gpus);
  for (const std::string& claim : verdict.not_checked) text += wrapped("  not checked: ", claim);
  return text + wrapped("  taken as written: ",
                        fmt::format("what the sizes give ({} measured, {} modelled)",
                                    verdict.measured, verdict.modelled));
}

std::string false_text(const std::string& file, const std::vector<verify::Objection>& objections) {
  std::string text = fmt::format("not true: {}\n", file);
  for (const auto& objection : objections)
    text += wrapped("  " + objection.at + ": ", objection.what);
  return text + "  do not act on this plan: make a new one with septet plan --certificate\n";
}

Json verdict_json(const std::string& file, const verify::Certificate& certificate,
                  const verify::Verdict& verdict) {
  return {{"file", file},
          {"holds", verdict.holds()},
          {"verdict", certificate.fits ? "fits" : "impossible"},
          {"layouts_priced", verdict.layouts_priced},
          {"bound_thousandths", verify::to_string(verdict.bound)},
          {"objections", objections_json(verdict.objections)}};
}

Json verdict_json(const std::string& file, const verify::ServingCertificate& certificate,
                  const verify::ServingVerdict& verdict) {
  return {{"file", file},
          {"holds", verdict.holds()},
          {"verdict", "fits"},
          {"gpus", certificate.gpus},
          {"least_proven_by_prices", verdict.least},
          {"not_checked", verdict.not_checked},
          {"layouts_priced", verdict.layouts_priced},
          {"bound_gpus", verify::to_string(verdict.bound)},
          {"objections", objections_json(verdict.objections)}};
}

}  // namespace septet::cli
