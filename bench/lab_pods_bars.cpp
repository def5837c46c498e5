// bench/lab_pods_bars.cpp — the lab's bars on FGD's trace: the published simulator's results
// replayed, its best policy beaten, one experiment's time and memory. Part of make bench-lab.
//
// Standard output is the same bytes on every run; times and memory go to standard error. Exit 1
// when an answer is not as good as its bar says; a time over its budget is said, not failed, for
// the machine may be shared.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "lab/openb/bound.h"
#include "lab/openb/published.h"

namespace septet::bench {

namespace {

namespace openb = lab::openb;
using openb::kMeasuredLoads;
using plan::pods::Policy;

constexpr const char* kTraces[] = {"default",    "cpu050",     "cpu100",
                                   "cpu200",     "gpushare60", "multigpu20",
                                   "multigpu30", "gpuspec10",  "gpuspec25"};
constexpr std::uint32_t kFirstSeed = 42, kSeeds = 10;  // as published
constexpr double kLoad = 1.3;
constexpr std::int64_t kGoldenGpuMilli = 5'919'410;  // golden_fgd_default_seed42_summary.txt
constexpr double kMostMilliseconds = 50, kMostMegabytes = 50;
constexpr std::size_t kLast = kMeasuredLoads.size() - 1;

bool all_met = true;

const char* met(bool good) {
  all_met = all_met && good;
  return good ? "met" : "MISSED";
}

std::filesystem::path openb_folder() {
  const char* const named = std::getenv("SEPTET_DATA");  // NOLINT(concurrency-mt-unsafe)
  const std::filesystem::path data =
      named != nullptr ? named : std::filesystem::path(SEPTET_SOURCE_DIR) / "../shared/data";
  return data / "openb";
}

template <typename Value>
Value or_exit(Result<Value> result) {
  if (result) return std::move(*result);
  fmt::print("openb: MISSED: {}\n", result.error().describe());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): there is one thread
}

CsvTable table_of(const std::string& name) {
  return or_exit(read_csv_file((openb_folder() / name).string()));
}

openb::Trace read_trace(const std::string& name, const openb::Cluster& cluster) {
  return or_exit(openb::parse_trace(table_of("openb_pod_list_" + name + ".csv"), cluster));
}

double own_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Before the suite, so that the peak is of one experiment and its data alone.
void time_one(const openb::Cluster& cluster) {
  const openb::Trace trace = read_trace("default", cluster);
  const openb::Arrivals arrivals = openb::simulator_arrivals(cluster, trace, kLoad, kFirstSeed);
  for (const Policy policy : plan::pods::kPolicies) {
    std::vector<double> clock, own;
    for (int run = 0; run < 5; ++run) {
      const auto start = std::chrono::steady_clock::now();
      const double before = own_milliseconds();
      (void)openb::replay(cluster, trace, arrivals, policy, kFirstSeed);
      own.push_back(own_milliseconds() - before);
      clock.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
              .count());
    }
    std::ranges::sort(clock);
    std::ranges::sort(own);
    fmt::print(stderr,
               "openb default, {} arrivals, {:<12} {:6.1f} ms by the clock, {:6.1f} ms of its own "
               "(median of 5; budget {} ms: {})\n",
               arrivals.pods.size(), to_string(policy), clock[2], own[2], kMostMilliseconds,
               own[2] <= kMostMilliseconds ? "within" : "OVER");
  }
  const double peak = peak_megabytes();
  fmt::print(stderr, "peak memory {:.1f} MB (budget {} MB: {})\n", peak, kMostMegabytes,
             peak <= kMostMegabytes ? "within" : "OVER");
}

// Pod by pod: the published simulator's own run, seed 42.
void golden_bar(const openb::Cluster& cluster) {
  const openb::Trace trace = read_trace("default", cluster);
  const openb::Arrivals arrivals = openb::simulator_arrivals(cluster, trace, kLoad, kFirstSeed);
  const openb::Experiment run = openb::replay(cluster, trace, arrivals, Policy::kFgd, kFirstSeed);
  const CsvTable golden = table_of("golden_fgd_default_seed42_placements.csv");
  std::size_t same = 0;
  for (std::size_t i = 0; i + 1 < golden.rows.size() && i < run.placed.size(); ++i) {
    const auto& row = golden.rows[i + 1];
    const std::string node = run.placed[i] ? cluster.nodes[*run.placed[i]].name : std::string();
    // "0037-openb-node-1080": the simulator puts the node's rank before its name.
    const std::string theirs = row[2].text.size() > 5 ? row[2].text.substr(5) : row[2].text;
    same += row[1].text.starts_with(trace.names[arrivals.pods[i]]) && node == theirs;
  }
  const double points = 100 *
                        std::abs(static_cast<double>(run.allocated_gpu_milli - kGoldenGpuMilli)) /
                        static_cast<double>(cluster.total_gpu_milli());
  fmt::print("FGD, default, seed 42: {} of {} GPU milli allocated; the simulator {}: {}\n",
             run.allocated_gpu_milli, cluster.total_gpu_milli(), kGoldenGpuMilli,
             met(points <= 0.05));
  fmt::print("  pod by pod: {} of {} arrivals went where the simulator sent them: {}\n\n", same,
             golden.rows.size() - 1, met(same == golden.rows.size() - 1));
}

struct Mean {
  std::array<double, kMeasuredLoads.size()> at{};
};

// Published policies within 0.15 points where they are deterministic and the bar says so.
double allowed_points(const std::string& trace, Policy policy) {
  const bool close =
      policy == Policy::kFgd || policy == Policy::kBestFit || policy == Policy::kDotProduct;
  return trace == "default" && close ? 0.15 : 0.5;
}

std::string published_cell(const openb::PublishedMean* published, double ours, double allowed) {
  if (published == nullptr) return fmt::format("{:>10} {:>8}  {}", "-", "-", met(false));
  // Published to 0.001; no minus before a zero.
  const double off = std::round((ours - published->allocated[kLast]) * 1000) / 1000 + 0.0;
  return fmt::format("{:10.3f} {:+8.3f}  {}", published->allocated[kLast], off,
                     met(std::abs(off) <= allowed));
}

void trace_bars(const openb::Cluster& cluster, const std::string& name,
                const std::vector<openb::PublishedMean>& published) {
  const openb::Trace trace = read_trace(name, cluster);
  std::array<Mean, std::size(plan::pods::kPolicies)> means{};
  std::uint32_t better = 0;
  for (std::uint32_t seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) {
    const openb::Arrivals arrivals = openb::simulator_arrivals(cluster, trace, kLoad, seed);
    std::array<double, std::size(plan::pods::kPolicies)> at_end{};
    for (std::size_t p = 0; p < means.size(); ++p) {
      const auto run = openb::replay(cluster, trace, arrivals, plan::pods::kPolicies[p], seed);
      for (std::size_t i = 0; i < kMeasuredLoads.size(); ++i)
        means[p].at[i] += run.allocated[i] / kSeeds;
      at_end[p] = run.allocated[kLast];
    }
    better += at_end[static_cast<std::size_t>(Policy::kOurs)] >
              at_end[static_cast<std::size_t>(Policy::kFgd)];
  }
  fmt::print("{:<11}{:<13}{:>8}{:>8}{:>8}{:>8}{:>11}{:>9}\n", name, "", "at 90", "at 100", "at 110",
             "at 130", "published", "off");
  for (std::size_t p = 0; p < means.size(); ++p) {
    const Policy policy = plan::pods::kPolicies[p];
    fmt::print("{:<11}{:<13}", "", to_string(policy));
    for (const double percent : means[p].at) fmt::print("{:8.2f}", percent);
    if (policy != Policy::kOurs)
      fmt::print(" {}\n", published_cell(openb::published_for(published, name, policy),
                                         means[p].at[kLast], allowed_points(name, policy)));
  }
  const double gain = means[static_cast<std::size_t>(Policy::kOurs)].at[kLast] -
                      means[static_cast<std::size_t>(Policy::kFgd)].at[kLast];
  fmt::print("  over FGD {:+.2f}  {}\n", gain, met(gain >= (name == "default" ? 0.5 : 0.0)));
  fmt::print("{:<11}ours is above FGD on {} of {} orders", "", better, kSeeds);
  if (const auto bounds = openb::fluid_bounds(cluster, trace, kLoad)) {
    fmt::print("; fluid bound {:.2f}; even shares {:.2f}\n\n", bounds->any_policy, bounds->even);
  } else {
    fmt::print("; no bound: {}\n\n", bounds.error().what);
  }
}

int run() {
  const openb::Cluster cluster =
      or_exit(openb::parse_cluster(table_of("openb_node_list_gpu_node.csv")));
  time_one(cluster);
  fmt::print(
      "FGD's trace (openb), {} nodes, {} GPUs, load 1.3, arrival orders of seeds 42..51.\n"
      "All policies but ours are re-implemented; published: the simulator's authors.\n\n",
      cluster.nodes.size(), cluster.total_gpu_milli() / plan::pods::kWholeGpu);
  golden_bar(cluster);
  const auto published =
      or_exit(openb::parse_published(table_of("expected_alloc_ratio_summary.csv")));
  const auto start = std::chrono::steady_clock::now();
  const double before = own_milliseconds();
  for (const char* const name : kTraces) trace_bars(cluster, name, published);
  fmt::print(stderr, "the suite of {} experiments: {:.1f} s by the clock, {:.1f} s of its own\n",
             std::size(kTraces) * std::size(plan::pods::kPolicies) * kSeeds,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
             (own_milliseconds() - before) / 1e3);
  return all_met ? 0 : 1;
}

}  // namespace

}  // namespace septet::bench

int main() { return septet::bench::run(); }
