#include "right_sizing_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "mig/profile_name.h"
#include "parva_data.h"
#include "plan/performance.h"

namespace septet::bench {

namespace {

constexpr double kMostMedian = 0.04, kMostMean = 0.06;
constexpr const char* kMisoProduct = "a100-40gb";
// Its logs on one and two slices jump two to nine times without order (the survey's note).
constexpr std::string_view kNoisy = "deepspeech2";

struct Errors {
  std::vector<double> off;  // relative
  void print(const std::string& name, const std::vector<double>& naive) const {
    std::vector<double> sorted = off;
    std::ranges::sort(sorted);
    fmt::print("  {:<28} {:>4} {:>8.1f}% {:>8.1f}% {:>8.1f}% {:>8.1f}%\n", name, sorted.size(),
               100 * mean(), 100 * median(), 100 * sorted[sorted.size() * 9 / 10],
               100 * Errors{naive}.mean());
  }
  double mean() const {
    double sum = 0.0;
    for (const double one : off) sum += one;
    return off.empty() ? 1.0 : sum / static_cast<double>(off.size());
  }
  double median() const {
    std::vector<double> sorted = off;
    std::ranges::sort(sorted);
    return sorted.empty() ? 1.0 : (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
  }
  void add(const Errors& other) { off.insert(off.end(), other.off.begin(), other.off.end()); }
};

struct Both {
  Errors model, naive;
};

struct Timing {
  const mig::GpuInstanceProfile* profile = nullptr;
  double seconds = 0.0;
};

void judge(const mig::Product& product, std::vector<Timing> timings, double exponent, Both& into) {
  std::ranges::sort(timings, {}, [](const Timing& one) {
    return std::pair(one.profile->size, one.profile->slices);
  });
  if (timings.size() < 3 || timings.back().profile->slices != 7) return;
  const auto timed = [&product](const Timing& one) {
    return plan::TimedShare{*plan::share_of(product, *one.profile), one.seconds};
  };
  const std::array<plan::TimedShare, 2> two = {timed(timings.front()), timed(timings.back())};
  const auto model = plan::fit_time(two, exponent);
  for (std::size_t i = 1; i + 1 < timings.size(); ++i) {
    const Timing& one = timings[i];
    into.model.off.push_back(std::abs(model->seconds(timed(one).share) / one.seconds - 1.0));
    into.naive.off.push_back(
        std::abs(timings.back().seconds * 7.0 / one.profile->slices / one.seconds - 1.0));
  }
}

// One process unless `all_processes`: there, a model of its own per process count.
Both of_measured(const plan::Measured& measured, const mig::Product& product, bool all_processes) {
  std::map<std::pair<unsigned, unsigned>, std::vector<Timing>> points;
  for (const plan::Measurement& row : measured.rows) {
    if (row.per_second <= 0.0 || (row.processes > 1 && !all_processes)) continue;
    points[{row.batch, row.processes}].push_back(
        {*mig::match_profile(product.geometry, row.profile),
         row.batch * row.processes / row.per_second});
  }
  Both both;
  for (auto& [point, timings] : points) {
    judge(product, std::move(timings),
          plan::overlap_exponent(point.first * point.second, measured.training), both);
  }
  return both;
}

void print_header(const char* title) {
  fmt::print("\n{}\n  {:<28} {:>4} {:>9} {:>9} {:>9} {:>9}\n", title, "", "n", "mean", "median",
             "p90", "by slices");
}

bool verdict(const Both& all, const std::string& name) {
  all.model.print(name, all.naive.off);
  const bool holds = all.model.median() <= kMostMedian && all.model.mean() <= kMostMean;
  fmt::print("  bar: median <= 4 %, mean <= 6 %: {}\n", holds ? "holds" : "MISSED");
  return holds;
}

Result<bool> parva() {
  const auto data = read_parva();
  if (!data) {
    fmt::print("ParvaGPU's profiles: {}\n", data.error().describe());
    return false;
  }
  const mig::Product& product = *mig::find_product(kParvaProduct);
  print_header("Right-sizing: ParvaGPU's table (A100-80GB, inference), from two profiles");
  Both all, processes;
  for (std::size_t m = 0; m < data->models.size(); ++m) {
    const Both one = of_measured(data->measured[m], product, false);
    one.model.print(data->models[m], one.naive.off);
    all.model.add(one.model);
    all.naive.add(one.naive);
    const Both many = of_measured(data->measured[m], product, true);
    processes.model.add(many.model);
    processes.naive.add(many.naive);
  }
  processes.model.print("(1 to 5 processes)", processes.naive.off);
  return verdict(all, "all, one process");
}

Result<bool> miso() {
  const auto file = data_folder() / "miso/a100_40gb_training_iter_time_per_profile.csv";
  const auto table = read_csv_file(file.string());
  if (!table) {
    fmt::print("MISO's table: {}\n", table.error().describe());
    return false;
  }
  const mig::Product& product = *mig::find_product(kMisoProduct);
  print_header("Right-sizing: MISO's table (A100-40GB, training), from two profiles");
  std::vector<std::string> names;
  for (std::size_t r = 1; r < table->rows.size(); ++r) {
    const std::string& name = table->rows[r].front().text;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  Both all, noisy;
  for (const std::string& name : names) {
    const auto measured = TRY(partition::measured_from(*table, product, name));
    const Both one = of_measured(measured, product, false);
    if (one.model.off.empty()) continue;
    one.model.print(name == kNoisy ? name + " (noisy: not counted)" : name, one.naive.off);
    Both& into = name == kNoisy ? noisy : all;
    into.model.add(one.model);
    into.naive.add(one.naive);
  }
  noisy.model.add(all.model);
  noisy.naive.add(all.naive);
  noisy.model.print("(all, with the noisy one)", noisy.naive.off);
  return verdict(all, "all but the noisy one");
}

}  // namespace

Result<bool> print_right_sizing_errors() {
  const bool first = TRY(parva());
  const bool second = TRY(miso());
  return first && second;
}

}  // namespace septet::bench
