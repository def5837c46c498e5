#include "lab/queue/miso_world.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"
#include "plan/performance.h"

namespace septet::lab::queue {

namespace {

constexpr std::size_t kMostJobs = 10'000;
constexpr double kGap = 60;  // run.py, --arrival

// random.sample(range(100), 100) after random.seed(1), then numpy.random.poisson(30 or 60) after
// numpy.random.seed(2): what upstream's exp_full.py computes with its default arguments.
constexpr std::array<std::uint8_t, 100> kUpstreamOrder = {
    17, 72, 97, 8,  32, 15, 63, 57, 60, 83, 48, 26, 12, 62, 3,  49, 55, 77, 0,  92,
    34, 29, 75, 13, 40, 85, 2,  74, 69, 1,  89, 27, 54, 98, 28, 56, 93, 35, 14, 22,
    61, 43, 59, 71, 78, 18, 70, 88, 86, 41, 6,  11, 82, 46, 67, 7,  21, 95, 68, 42,
    87, 19, 45, 31, 47, 25, 73, 30, 94, 23, 79, 39, 76, 58, 5,  64, 99, 91, 52, 24,
    33, 80, 16, 66, 90, 96, 50, 84, 36, 44, 81, 10, 9,  38, 20, 4,  51, 65, 37, 53};
constexpr std::array<std::uint8_t, 100> kUpstreamGaps = {
    29, 31, 29, 25, 27, 32, 23, 24, 37, 36, 30, 29, 23, 25, 25, 29, 32, 30, 35, 24,
    38, 31, 29, 31, 28, 28, 26, 35, 35, 26, 28, 30, 26, 36, 57, 67, 62, 64, 60, 56,
    85, 56, 66, 53, 63, 67, 70, 67, 62, 58, 62, 63, 62, 61, 54, 49, 55, 48, 53, 59,
    42, 63, 70, 66, 67, 53, 47, 57, 43, 41, 64, 70, 63, 59, 58, 60, 41, 59, 67, 60,
    56, 58, 59, 76, 64, 52, 74, 73, 60, 53, 58, 70, 50, 53, 67, 61, 69, 65, 41, 58};

// Seconds per step by slices.
using StepSeconds = std::map<unsigned, double>;

Result<std::map<std::string, StepSeconds>> read_steps(const CsvTable& table) {
  std::map<std::string, StepSeconds> steps;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    if (row.size() < 4) return table.fail_at(row[0], "expected workload,batch,gslices,mean_iter_s");
    if (i == 0 && row[0].text == "workload") continue;
    const unsigned batch = TRY(table.count(row[1], "batch", 1'000'000));
    const unsigned slices = TRY(table.count(row[2], "gslices", 64));
    const double seconds = TRY(table.number(row[3], "seconds per step"));
    if (seconds <= 0) return table.fail_at(row[3], "a step takes more than no time");
    auto& times = steps[row[0].text + "_train" + std::to_string(batch)];
    if (!times.emplace(slices, seconds).second)
      return table.fail_at(row[2], "this workload, batch and slice count stands above already");
  }
  return steps;
}

// Host and device share of a step on the whole GPU, from all measured slices.
Result<> split_step(TrainingJob& job, const StepSeconds& steps, const mig::Product& product,
                    const Places& places) {
  std::vector<plan::TimedShare> timed;
  for (const mig::GpuInstanceProfile* profile : places.profiles) {
    const auto share = plan::share_of(product, *profile);
    const auto found = steps.find(profile->slices);
    if (share && found != steps.end()) timed.push_back({*share, found->second});
  }
  job.overlap = plan::overlap_exponent(1, true);
  const auto model = plan::fit_time(timed, job.overlap);
  if (!model) return {};  // one slice count only: as if nothing overlapped
  const double device =
      std::pow(model->compute, 1 / job.overlap) + std::pow(model->memory, 1 / job.overlap);
  const double host = std::pow(model->launch, 1 / job.overlap);
  const double whole = std::pow(model->launch + std::pow(device, job.overlap), 1 / job.overlap);
  job.host = host / whole;
  job.device = device / whole;
  return {};
}

Result<std::map<std::size_t, YAML::Node>> by_number(const YamlDocument& document) {
  if (!document.root.IsMap())
    return fail_at(document, document.root, "expected a map of job numbers", "{\"0\": ...}");
  std::map<std::size_t, YAML::Node> nodes;
  for (const auto& entry : document.root) {
    const auto number = TRY(as_count(document, entry.first, "job number", kMostJobs));
    if (!nodes.emplace(number, entry.second).second)
      return fail_at(document, entry.first, "this job stands above already");
  }
  return nodes;
}

Result<double> seconds_in(const YamlDocument& document, const YAML::Node& node) {
  double seconds = 0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, seconds) ||
      !std::isfinite(seconds) || seconds <= 0 || seconds > 1e9)
    return fail_at(document, node, "expected a job's length in seconds, above 0");
  return std::floor(seconds);  // upstream takes the integer part
}

// Exact for means up to a few hundred: multiplies uniform numbers until they fall below e^-mean.
double poisson(Random& random, double mean) {
  const double limit = std::exp(-mean);
  double count = -1;
  for (double product = 1; product > limit; ++count) product *= random.uniform();
  return count;
}

void arrive_in_order(std::vector<TrainingJob>& jobs, std::span<const double> gaps) {
  double at = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].arrives = at += gaps[i];
}

Result<World> world_of(const mig::Product& product, std::vector<TrainingJob> jobs, unsigned gpus) {
  World world{TRY(places_of(product.geometry)), std::move(jobs), gpus, {}};
  if (const auto calls = plan::measured_call_costs(product)) {
    for (std::size_t p = 0; p < world.places.profiles.size(); ++p) {
      const auto found = calls->find(world.places.profiles[p]);
      if (found == calls->end()) continue;
      world.costs.create[p] = static_cast<double>(found->second.create) / plan::kSecond;
      world.costs.destroy[p] = static_cast<double>(found->second.destroy) / plan::kSecond;
    }
  }
  return world;
}

std::vector<double> drawn_gaps(Random& random, std::size_t count) {
  std::vector<double> gaps;
  for (std::size_t i = 0; i < count; ++i)
    gaps.push_back(poisson(random, i <= count / 3 ? kGap / 2 : kGap));
  return gaps;
}

}  // namespace

Result<MisoData> read_miso(const CsvTable& steps, const YamlDocument& models,
                           const YamlDocument& lengths) {
  MisoData data{mig::find_product(kMisoProduct), {}};
  const Places places = TRY(places_of(data.product->geometry));
  const auto times = TRY(read_steps(steps));
  const auto names = TRY(by_number(models));
  const auto seconds = TRY(by_number(lengths));
  const unsigned whole = places.profiles.back()->slices;
  for (const auto& [number, node] : names) {
    const std::string name = TRY(as_text(models, node, "model"));
    const auto found = times.find(name);
    if (found == times.end() || !found->second.contains(whole))
      return fail_at(models, node, "no step times of this model on the whole GPU in " + steps.name);
    const auto length = seconds.find(number);
    if (length == seconds.end())
      return fail_at(models, node, "this job has no length in " + lengths.name);
    TrainingJob job{name, 0, TRY(seconds_in(lengths, length->second)), {}, 0, 1, 1.5};
    for (std::size_t p = 0; p < places.profiles.size(); ++p) {
      const auto step = found->second.find(places.profiles[p]->slices);
      if (step != found->second.end()) job.speed[p] = found->second.at(whole) / step->second;
    }
    TRY(split_step(job, found->second, *data.product, places));
    data.jobs.push_back(std::move(job));
  }
  if (data.jobs.empty()) return fail_at(models, models.root, "there are no jobs");
  return data;
}

Result<World> miso_world(const MisoData& data, std::uint64_t seed, unsigned gpus) {
  std::vector<TrainingJob> jobs;
  std::vector<double> gaps;
  if (seed == 0) {
    if (data.jobs.size() != kUpstreamOrder.size())
      return fail(Code::kInvalidArgument, "the recorded arrivals are of 100 jobs",
                  "take a seed of 1 or more");
    for (const std::uint8_t job : kUpstreamOrder) jobs.push_back(data.jobs[job]);
    gaps.assign(kUpstreamGaps.begin(), kUpstreamGaps.end());
  } else {
    Random random(seed);
    jobs = data.jobs;
    for (std::size_t i = jobs.size(); i > 1; --i) std::swap(jobs[i - 1], jobs[random.below(i)]);
    gaps = drawn_gaps(random, jobs.size());
  }
  arrive_in_order(jobs, gaps);
  return world_of(*data.product, std::move(jobs), gpus);
}

Result<World> tuning_world(const MisoData& data, std::uint64_t seed, unsigned gpus,
                           std::size_t count, double median, double sigma) {
  Random random(seed ^ 0x74756e65);
  std::vector<TrainingJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    jobs.push_back(data.jobs[random.below(data.jobs.size())]);
    jobs.back().work = std::max(1.0, median * std::exp(sigma * random.normal()));
  }
  const std::vector<double> gaps = drawn_gaps(random, count);
  arrive_in_order(jobs, gaps);
  return world_of(*data.product, std::move(jobs), gpus);
}

}  // namespace septet::lab::queue
