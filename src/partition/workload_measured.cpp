#include "partition/workload_measured.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <tuple>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/profile_name.h"
#include "partition/measurement_file.h"

namespace septet::partition {

namespace {

constexpr std::size_t kMostMeasuredRows = 10'000;

class MeasuredReader {
 public:
  explicit MeasuredReader(const YamlDocument& document) : document_(document) {}

  Result<plan::Measured> run(const YAML::Node& node) {
    if (!node.IsMap()) return fail_at(document_, node, "measured must be a map, or a list of maps");
    TRY(check_keys(document_, node,
                   {"product", "training", "fill-in", "file", "workload", "rows"}));
    const auto* const product = TRY(read_product(node));
    plan::Measured measured;
    if (static_cast<bool>(node["file"]) == static_cast<bool>(node["rows"])) {
      return fail_at(document_, node, "measured wants either file or rows",
                     "name a CSV file, or write rows: [{profile: ..., throughput: ...}]");
    }
    if (node["file"]) {
      measured = TRY(read_table(node, *product));
    } else {
      TRY(read_rows(node["rows"], *product, measured));
    }
    measured.product = product->id;
    measured.where = where(document_, node);
    if (node["training"]) measured.training = TRY(as_bool(document_, node["training"], "training"));
    if (node["fill-in"]) measured.fill_in = TRY(as_bool(document_, node["fill-in"], "fill-in"));
    return measured;
  }

 private:
  Result<const mig::Product*> read_product(const YAML::Node& node) {
    if (!node["product"]) {
      return fail_at(document_, node, "measured does not say on which product",
                     "add product: a100-80gb; septet products lists them");
    }
    const auto id = TRY(as_text(document_, node["product"], "product"));
    const mig::Product* const product = mig::find_product(id);
    if (product != nullptr) return product;
    return fail_at(document_, node["product"], "product " + quoted(id) + " is not known",
                   "septet products lists them");
  }

  Result<plan::Measured> read_table(const YAML::Node& node, const mig::Product& product) {
    const auto file = TRY(as_text(document_, node["file"], "file"));
    std::string workload;
    if (node["workload"]) workload = TRY(as_text(document_, node["workload"], "workload"));
    const auto beside = std::filesystem::path(document_.name).parent_path() / file;
    auto table = read_csv_file(beside.string());
    if (!table) {
      return fail_because(std::move(table).error(), where(document_, node["file"]) + ": measured",
                          "a file is looked for beside the workloads that name it");
    }
    return measured_from(*table, product, workload);
  }

  Result<> read_rows(const YAML::Node& rows, const mig::Product& product,
                     plan::Measured& measured) {
    if (!rows.IsSequence() || rows.size() == 0)
      return fail_at(document_, rows, "rows must be a list of at least one");
    if (rows.size() > kMostMeasuredRows) return fail_at(document_, rows, "more than 10000 rows");
    for (const YAML::Node& row : rows) measured.rows.push_back(TRY(read_row(row, product)));
    std::map<std::tuple<std::string, unsigned, unsigned>, std::string> seen;
    for (const plan::Measurement& one : measured.rows) {
      const auto [twin, added] =
          seen.emplace(std::tuple(one.profile, one.batch, one.processes), one.where);
      if (added) continue;
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: {} with batch {} and {} processes is measured twice; the first "
                              "is at {}",
                              one.where, one.profile, one.batch, one.processes, twin->second));
    }
    return {};
  }

  Result<plan::Measurement> read_row(const YAML::Node& row, const mig::Product& product) {
    if (!row.IsMap()) return fail_at(document_, row, "a measurement must be a map");
    TRY(check_keys(document_, row, {"profile", "batch", "processes", "throughput", "latency"}));
    for (const char* const key : {"profile", "throughput"}) {
      if (!row[key]) return fail_at(document_, row, fmt::format("this measurement has no {}", key));
    }
    plan::Measurement one;
    one.where = where(document_, row);
    const auto name = TRY(as_text(document_, row["profile"], "profile"));
    auto profile = mig::match_profile(product.geometry, name);
    if (!profile) return fail_because(std::move(profile).error(), where(document_, row["profile"]));
    one.profile = (*profile)->name;
    one.batch = TRY(at_least_one(row, "batch", kMostBatch));
    one.processes = TRY(at_least_one(row, "processes", kMostProcesses));
    const auto throughput = TRY(as_text(document_, row["throughput"], "throughput"));
    if (throughput != "0") {
      const auto rate = plan::parse_rate(throughput);
      if (!rate) return bad_rate(row["throughput"], "throughput", throughput);
      one.per_second = *rate;
    }
    if (row["latency"]) {
      one.latency_ms = TRY(milliseconds(row["latency"], "latency"));
    } else if (one.per_second > 0.0) {  // every process has one batch under way
      one.latency_ms = 1e3 * one.batch * one.processes / one.per_second;
    }
    return one;
  }

  Result<unsigned> at_least_one(const YAML::Node& row, const char* key, std::uint64_t most) {
    if (!row[key]) return 1u;
    const auto count = TRY(as_count(document_, row[key], key, most));
    if (count == 0) return fail_at(document_, row[key], fmt::format("{} must be at least 1", key));
    return static_cast<unsigned>(count);
  }

 public:
  Result<double> milliseconds(const YAML::Node& node, const char* what) {
    const auto text = TRY(as_text(document_, node, what));
    if (const auto value = plan::parse_milliseconds(text)) return *value;
    return fail_at(document_, node,
                   fmt::format("{} {} is not a time with a unit", what, quoted(text)),
                   "write 40ms, 0.4s or 900us");
  }

  std::unexpected<Error> bad_rate(const YAML::Node& node, const char* what,
                                  const std::string& text) {
    return fail_at(document_, node,
                   fmt::format("{} {} is not a number of items per second", what, quoted(text)),
                   "write 353 or 353/s");
  }

 private:
  const YamlDocument& document_;
};

Result<> read_measured(const YamlDocument& document, const YAML::Node& node,
                       plan::Workload& workload) {
  MeasuredReader reader(document);
  if (!node.IsSequence()) {
    workload.measured.push_back(TRY(reader.run(node)));
    return {};
  }
  for (const YAML::Node& one : node) {
    auto measured = TRY(reader.run(one));
    const auto twin =
        std::ranges::find(workload.measured, measured.product, &plan::Measured::product);
    if (twin != workload.measured.end()) {
      return fail_at(document, one, "measured on " + measured.product + " is written twice",
                     "the first is at " + twin->where + "; put all rows into one");
    }
    workload.measured.push_back(std::move(measured));
  }
  if (workload.measured.empty()) return fail_at(document, node, "measured is an empty list");
  return {};
}

}  // namespace

Result<> read_objective(const YamlDocument& document, const YAML::Node& entry,
                        plan::Workload& workload) {
  MeasuredReader reader(document);
  for (const char* const key : {"rate", "latency", "latency-share"}) {
    if (entry[key] && !entry["measured"]) {
      return fail_at(document, entry[key], fmt::format("{} without measured", key),
                     "add measured: what was reached on which profile; nothing else can be judged "
                     "by it");
    }
  }
  if (!entry["measured"]) return {};
  if (!entry["rate"]) {
    return fail_at(document, entry["measured"], workload.name + " is measured but has no rate",
                   "add rate: items per second that it must reach");
  }
  plan::Objective objective;
  const auto text = TRY(as_text(document, entry["rate"], "rate"));
  const auto rate = plan::parse_rate(text);
  if (!rate) return reader.bad_rate(entry["rate"], "rate", text);
  objective.per_second = *rate;
  if (entry["latency"])
    objective.latency_ms = TRY(reader.milliseconds(entry["latency"], "latency"));
  if (entry["latency-share"]) {
    const auto share = TRY(as_text(document, entry["latency-share"], "latency-share"));
    const auto percent = plan::parse_percent(share);
    if (!percent || !entry["latency"]) {
      return fail_at(document, entry["latency-share"],
                     percent ? "latency-share without latency"
                             : "latency-share " + quoted(share) + " is not a share",
                     "write latency: 400ms and latency-share: 45%");
    }
    objective.latency_share = *percent / 100.0;
  }
  workload.objective = objective;
  return read_measured(document, entry["measured"], workload);
}

}  // namespace septet::partition
