#include "partition/measurement_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/profile_name.h"

namespace septet::partition {

namespace {

constexpr unsigned kMostSlices = 32;
constexpr std::string_view kOurs = "profile,batch,processes,per_second,latency_ms";
constexpr std::string_view kParvaGpu = "Mig instance,Batch size,Workload Number,Throughput,Latency";
constexpr std::string_view kMiso = "workload,batch,gslices,mean_iter_s,median_iter_s,samples";

std::string header_of(const CsvTable& table) {
  std::string header;
  for (const CsvField& field : table.rows.front())
    header += (header.empty() ? "" : ",") + field.text;
  return header;
}

class Importer {
 public:
  Importer(const CsvTable& table, const mig::Product& product, const std::string& workload)
      : table_(table), product_(product), workload_(workload) {
    measured_.product = product.id;
    measured_.where = table.where(table.rows.front().front());
  }

  Result<plan::Measured> run() {
    const std::string header = header_of(table_);
    if (header == kMiso) {
      TRY(read_miso());
    } else if (header == kParvaGpu || header == kOurs) {
      TRY(read_single(header == kOurs));
    } else {
      return table_.fail_at(table_.rows.front().front(),
                            "the header " + quoted(header) + " is of no layout known here",
                            fmt::format("write \"{}\"", kOurs));
    }
    if (measured_.rows.empty())
      return table_.fail_at(table_.rows.front().front(), "no measurement below the header");
    return std::move(measured_);
  }

 private:
  Result<> read_single(bool ours) {
    if (!workload_.empty()) {
      return table_.fail_at(
          table_.rows.front().front(),
          "this file is of one workload, and " + quoted(workload_) + " is asked for",
          "leave workload: out");
    }
    for (std::size_t r = 1; r < table_.rows.size(); ++r) {
      const auto& row = table_.rows[r];
      plan::Measurement one;
      one.profile = ours ? TRY(named(row[0])) : TRY(of_slices(row[0]));
      one.batch = TRY(table_.count(row[1], "batch", kMostBatch));
      one.processes = TRY(table_.count(row[2], "processes", kMostProcesses));
      one.per_second = TRY(table_.number(row[3], "throughput"));
      one.latency_ms = TRY(table_.number(row[4], "latency"));
      if (!ours) {
        one.per_second *= one.processes;
        one.latency_ms *= 1e3;
      }
      if (one.per_second > 0.0 && one.per_second < plan::kLeastRate)
        return table_.fail_at(row[3], "a throughput below 1e-9 per second",
                              "write 0 if it did not run");
      TRY(add(std::move(one), row[0], row[4]));
    }
    return {};
  }

  Result<> read_miso() {
    std::set<std::string> names;
    measured_.training = true;
    for (std::size_t r = 1; r < table_.rows.size(); ++r) names.insert(table_.rows[r][0].text);
    if (workload_.empty() || !names.contains(workload_)) {
      std::string list;
      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
      return fail(Code::kNotFound,
                  workload_.empty()
                      ? fmt::format("{} has several workloads", table_.name)
                      : fmt::format("{} has no workload {}", table_.name, quoted(workload_)),
                  "write workload: and one of " + list);
    }
    for (std::size_t r = 1; r < table_.rows.size(); ++r) {
      const auto& row = table_.rows[r];
      if (row[0].text != workload_) continue;
      plan::Measurement one;
      one.batch = TRY(table_.count(row[1], "batch", kMostBatch));
      one.profile = TRY(of_slices(row[2]));
      const double seconds = TRY(table_.number(row[3], "mean_iter_s"));
      if (seconds <= 0.0) return table_.fail_at(row[3], "an iteration takes more than no time");
      if (seconds > 1e9) return table_.fail_at(row[3], "an iteration of over 30 years");
      one.per_second = one.batch / seconds;
      one.latency_ms = seconds * 1e3;
      TRY(add(std::move(one), row[0], row[3]));
    }
    return {};
  }

  Result<> add(plan::Measurement one, const CsvField& first, const CsvField& latency) {
    if (one.per_second > 0.0 && one.latency_ms <= 0.0)
      return table_.fail_at(latency, "a throughput without a latency");
    one.where = table_.where(first);
    const auto key = std::tuple(one.profile, one.batch, one.processes);
    const auto [twin, added] = seen_.emplace(key, first.line);
    if (!added) {
      return table_.fail_at(first,
                            fmt::format("{} with batch {} and {} processes is measured "
                                        "twice; the first is in line {}",
                                        one.profile, one.batch, one.processes, twin->second));
    }
    measured_.rows.push_back(std::move(one));
    return {};
  }

  Result<std::string> named(const CsvField& field) const {
    auto profile = mig::match_profile(product_.geometry, field.text);
    if (!profile) return fail_because(std::move(profile).error(), table_.where(field));
    return std::string((*profile)->name);
  }

  Result<std::string> of_slices(const CsvField& field) const {
    const auto slices = TRY(table_.count(field, "slices", kMostSlices));
    const auto* const profile = profile_of_slices(product_.geometry, slices);
    if (profile == nullptr) {
      return table_.fail_at(field,
                            fmt::format("{} has no profile of {} slices", product_.id, slices),
                            "is product: the one that was measured?");
    }
    return std::string(profile->name);
  }

  const CsvTable& table_;
  const mig::Product& product_;
  const std::string& workload_;
  plan::Measured measured_;
  std::map<std::tuple<std::string, unsigned, unsigned>, std::size_t> seen_;
};

Result<> check_columns(const CsvTable& table, std::size_t models) {
  if (table.rows.front().size() == models) return {};
  return table.fail_at(table.rows.front().front(),
                       fmt::format("{} columns for {} models", table.rows.front().size(), models));
}

}  // namespace

const mig::GpuInstanceProfile* profile_of_slices(const mig::Geometry& geometry, unsigned slices) {
  const mig::GpuInstanceProfile* best = nullptr;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    const bool plain = profile.media == mig::Media::kPlain && !profile.graphics;
    if (plain && profile.slices == slices && (best == nullptr || profile.size < best->size))
      best = &profile;
  }
  return best;
}

Result<plan::Measured> measured_from(const CsvTable& table, const mig::Product& product,
                                     const std::string& workload) {
  return Importer(table, product, workload).run();
}

Result<std::vector<Scenario>> parva_scenarios(const CsvTable& rates, const CsvTable& latencies,
                                              const std::vector<std::string>& models) {
  TRY(check_columns(rates, models.size()));
  TRY(check_columns(latencies, models.size()));
  if (rates.rows.size() != latencies.rows.size()) {
    return latencies.fail_at(latencies.rows.back().front(),
                             fmt::format("{} scenarios here and {} in {}", latencies.rows.size(),
                                         rates.rows.size(), rates.name));
  }
  std::vector<Scenario> scenarios;
  for (std::size_t r = 0; r < rates.rows.size(); ++r) {
    Scenario scenario;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const CsvField &rate = rates.rows[r][m], &latency = latencies.rows[r][m];
      if ((rate.text == "N/A") != (latency.text == "N/A"))
        return latencies.fail_at(latency, "N/A in one of the two files only");
      if (rate.text == "N/A") continue;
      plan::Objective objective;
      objective.per_second = TRY(rates.number(rate, "rate"));
      objective.latency_ms = TRY(latencies.number(latency, "latency"));
      if (objective.per_second <= 0.0) return rates.fail_at(rate, "a rate of 0");
      if (*objective.latency_ms <= 0.0) return latencies.fail_at(latency, "a latency of 0");
      scenario.models.push_back(models[m]);
      scenario.objectives.push_back(objective);
    }
    scenarios.push_back(std::move(scenario));
  }
  return scenarios;
}

}  // namespace septet::partition
