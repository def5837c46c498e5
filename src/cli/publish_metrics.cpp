// septet publish metrics — the node as Prometheus metrics, for node_exporter's textfile collector.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "base/replace_file.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/publish_slurm.h"
#include "cli/verb.h"
#include "metrics/node_metrics.h"

namespace septet::cli {

namespace {

constexpr int kFirstWithGpm = 9;  // compute capability: Hopper

struct MetricsOptions {
  std::string output;
  bool with_dcgm = true, without_dcgm = false;
  double interval_s = 1.0;
};

// A real driver tells activity between two looks only; a simulated one at once.
bool needs_two_looks(const mig::Node& node) {
  return !node.simulated && std::ranges::any_of(node.gpus, [](const mig::Gpu& gpu) {
    return gpu.mode == mig::MigMode::kOn && !gpu.instances.empty() &&
           (!gpu.compute_capability || gpu.compute_capability->major >= kFirstWithGpm);
  });
}

Result<mig::Node> look(const Globals& globals, double interval_s) {
  const auto driver = TRY(open_driver(globals));
  auto node = TRY(driver->observe());
  if (interval_s <= 0 || !needs_two_looks(node)) return node;
  poll(nullptr, 0, static_cast<int>(interval_s * 1000.0));
  return driver->observe();
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// nullopt: no journal, or one that is not ours to read: then nothing is said of changes.
std::optional<metrics::ChangeTally> changes_of(const Globals& globals) {
  const auto read = [&globals]() -> Result<std::optional<metrics::ChangeTally>> {
    const auto journal = TRY(open_existing_journal(globals));
    if (!journal) return std::nullopt;
    return metrics::tally_of(TRY(journal->since(0)));
  };
  auto changes = read();
  if (changes) return *changes;
  fmt::print(stderr, "septet: changes are left out: {}\n", changes.error().describe());
  return std::nullopt;
}

// A page without its node says that, so that nobody takes an old page for news.
Result<std::string> page_of(const Globals& globals, const MetricsOptions& options,
                            const Result<mig::Node>& node) {
  metrics::Snapshot snapshot;
  snapshot.version = std::string_view(kVersion).substr(std::string_view("septet ").size());
  snapshot.host = short_host_name().value_or("");
  const auto changes = changes_of(globals);
  if (changes) snapshot.changes = &*changes;
  if (node) {
    snapshot.node = &*node;
    snapshot.observed_s = seconds_now();
    snapshot.tenants = metrics::tenants_of(*node, {}, metrics::read_cgroups(*node));
  }
  return metrics::metrics_text(snapshot, options.with_dcgm && !options.without_dcgm);
}

Result<int> run_publish_metrics(const Globals& globals, const std::vector<std::string>& arguments) {
  MetricsOptions options;
  CommandLine line(
      "the node as Prometheus metrics, once: for node_exporter's textfile collector, or to look "
      "at; a scraper asks the agent (septet agent --http)",
      "septet publish metrics");
  line.option("--output", options.output,
              "the file, replaced whole (/var/lib/prometheus/node-exporter/septet.prom); default: "
              "standard output");
  const auto with = line.flag("--dcgm-names", options.with_dcgm,
                              "also by the names of dcgm-exporter, as far as they can be told "
                              "(default)");
  line.flag("--no-dcgm-names", options.without_dcgm, "septet's own names alone").excludes(with);
  line.option("--interval", options.interval_s,
              "seconds between the two looks that activity takes on a real GPU; 0: one look, no "
              "activity")
      .range(0.0, 60.0);
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto node = look(globals, options.interval_s);
  const std::string page = TRY(page_of(globals, options, node));
  if (options.output.empty()) {
    fmt::print("{}", page);
    if (std::fflush(stdout) != 0)
      return fail(Code::kUnavailable, "standard output cannot be written");
  } else {
    TRY(replace_file(options.output, page));
  }
  if (!node) return std::unexpected(node.error());
  return 0;
}

}  // namespace

extern const Verb kPublishMetrics;
const Verb kPublishMetrics{"metrics", "Prometheus metrics, once, for a file that is collected",
                           run_publish_metrics};

}  // namespace septet::cli
