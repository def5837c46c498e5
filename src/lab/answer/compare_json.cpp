#include "lab/answer/compare_json.h"

#include <cmath>

#include "lab/answer/compare_answer.h"
#include "lab/answer/compare_words.h"

namespace septet::lab::answer {

namespace {

// Six digits are more than the model knows, and keep a file readable.
double rounded(double value) {
  if (value == 0.0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, 5.0 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json percentiles_json(const Percentiles& latency) {
  return Json{{"p50", rounded(latency.p50)},
              {"p95", rounded(latency.p95)},
              {"p99", rounded(latency.p99)},
              {"mean", rounded(latency.mean)}};
}

// The distribution at every percent.
Json quantiles_json(const std::vector<float>& sorted) {
  Json list = Json::array();
  if (sorted.empty()) return list;
  for (std::size_t percent = 0; percent <= 100; ++percent)
    list.push_back(rounded(sorted[percent * (sorted.size() - 1) / 100]));
  return list;
}

Json tenant_json(const Tenant& asked, const TenantOutcome& tenant, bool pictures) {
  Json json{{"name", tenant.name},
            {"runs_on", tenant.runs_on},
            {"training", asked.training},
            {"offered", tenant.offered},
            {"completed", tenant.completed},
            {"lost", tenant.lost},
            {"unfinished", tenant.unfinished},
            {"throughput", rounded(tenant.throughput)},
            {"goodput", rounded(tenant.goodput)},
            {"latency", percentiles_json(tenant.latency)},
            {"diverges", tenant.diverges},
            {"down_seconds", rounded(tenant.down_seconds)},
            {"availability", rounded(tenant.availability)}};
  if (asked.objective_seconds) json["objective"] = *asked.objective_seconds;
  if (tenant.meets_objective) json["meets_objective"] = *tenant.meets_objective;
  if (pictures && !asked.training) json["latency_percentiles"] = quantiles_json(tenant.latencies);
  return json;
}

Json utilization_json(const ModeOutcome& outcome) {
  Json list = Json::array();
  for (const UtilizationSample& sample : outcome.utilization) {
    list.push_back({{"at", rounded(sample.at)},
                    {"engine_active", rounded(sample.engine_active)},
                    {"sm_active", rounded(sample.sm_active)},
                    {"dram_active", rounded(sample.dram_active)},
                    {"watts", rounded(sample.watts)}});
  }
  return list;
}

Json timeline_json(const ModeOutcome& outcome) {
  Json lanes = Json::array(), spans = Json::array();
  for (const TimelineLane& lane : outcome.lanes)
    lanes.push_back({{"gpu", lane.gpu}, {"name", lane.name}});
  for (const TimelineSpan& span : outcome.timeline) {
    spans.push_back({{"gpu", span.gpu},
                     {"lane", span.lane},
                     {"tenant", span.tenant},
                     {"from", rounded(span.from)},
                     {"to", rounded(span.to)}});
  }
  return Json{{"from", outcome.timeline_from},
              {"to", outcome.timeline_to},
              {"lanes", std::move(lanes)},
              {"spans", std::move(spans)}};
}

Json constant_json(const Constant& constant) {
  return Json{{"value", constant.value},
              {"evidence", to_string(constant.evidence)},
              {"source", constant.source}};
}

Json faults_json(const Comparison& comparison) {
  Json list = Json::array();
  for (const FaultRow& row : comparison.faults) {
    Json down = Json::array();
    for (const auto& seconds : row.down) down.push_back(seconds ? Json(*seconds) : Json(nullptr));
    list.push_back({{"mode", to_string(row.mode)},
                    {"fault", to_string(row.kind)},
                    {"culprit", row.culprit},
                    {"down_seconds", std::move(down)},
                    {"why", row.why}});
  }
  return list;
}

Json planned_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const PlannedFault& fault : scenario.faults)
    list.push_back({{"at", fault.at}, {"fault", to_string(fault.kind)}, {"tenant", fault.tenant}});
  return list;
}

void add_activity(const ModeOutcome& outcome, Json& json) {
  json["throughput"] = rounded(outcome.throughput);
  json["goodput"] = rounded(outcome.goodput);
  json["goodput_per_gpu"] = rounded(outcome.goodput / outcome.gpus);
  json["engine_active"] = rounded(outcome.engine_active);
  json["sm_active"] = rounded(outcome.sm_active);
  json["dram_active"] = rounded(outcome.dram_active);
  json["allocation"] = rounded(outcome.allocation);
  json["watts"] = rounded(outcome.watts);
  json["joules_per_request"] = rounded(outcome.joules_per_request);
  json["reconfiguring_seconds"] = rounded(outcome.reconfiguring_seconds);
  json["meets_objectives"] = outcome.meets_objectives;
  if (!outcome.victim) return;
  json["victim"] = {{"name", outcome.victim->name},
                    {"alone", percentiles_json(outcome.victim->alone)},
                    {"with_others", percentiles_json(outcome.victim->with_others)}};
}

}  // namespace

Json outcome_json(const Scenario& scenario, const ModeOutcome& outcome, bool pictures) {
  Json json{{"mode", to_string(outcome.mode)}, {"name", name_of(outcome.mode)}};
  if (!outcome.impossible.empty()) {
    json["impossible"] = outcome.impossible;
    return json;
  }
  json["gpus"] = outcome.gpus;
  if (!outcome.layouts.empty()) json["layouts"] = outcome.layouts;
  add_activity(outcome, json);
  const auto replicas = replicas_of(scenario);
  Json tenants = Json::array();
  for (std::size_t i = 0; i < outcome.tenants.size(); ++i)
    tenants.push_back(tenant_json(*replicas[i], outcome.tenants[i], pictures));
  json["tenants"] = std::move(tenants);
  json["notes"] = outcome.notes;
  if (!pictures) return json;
  json["utilization"] = utilization_json(outcome);
  json["timeline"] = timeline_json(outcome);
  return json;
}

Json evidence_json(const Scenario& scenario) {
  const GpuModel& gpu = scenario.gpu;
  Json works = Json::array();
  for (const Tenant& tenant : scenario.tenants) {
    works.push_back({{"tenant", tenant.name},
                     {"host", rounded(tenant.work.host)},
                     {"compute", rounded(tenant.work.compute)},
                     {"bandwidth", rounded(tenant.work.bandwidth)},
                     {"overlap", tenant.work.overlap},
                     {"most_sm", tenant.work.most_sm},
                     {"memory_mib", rounded(tenant.work.memory_mib)},
                     {"source", tenant.work.source}});
  }
  return Json{
      {"product", gpu.product->id},
      {"validated", gpu.validated},
      {"validation", gpu.validation},
      {"constants",
       {{"sms", constant_json(gpu.sms)},
        {"bf16_tflops", constant_json(gpu.bf16_tflops)},
        {"bandwidth_gb_s", constant_json(gpu.bandwidth_gb_s)},
        {"pcie_gb_s", constant_json(gpu.pcie_gb_s)},
        {"idle_w", constant_json(gpu.idle_w)},
        {"context_w", constant_json(gpu.context_w)},
        {"limit_w", constant_json(gpu.limit_w)},
        {"peak_w", constant_json(gpu.peak_w)},
        {"residual", constant_json(gpu.residual)}}},
      {"works", std::move(works)},
      {"expected_error",
       {{"slice_mean", 0.06}, {"slice_median", 0.035}, {"mps_mean", 0.13}, {"tail", 0.20}}}};
}

Json compare_json(const Scenario& scenario, const Comparison& comparison) {
  Json modes = Json::array();
  for (const ModeOutcome& outcome : comparison.modes)
    modes.push_back(outcome_json(scenario, outcome, true));
  const ModeOutcome* const best = best_mode(scenario, comparison);
  return Json{{"scenario", scenario.name},
              {"about", scenario.about},
              {"answer", answer_text(scenario, comparison)},
              {"best", best == nullptr ? Json(nullptr) : Json(to_string(best->mode))},
              {"seconds", scenario.seconds},
              {"warm_up", scenario.warm_up},
              {"seed", scenario.seed},
              {"modes", std::move(modes)},
              {"planned_faults", planned_json(scenario)},
              {"faults", faults_json(comparison)},
              {"where_mig_loses", comparison.losing_case},
              {"losing_case_expected", scenario.losing_case},
              {"evidence", evidence_json(scenario)}};
}

}  // namespace septet::lab::answer
