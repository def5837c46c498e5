// lab/sharing/run.h — one run: requests come, are served where the seats say, faults and layout
// changes happen; what was counted.
//
// Counted over [warm_up, seconds) unless said otherwise.
#pragma once

#include <vector>

#include "lab/sharing/board.h"
#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

struct ClientRecord {
  // Of those that came within; offered = completed + lost + unfinished.
  std::uint64_t offered = 0, completed = 0, lost = 0, unfinished = 0;
  std::uint64_t finished_within = 0, good_within = 0;  // answers within, whenever asked
  std::vector<float> latencies;                        // of those that came within, seconds
  double backlog_early = 0, backlog_late = 0;  // mean requests waiting, halves of the window
  double down_seconds = 0;                     // whole run
};

struct TimedTotals {
  double at = 0;
  Totals totals;  // of all GPUs since the start
};

struct RunRecord {
  std::vector<ClientRecord> clients;
  Totals within;                         // all GPUs, within
  std::vector<TimedTotals> samples;      // whole run, evenly
  std::vector<std::vector<Span>> spans;  // by GPU
  double spans_from = 0, spans_to = 0;
  double reconfiguring_seconds = 0;  // whole run
};

struct RunRequest {
  const Scenario* scenario = nullptr;
  Mode mode = Mode::kWholeGpu;
  const std::vector<Client>* clients = nullptr;
  const Seats* seats = nullptr;
  RecoveryCosts recovery;
  std::optional<std::size_t> only;  // all other clients stay silent
  bool pictures = false;
  bool totals = true;  // RunRecord::within and samples; else 0
  // Ends as soon as it is certain that a tenant of open arrivals misses its objective: more are
  // late than the hundredth of all that arrive. The record is then of no other use.
  bool until_missed = false;
};

RunRecord run(const RunRequest& request);

// Who goes down when `culprit` has this fault under this seating; by client. Also how long.
struct Victims {
  std::vector<bool> down;
  double seconds = 0;
  std::string_view why;
};
Victims victims_of(const Scenario& scenario, Mode mode, const Seating& seating, FaultKind kind,
                   std::size_t culprit, const RecoveryCosts& costs);

}  // namespace septet::lab::sharing
