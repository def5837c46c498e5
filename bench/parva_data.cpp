#include "parva_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

namespace septet::bench {

namespace {

double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

// Most items per second and slice within the allowed latency: to guess how many GPUs a rate takes.
double best_per_slice(const plan::Measured& measured, double allowed_ms) {
  double best = 0.0;
  for (const plan::Measurement& row : measured.rows) {
    if (row.latency_ms <= allowed_ms)
      best = std::max(best, row.per_second / (row.profile[0] - '0'));
  }
  return best;
}

}  // namespace

std::filesystem::path data_folder() {
  const char* const named = std::getenv("SEPTET_DATA");
  return named != nullptr ? named : std::filesystem::path(SEPTET_SOURCE_DIR) / "../shared/data";
}

Result<ParvaData> read_parva() {
  const auto folder = data_folder() / "parvagpu";
  if (!std::filesystem::is_directory(folder / "prof_data")) {
    return fail(Code::kNotFound, "no " + (folder / "prof_data").string(),
                "set SEPTET_DATA to the folder that holds parvagpu/");
  }
  ParvaData data;
  const mig::Product& product = *mig::find_product(kParvaProduct);
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(folder / "prof_data"))
    files.push_back(file.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto table = TRY(read_csv_file(file.string()));
    data.measured.push_back(TRY(partition::measured_from(table, product, "")));
    data.measured.back().fill_in = false;  // the published figures are for what was measured
    data.models.push_back(file.stem().string());
  }
  const auto rates = TRY(read_csv_file((folder / "SLO/SLO_req_rate.csv").string()));
  const auto latencies = TRY(read_csv_file((folder / "SLO/SLO_latency.csv").string()));
  data.scenarios = TRY(partition::parva_scenarios(rates, latencies, data.models));
  return data;
}

std::vector<plan::Workload> parva_workloads(const ParvaData& data, std::size_t number,
                                            double factor) {
  const partition::Scenario& scenario = data.scenarios[number];
  std::vector<plan::Workload> workloads;
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    plan::Workload workload;
    workload.name = scenario.models[i];
    workload.objective = scenario.objectives[i];
    workload.objective->per_second *= factor;
    workload.objective->latency_share = kParvaShare;
    const auto model = std::ranges::find(data.models, workload.name) - data.models.begin();
    workload.measured = {data.measured[static_cast<std::size_t>(model)]};
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

std::vector<plan::Workload> synthetic_workloads(const ParvaData& data, std::size_t count,
                                                double gpus, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<plan::Workload> workloads;
  std::vector<double> share(count), slice_rate(count);
  double all = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const partition::Scenario& scenario = data.scenarios[1 + i % 5];  // S2..S6 have every model
    const std::size_t m = random() % scenario.models.size();
    plan::Workload workload;
    workload.name = fmt::format("{}-{}", scenario.models[m], i);
    workload.objective = scenario.objectives[m];
    workload.objective->latency_share = kParvaShare;
    const auto model = std::ranges::find(data.models, scenario.models[m]) - data.models.begin();
    plan::Measured measured = data.measured[static_cast<std::size_t>(model)];
    for (plan::Measurement& row : measured.rows) row.per_second *= 0.8 + 0.4 * uniform(random);
    slice_rate[i] = best_per_slice(measured, *workload.objective->latency_ms * kParvaShare);
    share[i] = std::exp(3.0 * uniform(random));  // the largest twenty times the smallest
    all += share[i];
    workload.measured = {std::move(measured)};
    workloads.push_back(std::move(workload));
  }
  for (std::size_t i = 0; i < count; ++i)
    workloads[i].objective->per_second = slice_rate[i] * 7.0 * gpus * share[i] / all;
  return workloads;
}

}  // namespace septet::bench
