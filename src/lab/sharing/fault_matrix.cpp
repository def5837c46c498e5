// lab/sharing/fault_matrix.cpp — mode by mode and fault by fault: who goes down.
#include <algorithm>

#include "lab/sharing/check_scenario.h"
#include "lab/sharing/run.h"

namespace septet::lab {

namespace {

bool is_called(const sharing::Client& client, const std::string& name) {
  return client.name == name || client.tenant->name == name;
}

std::size_t culprit_of(const Scenario& scenario, const std::vector<sharing::Client>& clients,
                       FaultKind kind) {
  for (const PlannedFault& fault : scenario.faults) {
    if (fault.kind != kind) continue;
    for (std::size_t c = 0; c < clients.size(); ++c) {
      if (is_called(clients[c], fault.tenant)) return c;
    }
  }
  for (std::size_t c = 0; c < clients.size(); ++c) {
    if (!is_called(clients[c], scenario.victim)) return c;
  }
  return 0;
}

}  // namespace

Result<std::vector<FaultRow>> fault_matrix(const Scenario& scenario,
                                           const SimulateOptions& options) {
  TRY(sharing::check_scenario(scenario));
  const std::vector<sharing::Client> clients = sharing::clients_of(scenario);
  std::vector<FaultRow> rows;
  for (const Mode mode : scenario.modes) {
    const sharing::Seats seats = TRY(sharing::find_seats(scenario, mode, clients, options));
    if (!seats.impossible.empty()) continue;
    for (const FaultKind kind : kFaultKinds) {
      FaultRow row;
      row.mode = mode;
      row.kind = kind;
      row.culprit = culprit_of(scenario, clients, kind);
      const sharing::Victims victims = sharing::victims_of(scenario, mode, seats.seatings.front(),
                                                           kind, row.culprit, options.recovery);
      row.why = victims.why;
      for (const bool down : victims.down)
        row.down.push_back(down ? std::optional(victims.seconds) : std::nullopt);
      for (const auto& seat : seats.seatings.front().seats) row.away.push_back(!seat);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace septet::lab
