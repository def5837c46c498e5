#include "web/metrics_page.h"

#include <string_view>

#include "base/version.h"
#include "metrics/node_metrics.h"
#include "partition/node_journal.h"

namespace septet::web {

namespace {

constexpr double kCountAgain_s = 10;

std::string version_number() {
  const std::string_view version = kVersion;
  return std::string(version.substr(version.find(' ') + 1));
}

Result<metrics::ChangeTally> counted(const mig::Node& node) {
  const auto journal = TRY(partition::open_existing_journal_of(node));
  if (!journal) return metrics::ChangeTally{};
  return metrics::tally_of(TRY(journal->since(0)));
}

}  // namespace

void MetricsPage::count_changes(const mig::Node& node, double now_s) {
  if (now_s < counted_s_ + kCountAgain_s) return;
  counted_s_ = now_s;
  auto tally = counted(node);
  changes_.reset();
  if (tally) changes_ = std::move(*tally);
}

std::string MetricsPage::text(const std::shared_ptr<const Seen>& seen,
                              std::optional<metrics::HistoryHealth> history, double now_s) {
  metrics::Snapshot snapshot;
  snapshot.version = version_number();
  snapshot.host = host_;
  snapshot.history = history;
  if (seen && seen->node) {
    count_changes(*seen->node, now_s);
    snapshot.node = &*seen->node;
    snapshot.observed_s = static_cast<double>(seen->time_ms) / 1000;
    snapshot.tenants = seen->tenants;
    snapshot.ill = seen->ill;
    snapshot.xids = &seen->xids;
  }
  if (changes_) snapshot.changes = &*changes_;
  return metrics::metrics_text(snapshot, true);
}

}  // namespace septet::web
