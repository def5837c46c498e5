#include "web/lab_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/csv.h"
#include "base/nearest.h"
#include "base/quoted.h"
#include "base/yaml.h"
#include "lab/answer/compare_json.h"
#include "lab/scenario/scenario_file.h"
#include "lab/sharing/simulate.h"
#include "web/site.h"

namespace septet::web {

namespace {

constexpr double kMostSeconds = 120, kMostRequests = 100'000;
constexpr std::size_t kMostReplicas = 64;
constexpr std::string_view kFolder = "/", kEnding = ".yaml";

std::string name_of(const EmbeddedFile& file) {
  std::string_view name = file.path;
  name.remove_prefix(kFolder.size());
  name.remove_suffix(kEnding.size());
  return std::string(name);
}

Result<YamlDocument> named_scenario(const std::string& name) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : lab_files()) {
    if (!file.path.ends_with(kEnding)) continue;
    if (name_of(file) == name) return parse_yaml(name + std::string(kEnding), file.bytes);
    names.push_back(name_of(file));
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  return fail(Code::kNotFound, "no scenario is called " + quoted(name), did_you_mean(name, known));
}

// Traces are those compiled in; nothing is opened.
Result<CsvTable> embedded_table(const std::string& name) {
  for (const EmbeddedFile& file : lab_files()) {
    if (file.path == std::string(kFolder) + name && name.ends_with(".csv"))
      return parse_csv(name, file.bytes);
  }
  return fail(Code::kNotFound, "there is no trace " + quoted(name) + " here",
              "septet lab compare reads traces from files");
}

std::string text_at(const YamlDocument& document, const char* key) {
  const YAML::Node node = document.root[key];
  return node && node.IsScalar() ? node.Scalar() : "";
}

// About how many are asked for: of a closed loop, as many as an idle GPU would answer.
double requests_of(const lab::Tenant& tenant, double seconds) {
  const lab::Arrivals& arrivals = tenant.arrivals;
  if (arrivals.kind == lab::Arrivals::Kind::kTrace) {
    const auto within = [seconds](const lab::TracedArrival& one) { return one.at <= seconds; };
    return static_cast<double>(std::ranges::count_if(arrivals.trace, within)) * tenant.replicas;
  }
  if (arrivals.kind == lab::Arrivals::Kind::kClosed || tenant.training) {
    const double one = tenant.work.host + tenant.work.compute + tenant.work.bandwidth;
    const double clients = std::max(1u, arrivals.clients);
    return clients * tenant.replicas * seconds / std::max(one + arrivals.think, 1e-7);
  }
  return arrivals.per_second * seconds * tenant.replicas;
}

Result<> check_size(const lab::Scenario& scenario) {
  std::size_t replicas = 0;
  double requests = 0;
  for (const lab::Tenant& tenant : scenario.tenants) {
    replicas += tenant.replicas;
    requests += requests_of(tenant, scenario.seconds);
  }
  if (replicas <= kMostReplicas && requests <= kMostRequests) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("{} replicas with about {:.0f} requests in {:.0f} s are more than is "
                          "simulated here ({} and {:.0f})",
                          replicas, requests, scenario.seconds, kMostReplicas, kMostRequests),
              "ask for fewer seconds, or use septet lab compare");
}

Result<lab::PlannedFault> read_fault(const Body& body) {
  TRY(check_object(body, "fault", {"kind", "tenant", "at"}));
  lab::PlannedFault fault;
  if (!body.contains("kind") || !body.contains("tenant"))
    return fail(Code::kInvalidArgument, "a fault needs a kind and a tenant", "add them");
  const std::string word = TRY(text_of(body["kind"], "fault.kind"));
  const auto kind = lab::fault_named(word);
  if (!kind) {
    std::vector<std::string_view> known;
    for (const lab::FaultKind one : lab::kFaultKinds) known.push_back(to_string(one));
    return fail(Code::kInvalidArgument, "no fault is called " + quoted(word),
                did_you_mean(word, known));
  }
  fault.kind = *kind;
  fault.tenant = TRY(text_of(body["tenant"], "fault.tenant"));
  fault.at = body.contains("at") ? TRY(number_of(body["at"], "fault.at", 0, kMostSeconds)) : 5.0;
  return fault;
}

}  // namespace

Json scenarios_json() {
  Json list = Json::array();
  for (const EmbeddedFile& file : lab_files()) {
    if (!file.path.ends_with(kEnding)) continue;
    const auto document = parse_yaml(name_of(file), file.bytes);
    if (!document) continue;  // lab_answers_test reads every one
    list.push_back({{"name", name_of(file)},
                    {"title", text_at(*document, "scenario")},
                    {"about", text_at(*document, "about")}});
  }
  return {{"scenarios", std::move(list)}};
}

Result<CompareRequest> read_compare_request(const Body& body) {
  TRY(check_object(body, "the request", {"scenario", "text", "seconds", "fault"}));
  if (body.contains("scenario") == body.contains("text")) {
    return fail(Code::kInvalidArgument, "the request names no scenario, or two",
                "give scenario (GET /api/v1/lab/scenarios lists them) or text");
  }
  CompareRequest request;
  if (body.contains("scenario")) {
    request.name = TRY(text_of(body["scenario"], "scenario"));
  } else {
    request.text = TRY(text_of(body["text"], "text"));
  }
  if (body.contains("seconds"))
    request.seconds = TRY(number_of(body["seconds"], "seconds", 1, kMostSeconds));
  if (body.contains("fault") && !body["fault"].is_null())
    request.fault = TRY(read_fault(body["fault"]));
  return request;
}

Result<Json> compare_scenario(const CompareRequest& request) {
  const auto document =
      TRY(request.name.empty() ? parse_yaml("text", request.text) : named_scenario(request.name));
  lab::ScenarioChanges changes;
  changes.seconds = request.seconds;
  auto scenario = TRY(lab::read_scenario(document, embedded_table, changes));
  TRY(check_size(scenario));
  if (request.fault) scenario.faults = {*request.fault};
  const auto comparison = TRY(lab::compare(scenario));
  return lab::answer::compare_json(scenario, comparison);
}

}  // namespace septet::web
