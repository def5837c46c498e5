// web/metrics_page.h — the text of /metrics: the node as last sampled, and how its changes ended.
//
// The changes are read from the journal at most every ten seconds: a scrape costs no query.
// Threads. One caller at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "metrics/change_tally.h"
#include "metrics/snapshot.h"
#include "web/seen.h"

namespace septet::web {

class MetricsPage {
 public:
  explicit MetricsPage(std::string host) : host_(std::move(host)) {}
  // `seen`: nullptr: the node was not looked at yet.
  std::string text(const std::shared_ptr<const Seen>& seen,
                   std::optional<metrics::HistoryHealth> history, double now_s);

 private:
  void count_changes(const mig::Node& node, double now_s);

  std::string host_;
  std::optional<metrics::ChangeTally> changes_;  // nullopt: the journal cannot be read
  double counted_s_ = -1e9;
};

}  // namespace septet::web
