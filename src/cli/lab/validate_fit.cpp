#include "cli/lab/validate_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/csv.h"
#include "cli/lab/validate_text.h"
#include "cli/plan_text.h"
#include "cli/subject.h"
#include "partition/measurement_file.h"

namespace septet::cli::validating {

namespace {

using lab::evidence::Calibration;
using lab::evidence::Calibrations;
using lab::evidence::Errors;
using lab::evidence::Point;
using lab::evidence::Prediction;

// Products into whose profiles the whole file can be read.
std::vector<const mig::Product*> products_of(const CsvTable& table, const std::string& workload) {
  std::vector<const mig::Product*> fitting;
  for (const mig::Product& product : mig::products()) {
    if (partition::measured_from(table, product, workload)) fitting.push_back(&product);
  }
  return fitting;
}

Result<const mig::Product*> product_of(const CsvTable& table, const FitRequest& request) {
  if (!request.product.empty()) return product_named(request.product);
  const auto fitting = products_of(table, request.workload);
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    // Whatever is wrong with it is wrong for this one too, and is then told with its place.
    return mig::find_product("a100-80gb");
  }
  std::string names;
  for (const mig::Product* const one : fitting)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", one->id);
  return fail(Code::kInvalidArgument,
              fmt::format("{}: which GPU was measured is not said, and {} have these profiles",
                          table.name, fitting.size()),
              "name it with --product, one of " + names);
}

// The reader speaks of the key of a workload file.
template <typename Value>
Result<Value> in_words_of_the_command_line(Result<Value> result) {
  if (result) return result;
  constexpr std::string_view kChoose = "write workload: and one of ";
  std::string& remedy = result.error().remedy;
  if (remedy.starts_with(kChoose))
    remedy = "add --workload and one of " + remedy.substr(kChoose.size());
  if (remedy == "leave workload: out") remedy = "leave --workload out";
  if (remedy == "is product: the one that was measured?")
    remedy = "is --product the one that was measured?";
  return result;
}

std::string milliseconds(double seconds) { return fmt::format("{:.4g}ms", seconds * 1e3); }

std::string parameters_text(const Calibration& fitted) {
  const auto& work = fitted.work;
  std::string text;
  const auto line = [&text](const char* name, const std::string& value, const std::string& what) {
    text += fmt::format("  {:<14}{:<10}{}\n", name, value, what);
  };
  line("L, host", milliseconds(work.host), "no slice changes it");
  line("C, compute", milliseconds(work.compute), "on all SMs of the GPU");
  line("M, bandwidth", milliseconds(work.bandwidth), "at the whole bandwidth");
  line("p, overlap", fmt::format("{:g}", work.overlap),
       fitted.exponent_by_leave_one_out ? "the best of 1, 1.5, 2 and 3 by leave-one-out"
                                        : "as published for work of this kind");
  line("eps, MPS", fmt::format("{:.3g}", work.mps_overhead),
       fitted.side_by_side_fitted ? "fitted on the runs of several processes"
                                  : "as published: each further process costs all this much");
  return text;
}

std::string measured_text(const Calibration& fitted) {
  std::string text = fmt::format("\n  {:<24}{:>10}{:>12}{:>9}{:>11}\n", "measured, ms", "model",
                                 "measured", "error", "left out");
  for (std::size_t i = 0; i < fitted.own.size(); ++i) {
    const Point& point = fitted.own[i];
    const std::string left_out =
        i < fitted.left_out.size() ? signed_percent(fitted.left_out[i].error()) : "-";
    text += fmt::format("    {:<22}{:>10.4g}{:>12.4g}{:>9}{:>11}\n", point.configuration,
                        point.predicted, point.measured, signed_percent(point.error()), left_out);
  }
  const auto mean = [](const std::vector<Point>& points) {
    return points.empty() ? std::string("-") : percent(lab::evidence::errors_of(points).mean);
  };
  return text + fmt::format("    {:<44}{:>9}{:>11}\n", "mean without sign", mean(fitted.own),
                            mean(fitted.left_out));
}

std::string prediction_text(const Prediction& one) {
  if (!one.why_not.empty()) return fmt::format("    {:<18}{}\n", one.profile->name, one.why_not);
  const double ms = one.seconds * 1e3;
  return fmt::format("    {:<18}{:>10.4g}  within {:.0f} %: {:.4g} to {:.4g}{}\n",
                     one.profile->name, ms, 100 * one.within, ms * (1.0 - one.within),
                     ms * (1.0 + one.within), one.outside ? ", outside what was measured" : "");
}

std::string snippet_text(const Calibration& fitted, const std::string& product) {
  std::string text = fmt::format(
      "\n  For a tenant of a scenario (septet lab compare); one request is a batch of {}:\n",
      fitted.batch);
  std::string yaml = work_yaml(fitted, product);
  yaml.replace(yaml.find('\n'), 1, "\n    ");
  return text + "    " + yaml + "\n";
}

std::string one_batch_text(const Calibration& fitted, const std::string& product) {
  std::string text = "\n" + wrapped("", fmt::format("Batch {}, from {}", fitted.batch,
                                                    lab::evidence::names_of(fitted.points)));
  text += parameters_text(fitted) + measured_text(fitted);
  if (!fitted.predictions.empty()) text += "\n  not measured, ms\n";
  for (const Prediction& one : fitted.predictions) text += prediction_text(one);
  if (!fitted.warnings.empty()) text += "\n  Beware\n";
  for (const std::string& warning : fitted.warnings) text += wrapped("    - ", warning);
  return text + snippet_text(fitted, product);
}

Json prediction_json(const Prediction& one) {
  Json json = {{"profile", one.profile->name}};
  if (!one.why_not.empty()) {
    json["why_not"] = one.why_not;
    return json;
  }
  json["ms"] = one.seconds * 1e3;
  json["within"] = one.within;
  json["outside_measured"] = one.outside;
  return json;
}

Json points_json(const std::vector<Point>& points) {
  Json json = Json::array();
  for (const Point& point : points) json.push_back(to_json(point));
  return json;
}

Json batch_json(const Calibration& fitted, const std::string& product) {
  Json json = {{"batch", fitted.batch},
               {"host_ms", fitted.work.host * 1e3},
               {"compute_ms", fitted.work.compute * 1e3},
               {"bandwidth_ms", fitted.work.bandwidth * 1e3},
               {"overlap", fitted.work.overlap},
               {"overlap_by_leave_one_out", fitted.exponent_by_leave_one_out},
               {"mps_overhead", fitted.work.mps_overhead},
               {"mps_overhead_fitted", fitted.side_by_side_fitted},
               {"own_errors", to_json(lab::evidence::errors_of(fitted.own))},
               {"own", points_json(fitted.own)},
               {"left_out_errors", to_json(lab::evidence::errors_of(fitted.left_out))},
               {"left_out", points_json(fitted.left_out)}};
  json["predictions"] = Json::array();
  for (const Prediction& one : fitted.predictions)
    json["predictions"].push_back(prediction_json(one));
  json["warnings"] = fitted.warnings;
  json["work"] = work_yaml(fitted, product);
  return json;
}

}  // namespace

std::string work_yaml(const Calibration& fitted, const std::string& product) {
  std::string terms;
  const auto add = [&terms](const char* key, double seconds) {
    if (seconds >= 1e-9) terms += fmt::format("{}: {}, ", key, milliseconds(seconds));
  };
  add("host", fitted.work.host);
  add("compute", fitted.work.compute);
  add("bandwidth", fitted.work.bandwidth);
  // Published ones are what a scenario takes when it says none.
  std::string overhead;
  if (fitted.side_by_side_fitted)
    overhead = fmt::format("mps-overhead: {:.4g}%, ", 100.0 * fitted.work.mps_overhead);
  return fmt::format("work: {{{}overlap: {:g},\n       {}on: {}}}", terms, fitted.work.overlap,
                     overhead, product);
}

Result<Calibrations> calibrate_file(const FitRequest& request) {
  const auto table = TRY(read_csv_file(request.path));
  const mig::Product* const product = TRY(product_of(table, request));
  auto measured = TRY(
      in_words_of_the_command_line(partition::measured_from(table, *product, request.workload)));
  measured.training = measured.training || request.training;
  const auto gpu = TRY(lab::gpu_model(*product));
  return lab::evidence::calibrate(measured, gpu);
}

std::string fit_text(const Calibrations& fitted) {
  std::string text = fmt::format("Fitted on {}, {}; times are of one batch of one process\n",
                                 fitted.product, fitted.training ? "training" : "inference");
  for (const Calibration& one : fitted.by_batch) text += one_batch_text(one, fitted.product);
  for (const std::string& skipped : fitted.skipped) text += wrapped("not fitted: ", skipped);
  text += "\n" + wrapped("",
                         "within: nine in ten predictions of this kind on the published tables, "
                         "septet lab validate, or the worst of its own left-out points if that is "
                         "more.");
  return text;
}

Json to_json(const Calibrations& fitted) {
  Json json = {{"product", fitted.product}, {"training", fitted.training}};
  json["batches"] = Json::array();
  for (const Calibration& one : fitted.by_batch)
    json["batches"].push_back(batch_json(one, fitted.product));
  json["skipped"] = fitted.skipped;
  return json;
}

Result<int> run_fit(const FitRequest& request, bool json) {
  const auto fitted = TRY(calibrate_file(request));
  fmt::print("{}", json ? to_text(to_json(fitted)) : fit_text(fitted));
  return 0;
}

}  // namespace septet::cli::validating
