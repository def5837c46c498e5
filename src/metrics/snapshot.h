// metrics/snapshot.h — all that the metrics of one moment are made of.
//
// What is not known is left out here, and then has no sample: never 0.
// Times are seconds since 1970.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "metrics/change_tally.h"
#include "metrics/tenants.h"
#include "metrics/xid_tally.h"
#include "mig/node.h"

namespace septet::metrics {

// How the history of the last day is doing (history.h).
struct HistoryHealth {
  std::optional<double> written_s;  // when it was last written
  std::uint64_t bytes = 0;          // of its file
  std::uint64_t lost = 0;           // rows that could not be written
  bool failing = false;             // the last one was not
};

struct Snapshot {
  std::string version;               // "0.1.0"
  std::string host;                  // empty: not told
  const mig::Node* node = nullptr;   // nullptr: the driver does not answer
  std::optional<double> observed_s;  // when the node was last read
  Tenants tenants;
  // Why a device is ill, by UUID; who is well is not in it. nullopt: nobody watches for faults.
  std::optional<std::map<std::string, std::string>> ill;
  const XidTally* xids = nullptr;        // nullptr: nobody counts
  const ChangeTally* changes = nullptr;  // nullptr: no journal
  std::optional<HistoryHealth> history;
};

}  // namespace septet::metrics
