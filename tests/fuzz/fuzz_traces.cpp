// The tables that replays read: openb's nodes and pods, MISO's files, a list of jobs. Whatever the
// bytes, an answer or a complaint that names the file; what is read can be replayed.
//
// Input: files, apart by lines "===", each read as everything: nodes, pods, jobs; MISO takes three.
#include <cmath>
#include <string>
#include <vector>

#include "fuzz/byte_reader.h"
#include "lab/openb/arrivals.h"
#include "lab/openb/published.h"
#include "lab/openb/replay.h"
#include "lab/queue/miso_world.h"
#include "lab/queue/slice_comparison.h"
#include "lab/queue/slice_jobs.h"

namespace septet::fuzz {
namespace {

// What one input may cause: GPU milli that pods ask for, over what the smallest of them does.
constexpr std::int64_t kMostPods = 2000;
constexpr std::size_t kMostJobs = 60;

std::vector<std::string> parts_of(const std::string& text) {
  constexpr std::string_view kLine = "\n===\n";
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t to = text.find(kLine); to != std::string::npos; to = text.find(kLine, from)) {
    parts.push_back(text.substr(from, to + 1 - from));
    from = to + kLine.size();
  }
  parts.push_back(text.substr(from));
  parts.resize(3);
  return parts;
}

void check_error(const Error& error) {
  SEPTET_ASSERT(!error.describe().empty());
  SEPTET_ASSERT(error.code == Code::kInvalidArgument);
  SEPTET_ASSERT(error.what.find("fuzz") != std::string::npos);
}

void check_pods(const CsvTable& nodes, const CsvTable& pods) {
  const auto cluster = lab::openb::parse_cluster(nodes);
  if (!cluster) return check_error(cluster.error());
  const auto trace = lab::openb::parse_trace(pods, *cluster);
  if (!trace) return check_error(trace.error());
  SEPTET_ASSERT(trace->names.size() == trace->shape_of.size());
  SEPTET_ASSERT(trace->shapes.size() == trace->shape_counts.size());
  const std::int64_t all = cluster->total_gpu_milli(), asked = trace->total_gpu_milli();
  if (trace->names.empty() || asked == 0 ||
      all * static_cast<std::int64_t>(trace->names.size()) / asked > kMostPods)
    return;
  const auto arrivals = lab::openb::simulator_arrivals(*cluster, *trace, 1.3, 42);
  for (const auto policy : {plan::pods::Policy::kFgd, plan::pods::Policy::kOurs}) {
    const auto done = lab::openb::replay(*cluster, *trace, arrivals, policy, 42);
    SEPTET_ASSERT(done.placed.size() == arrivals.pods.size());
    SEPTET_ASSERT(done.allocated_gpu_milli >= 0 && done.allocated_gpu_milli <= all);
  }
}

void check_published(const CsvTable& table) {
  const auto means = lab::openb::parse_published(table);
  if (!means) check_error(means.error());
}

void check_miso(const CsvTable& steps, const std::string& models, const std::string& lengths) {
  const auto names = parse_yaml("fuzz models", models),
             seconds = parse_yaml("fuzz lengths", lengths);
  if (!names || !seconds) return check_error(names ? seconds.error() : names.error());
  const auto data = lab::queue::read_miso(steps, *names, *seconds);
  if (!data) return check_error(data.error());
  for (const lab::queue::TrainingJob& job : data->jobs) {
    SEPTET_ASSERT(std::isfinite(job.work) && job.work >= 0);
    for (const double speed : job.speed) SEPTET_ASSERT(std::isfinite(speed) && speed >= 0);
  }
  SEPTET_ASSERT(lab::queue::miso_world(*data, 1, 2).has_value());
}

void check_jobs(const CsvTable& table) {
  const mig::Geometry& geometry = mig::find_product("a100-40gb")->geometry;
  lab::queue::SliceWorld world;
  world.pool.shape =
      std::make_shared<const plan::online::Shape>(geometry, plan::online::plain_profiles(geometry));
  world.pool.gpus = 2;
  auto jobs = lab::queue::read_slice_jobs(table, *world.pool.shape);
  if (!jobs) return check_error(jobs.error());
  world.jobs = std::move(*jobs);
  if (world.jobs.size() > kMostJobs) return;
  // Ours and fill rehearse for seconds: not here.
  const auto rows = lab::queue::compare_slices(
      std::span(&world, 1),
      {{lab::queue::Discipline::kFifo, lab::queue::Discipline::kBackfill}, {"first-fit"}});
  if (!rows) return;
  for (const lab::queue::SliceRow& row : *rows)
    SEPTET_ASSERT(std::isfinite(row.mean_wait) && row.mean_wait >= 0);
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const auto parts = fuzz::parts_of({reinterpret_cast<const char*>(data), size});
  const auto first = parse_csv("fuzz", parts[0]);
  if (!first) {
    fuzz::check_error(first.error());
    return 0;
  }
  fuzz::check_jobs(*first);
  fuzz::check_published(*first);
  fuzz::check_miso(*first, parts[1], parts[2]);
  const auto second = parse_csv("fuzz", parts[1]);
  if (second) fuzz::check_pods(*first, *second);
  return 0;
}
