#include "lab/scenario/scenario_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/quoted.h"
#include "lab/scenario/layouts_file.h"
#include "lab/scenario/quantity.h"
#include "lab/scenario/tenant_file.h"

namespace septet::lab {

namespace {

constexpr double kMostSeconds = 7 * 86400.0;
constexpr unsigned kMostGpus = 64;
constexpr std::size_t kMostFaults = 1000;
constexpr std::size_t kMostWords = 1000;  // bytes of a sentence of the scenario

class ScenarioReader {
 public:
  ScenarioReader(const YamlDocument& document, const OpenTable& open,
                 const ScenarioChanges& changes)
      : document_(document), root_(document.root), open_(open), said_(changes) {}

  Result<Scenario> run() {
    TRY(check_keys(document_, root_,
                   {"version", "scenario", "about", "product", "gpus", "seconds", "warm-up", "seed",
                    "modes", "tenants", "layouts", "changes", "faults", "victim", "losing-case"}));
    Scenario scenario;
    TRY(read_words(scenario));
    TRY(read_machine(scenario));
    TRY(read_run(scenario));
    TRY(read_modes(scenario));
    scenario.tenants =
        TRY(read_tenants({&document_, &scenario.gpu, scenario.seconds, &open_}, root_["tenants"]));
    const mig::Geometry& geometry = scenario.gpu.product->geometry;
    if (root_["layouts"])
      scenario.layouts =
          TRY(read_layouts(document_, root_["layouts"], geometry, scenario.most_gpus));
    TRY(read_day(scenario));
    TRY(read_faults(scenario));
    if (root_["victim"]) scenario.victim = TRY(tenant_named(root_["victim"], scenario));
    return scenario;
  }

 private:
  Result<std::string> sentence(const char* key) {
    if (!root_[key]) return std::string();
    auto text = TRY(as_text(document_, root_[key], key));
    if (text.size() <= kMostWords) return text;
    return fail_at(document_, root_[key], fmt::format("{} is over {} bytes", key, kMostWords));
  }

  Result<> read_words(Scenario& scenario) {
    if (const YAML::Node version = root_["version"]; version) {
      const auto text = TRY(as_text(document_, version, "version"));
      if (text != "1") {
        return fail_at(document_, version,
                       "version " + quoted(text) + " of a scenario is not known",
                       "write version: 1, or leave it out");
      }
    }
    scenario.name = TRY(sentence("scenario"));
    scenario.about = TRY(sentence("about"));
    scenario.losing_case = TRY(sentence("losing-case"));
    return {};
  }

  Result<> read_machine(Scenario& scenario) {
    if (!root_["product"]) {
      return fail_at(document_, root_, "the scenario does not say on which product",
                     "add product: a100-80gb; septet products lists them");
    }
    const auto id = TRY(as_text(document_, root_["product"], "product"));
    const mig::Product* const product = mig::find_product(id);
    if (product == nullptr) {
      std::vector<std::string_view> known;
      for (const mig::Product& one : mig::products()) known.push_back(one.id);
      return fail_at(document_, root_["product"], "product " + quoted(id) + " is not known",
                     did_you_mean(id, known));
    }
    auto gpu = gpu_model(*product);
    if (!gpu) return fail_because(std::move(gpu).error(), where(document_, root_["product"]));
    scenario.gpu = *gpu;
    if (!root_["gpus"]) return {};
    const auto count = TRY(as_count(document_, root_["gpus"], "gpus", kMostGpus));
    if (count == 0) return fail_at(document_, root_["gpus"], "gpus must be at least 1");
    scenario.most_gpus = static_cast<unsigned>(count);
    return {};
  }

  Result<> read_run(Scenario& scenario) {
    if (root_["seconds"])
      scenario.seconds =
          TRY(as_seconds(document_, root_["seconds"], "seconds", {1.0, kMostSeconds}));
    scenario.seconds = said_.seconds.value_or(scenario.seconds);
    // A tenth of a run that is too short for the usual minute.
    scenario.warm_up = std::min(60.0, scenario.seconds / 10.0);
    if (root_["warm-up"]) {
      const double warm_up =
          TRY(as_seconds(document_, root_["warm-up"], "warm-up", {0.0, kMostSeconds}));
      if (!said_.seconds && warm_up >= scenario.seconds)
        return fail_at(document_, root_["warm-up"], "warm-up is as long as the run",
                       "shorten it, or lengthen seconds");
      if (warm_up < scenario.seconds) scenario.warm_up = warm_up;
    }
    if (root_["seed"])
      scenario.seed = TRY(as_count(document_, root_["seed"], "seed", UINT64_MAX / 2));
    scenario.seed = said_.seed.value_or(scenario.seed);
    return {};
  }

  Result<> read_modes(Scenario& scenario) {
    const YAML::Node list = root_["modes"];
    if (list && (!list.IsSequence() || list.size() == 0)) {
      return fail_at(document_, list, "modes must be a list of at least one",
                     "write [whole-gpu, time-slicing, mps, mig], or leave it out for all");
    }
    for (const YAML::Node& node : list) {
      const auto word = TRY(as_text(document_, node, "mode"));
      const auto mode = mode_named(word);
      if (!mode) {
        std::vector<std::string_view> known;
        for (const Mode one : kModes) known.push_back(to_string(one));
        return fail_at(document_, node, "mode " + quoted(word) + " is not known",
                       did_you_mean(word, known));
      }
      if (std::ranges::find(scenario.modes, *mode) != scenario.modes.end())
        return fail_at(document_, node, "mode " + word + " is listed twice");
      scenario.modes.push_back(*mode);
    }
    if (scenario.modes.empty()) scenario.modes.assign(std::begin(kModes), std::end(kModes));
    if (!said_.modes.empty()) scenario.modes = said_.modes;
    return {};
  }

  // What the file plans must fall within its own run; a run that the command line shortened leaves
  // the rest out.
  double latest(const Scenario& scenario) const {
    return said_.seconds ? kMostSeconds : scenario.seconds;
  }

  Result<> read_day(Scenario& scenario) {
    if (!root_["changes"]) return {};
    if (scenario.layouts.empty()) {
      return fail_at(document_, root_["changes"], "changes change layouts, and there are none",
                     "add layouts: what the GPUs are cut into at the start");
    }
    scenario.changes = TRY(read_changes(document_, root_["changes"], scenario.gpu.product->geometry,
                                        scenario.most_gpus, latest(scenario)));
    std::erase_if(scenario.changes,
                  [&](const LayoutChange& change) { return change.at >= scenario.seconds; });
    return {};
  }

  Result<std::string> tenant_named(const YAML::Node& node, const Scenario& scenario) {
    auto name = TRY(as_text(document_, node, "tenant"));
    std::vector<std::string_view> known;
    for (const Tenant& tenant : scenario.tenants) known.push_back(tenant.name);
    if (std::ranges::find(known, name) != known.end()) return name;
    return fail_at(document_, node, "no tenant is named " + quoted(name),
                   did_you_mean(name, known));
  }

  Result<PlannedFault> read_fault(const YAML::Node& node, const Scenario& scenario) {
    TRY(check_keys(document_, node, {"at", "fault", "tenant"}));
    for (const char* const key : {"at", "fault", "tenant"}) {
      if (!node[key]) {
        return fail_at(document_, node, fmt::format("this fault has no {}", key),
                       "write {at: 100s, fault: kernel-fault, tenant: NAME}");
      }
    }
    PlannedFault fault;
    fault.at = TRY(as_seconds(document_, node["at"], "at", {0.0, latest(scenario)}));
    const auto word = TRY(as_text(document_, node["fault"], "fault"));
    const auto kind = fault_named(word);
    if (!kind) {
      std::vector<std::string_view> known;
      for (const FaultKind one : kFaultKinds) known.push_back(to_string(one));
      return fail_at(document_, node["fault"], "fault " + quoted(word) + " is not known",
                     did_you_mean(word, known));
    }
    fault.kind = *kind;
    fault.tenant = TRY(tenant_named(node["tenant"], scenario));
    return fault;
  }

  Result<> read_faults(Scenario& scenario) {
    const YAML::Node list = root_["faults"];
    if (!list) return {};
    if (!list.IsSequence() || list.size() > kMostFaults) {
      return fail_at(document_, list, "faults must be a list of at most 1000",
                     "write [{at: 100s, fault: kernel-fault, tenant: NAME}]");
    }
    for (const YAML::Node& node : list) {
      PlannedFault fault = TRY(read_fault(node, scenario));
      if (fault.at < scenario.seconds) scenario.faults.push_back(std::move(fault));
    }
    std::ranges::stable_sort(scenario.faults, {}, &PlannedFault::at);
    return {};
  }

  const YamlDocument& document_;
  const YAML::Node root_;
  const OpenTable& open_;
  const ScenarioChanges& said_;
};

}  // namespace

Result<Scenario> read_scenario(const YamlDocument& document, const OpenTable& open,
                               const ScenarioChanges& changes) {
  return ScenarioReader(document, open, changes).run();
}

}  // namespace septet::lab
