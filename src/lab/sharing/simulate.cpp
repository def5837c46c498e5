#include "lab/sharing/simulate.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/sharing/check_scenario.h"
#include "lab/sharing/run.h"

namespace septet::lab {

namespace {

using sharing::Client;
using sharing::ClientRecord;
using sharing::RunRecord;
using sharing::Seating;
using sharing::Seats;

Percentiles percentiles_of(const std::vector<float>& sorted) {
  Percentiles result;
  if (sorted.empty()) return result;
  const auto at = [&](double part) {
    const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return static_cast<double>(sorted[std::min(index, sorted.size() - 1)]);
  };
  result.p50 = at(0.50);
  result.p95 = at(0.95);
  result.p99 = at(0.99);
  for (const float one : sorted) result.mean += one;
  result.mean /= static_cast<double>(sorted.size());
  return result;
}

std::vector<float> evenly(const std::vector<float>& sorted) {
  if (sorted.size() <= kMostLatencies) return sorted;
  std::vector<float> some;
  for (std::size_t i = 0; i < kMostLatencies; ++i)
    some.push_back(sorted[i * (sorted.size() - 1) / (kMostLatencies - 1)]);
  return some;
}

std::string place_of(const Seating& seating, std::size_t client) {
  const auto& seat = seating.seats[client];
  if (!seat) return "no instance at first";
  const sharing::Domain& domain = seating.gpus[seat->gpu][seat->domain];
  if (domain.instance)
    return fmt::format("GPU {}, {} at {}", seat->gpu, domain.instance->profile->name,
                       domain.instance->at.start);
  if (seat->sm_cap > 0.0)
    return fmt::format("GPU {}, {:.0f} % of the SMs", seat->gpu, seat->sm_cap * 100.0);
  return fmt::format("GPU {}", seat->gpu);
}

// A queue that is longer in the second half and holds a good part of all requests at the end.
bool grows(const Client& client, const ClientRecord& record) {
  constexpr double kPart = 0.04, kLeast = 10.0, kMore = 1.5;
  if (client.tenant->arrivals.kind == Arrivals::Kind::kClosed) return false;
  const auto left = static_cast<double>(record.unfinished);
  const auto offered = static_cast<double>(record.offered);
  return left >= kLeast && left > kPart * offered &&
         record.backlog_late > kMore * record.backlog_early;
}

TenantOutcome outcome_of(const Scenario& scenario, const Client& client, ClientRecord& record) {
  TenantOutcome outcome;
  const double window = scenario.seconds - scenario.warm_up;
  outcome.name = client.name;
  outcome.offered = record.offered;
  outcome.completed = record.completed;
  outcome.lost = record.lost;
  outcome.unfinished = record.unfinished;
  outcome.throughput = static_cast<double>(record.finished_within) / window;
  outcome.goodput = static_cast<double>(record.good_within) / window;
  std::ranges::sort(record.latencies);
  outcome.latency = percentiles_of(record.latencies);
  outcome.latencies = evenly(record.latencies);
  outcome.diverges = grows(client, record);
  outcome.down_seconds = record.down_seconds;
  outcome.availability = 1.0 - record.down_seconds / scenario.seconds;
  if (const auto& objective = client.tenant->objective_seconds) {
    const auto late = std::ranges::upper_bound(record.latencies, static_cast<float>(*objective));
    const auto good = static_cast<double>(late - record.latencies.begin());
    const auto answered = static_cast<double>(record.completed + record.lost);
    const bool none = record.offered > 0 && record.completed == 0;
    outcome.meets_objective = !outcome.diverges && !none && good >= 0.99 * answered;
  }
  return outcome;
}

std::vector<UtilizationSample> utilization_of(const RunRecord& record, double gpus) {
  std::vector<UtilizationSample> samples;
  sharing::TimedTotals before;
  for (const sharing::TimedTotals& now : record.samples) {
    const double length = now.at - before.at;
    if (length <= 0.0) continue;
    const double whole = length * gpus;
    samples.push_back({now.at, (now.totals.engine - before.totals.engine) / whole,
                       (now.totals.sm - before.totals.sm) / whole,
                       (now.totals.dram - before.totals.dram) / whole,
                       (now.totals.joules - before.totals.joules) / length});
    before = now;
  }
  return samples;
}

// A lane per instance where each has one tenant, else per tenant.
void draw_timeline(Mode mode, const Seating& seating, const std::vector<Client>& clients,
                   const RunRecord& record, ModeOutcome& outcome) {
  std::vector<std::vector<unsigned>> lane_of(seating.gpus.size(),
                                             std::vector<unsigned>(clients.size()));
  for (unsigned gpu = 0; gpu < seating.gpus.size(); ++gpu) {
    unsigned lanes = 0;
    for (unsigned d = 0; d < seating.gpus[gpu].size(); ++d) {
      const auto& instance = seating.gpus[gpu][d].instance;
      const std::string name = instance ? mig::to_string(*instance) : "";
      const unsigned first = lanes;
      for (std::size_t c = 0; c < clients.size(); ++c) {
        const auto& seat = seating.seats[c];
        if (!seat || seat->gpu != gpu || seat->domain != d) continue;
        lane_of[gpu][c] = lanes++;
        const std::string with = name.empty() ? clients[c].name : name + ": " + clients[c].name;
        outcome.lanes.push_back({gpu, mode == Mode::kMig ? name : with});
      }
      if (lanes > first || name.empty()) continue;
      ++lanes;
      outcome.lanes.push_back({gpu, name});  // idle
    }
  }
  for (unsigned gpu = 0; gpu < record.spans.size(); ++gpu) {
    for (const sharing::Span& span : record.spans[gpu])
      outcome.timeline.push_back({gpu, lane_of[gpu][span.client], seconds_of(span.from),
                                  seconds_of(span.to), span.client});
  }
  outcome.timeline_from = record.spans_from;
  outcome.timeline_to = record.spans_to;
  std::ranges::stable_sort(outcome.timeline, {}, &TimelineSpan::from);
}

void sum_up(const Scenario& scenario, const std::vector<Client>& clients, const RunRecord& record,
            ModeOutcome& outcome) {
  const double window = scenario.seconds - scenario.warm_up;
  const double whole = window * outcome.gpus;
  outcome.engine_active = record.within.engine / whole;
  outcome.sm_active = record.within.sm / whole;
  outcome.dram_active = record.within.dram / whole;
  outcome.allocation = record.within.allocation / whole;
  outcome.watts = record.within.joules / window;
  outcome.reconfiguring_seconds = record.reconfiguring_seconds;
  outcome.meets_objectives = true;
  for (std::size_t c = 0; c < clients.size(); ++c) {
    const TenantOutcome& tenant = outcome.tenants[c];
    outcome.throughput += tenant.throughput;
    if (!clients[c].tenant->training) outcome.goodput += tenant.goodput;
    if (tenant.diverges || !tenant.meets_objective.value_or(true)) outcome.meets_objectives = false;
  }
  if (outcome.throughput > 0.0) outcome.joules_per_request = outcome.watts / outcome.throughput;
}

std::optional<std::size_t> client_named(const std::vector<Client>& clients, std::string_view name) {
  for (std::size_t c = 0; c < clients.size(); ++c) {
    if (clients[c].name == name || clients[c].tenant->name == name) return c;
  }
  return std::nullopt;
}

void add_notes(const Scenario& scenario, Mode mode, const Seats& seats, ModeOutcome& outcome) {
  outcome.notes = seats.notes;
  if (!scenario.gpu.validated) outcome.notes.emplace_back(scenario.gpu.validation);
  if (mode == Mode::kTimeSlicing && scenario.seconds > kTurnByTurnSeconds)
    outcome.notes.emplace_back("turns of a run this long are an equal division of time");
  if (seats.seatings.size() > 1)
    outcome.notes.emplace_back("training is taken to keep a checkpoint of its last step");
}

}  // namespace

Result<ModeOutcome> simulate(const Scenario& scenario, Mode mode, const SimulateOptions& options) {
  TRY(sharing::check_scenario(scenario));
  const std::vector<Client> clients = sharing::clients_of(scenario);
  const Seats seats = TRY(sharing::find_seats(scenario, mode, clients, options));
  ModeOutcome outcome;
  outcome.mode = mode;
  outcome.impossible = seats.impossible;
  if (!seats.impossible.empty()) return outcome;
  sharing::RunRequest request{&scenario, mode, &clients, &seats, options.recovery, {}, true};
  request.pictures = options.pictures;
  request.until_missed = options.until_missed;
  request.totals = options.totals;
  RunRecord record = sharing::run(request);
  const Seating& first = seats.seatings.front();
  for (const Seating& seating : seats.seatings)
    outcome.gpus = std::max(outcome.gpus, static_cast<unsigned>(seating.gpus.size()));
  for (const mig::Layout& layout : first.layouts) outcome.layouts.push_back(to_string(layout));
  for (std::size_t c = 0; c < clients.size(); ++c) {
    outcome.tenants.push_back(outcome_of(scenario, clients[c], record.clients[c]));
    outcome.tenants.back().runs_on = place_of(first, c);
  }
  sum_up(scenario, clients, record, outcome);
  if (options.pictures) {
    outcome.utilization = utilization_of(record, outcome.gpus);
    draw_timeline(mode, first, clients, record, outcome);
  }
  add_notes(scenario, mode, seats, outcome);
  const auto victim = client_named(clients, scenario.victim);
  if (victim && options.victim_alone && !scenario.victim.empty()) {
    request.only = victim;
    request.pictures = false;
    RunRecord alone = sharing::run(request);
    std::ranges::sort(alone.clients[*victim].latencies);
    outcome.victim = Victim{clients[*victim].name, percentiles_of(alone.clients[*victim].latencies),
                            outcome.tenants[*victim].latency};
  }
  return outcome;
}

}  // namespace septet::lab
