// Any text as a scenario of the lab, with the tables it names: an answer or a complaint that names
// its place; what is read can be run under every mode, or is refused with a sentence.
//
// Input: the scenario, then tables, each after a line "===". A scenario that names a trace gets
// "a.csv" the first, "b.csv" the second, and so on.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fuzz/byte_reader.h"
#include "lab/scenario/scenario_file.h"
#include "lab/sharing/arrivals.h"
#include "lab/sharing/simulate.h"

namespace septet::fuzz {
namespace {

constexpr double kShortRun = 2.0;  // seconds; simulated
// Work that one input may cause: the rest is of the same kind.
constexpr double kMostRequests = 300;
constexpr unsigned kMostReplicas = 6, kMostGpus = 2;

std::vector<std::string> parts_of(const std::string& text) {
  constexpr std::string_view kLine = "\n===\n";
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t to = text.find(kLine); to != std::string::npos; to = text.find(kLine, from)) {
    parts.push_back(text.substr(from, to + 1 - from));
    from = to + kLine.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

void check_error(const Error& error) {
  SEPTET_ASSERT(!error.describe().empty());
  SEPTET_ASSERT(error.code == Code::kInvalidArgument || error.code == Code::kNotFound ||
                error.code == Code::kNotSupported);
  SEPTET_ASSERT(error.what.find("fuzz") != std::string::npos);  // the file is named
}

bool within(double value, double least, double most) {
  return std::isfinite(value) && value >= least && value <= most;
}

void check_tenant(const lab::Tenant& tenant, double seconds) {
  const lab::Work& work = tenant.work;
  for (const double term : {work.host, work.compute, work.bandwidth, work.mps_overhead})
    SEPTET_ASSERT(within(term, 0, 1e12));
  for (const double bytes : {work.memory_mib, work.to_device_bytes, work.from_device_bytes})
    SEPTET_ASSERT(within(bytes, 0, 1e18));
  SEPTET_ASSERT(within(work.overlap, 1, 16) && within(work.most_sm, 1e-6, 1));
  SEPTET_ASSERT(lab::seconds_on(work, {1.0, 1.0}) > 0);
  double before = 0;
  for (const lab::TracedArrival& arrival : tenant.arrivals.trace) {
    SEPTET_ASSERT(within(arrival.at, before, seconds) && within(arrival.size, 0, 1e12));
    before = arrival.at;
  }
}

bool small(const lab::Scenario& scenario) {
  double requests = 0;
  unsigned replicas = 0;
  for (const lab::Tenant& tenant : scenario.tenants) {
    replicas += tenant.replicas;
    const auto rate = lab::sharing::mean_rate(tenant.arrivals, scenario.seconds);
    const double each = rate ? *rate : 1.0 / lab::seconds_on(tenant.work, {1.0, 1.0});
    requests += tenant.replicas * each * scenario.seconds;
  }
  return requests <= kMostRequests && replicas <= kMostReplicas;
}

void check_outcome(const lab::ModeOutcome& outcome) {
  if (!outcome.impossible.empty()) return;
  SEPTET_ASSERT(outcome.gpus > 0);
  for (const double share : {outcome.engine_active, outcome.sm_active, outcome.dram_active})
    SEPTET_ASSERT(within(share, 0, 1 + 1e-6));
  SEPTET_ASSERT(within(outcome.watts, 0, 1e6));
  for (const lab::TenantOutcome& tenant : outcome.tenants) {
    SEPTET_ASSERT(tenant.offered == tenant.completed + tenant.lost + tenant.unfinished);
    SEPTET_ASSERT(within(tenant.availability, 0, 1));
  }
}

void simulate(lab::Scenario scenario) {
  scenario.most_gpus = std::min(scenario.most_gpus, kMostGpus);
  for (const lab::Mode mode : scenario.modes) {
    const auto outcome = lab::simulate(scenario, mode);
    if (outcome) {
      check_outcome(*outcome);
    } else {
      SEPTET_ASSERT(!outcome.error().describe().empty());
    }
  }
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const auto parts = fuzz::parts_of({reinterpret_cast<const char*>(data), size});
  const lab::OpenTable open = [&](const std::string& path) -> Result<CsvTable> {
    const std::size_t part = path.empty() || path[0] < 'a' ? 0 : path[0] - std::size_t{'a'} + 1;
    if (part == 0 || part >= parts.size()) return fail(Code::kNotFound, "open " + path);
    return parse_csv("fuzz table", parts[part]);
  };
  const auto document = parse_yaml("fuzz", parts.front());
  if (!document) {
    fuzz::check_error(document.error());
    return 0;
  }
  const auto scenario = lab::read_scenario(*document, open, {});
  if (!scenario) {
    fuzz::check_error(scenario.error());
  } else {
    for (const lab::Tenant& tenant : scenario->tenants)
      fuzz::check_tenant(tenant, scenario->seconds);
  }
  lab::ScenarioChanges shorter;
  shorter.seconds = fuzz::kShortRun;
  const auto brief = lab::read_scenario(*document, open, shorter);
  if (brief && fuzz::small(*brief)) fuzz::simulate(*brief);
  return 0;
}
