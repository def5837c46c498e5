// Any text as YAML, as a workload file, a layout file and a mig-parted file: an answer or an error
// with its place, never a crash; and what septet writes, septet reads back as the same.
#include <algorithm>
#include <string>

#include "base/yaml.h"
#include "driver/simulated/simulated_driver.h"
#include "fuzz/byte_reader.h"
#include "partition/job_file.h"
#include "partition/layout_targets.h"
#include "partition/parted_file.h"
#include "partition/workload_file.h"
#include "plan/workload.h"

namespace septet::fuzz {
namespace {

void check_error(const Error& error) {
  SEPTET_ASSERT(error.code == Code::kInvalidArgument);
  SEPTET_ASSERT(error.what.starts_with("fuzz"));
  SEPTET_ASSERT(!error.describe().empty());
}

// mig-devices is a map: septet writes it in the order of names.
bool same_devices(auto a, auto b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

bool same(const partition::PartedEntry& a, const partition::PartedEntry& b) {
  const bool filters = std::ranges::equal(a.filters, b.filters, [](const auto& x, const auto& y) {
    return x.device == y.device && x.subsystem == y.subsystem;
  });
  return a.all == b.all && a.devices == b.devices && a.mig_enabled == b.mig_enabled &&
         same_devices(a.mig_devices, b.mig_devices) && filters;
}

void check_round_trip(const partition::PartedConfig& config) {
  const std::string written = partition::to_yaml(config);
  const auto document = parse_yaml("fuzz again", written);
  SEPTET_ASSERT(document.has_value());
  const auto again = partition::read_parted(*document);
  SEPTET_ASSERT(again.has_value());
  SEPTET_ASSERT(again->size() == 1 && again->front().name == config.name);
  SEPTET_ASSERT(std::ranges::equal(again->front().entries, config.entries, same));
}

void check_parted(const YamlDocument& document) {
  const auto configs = partition::read_parted(document);
  if (!configs) return check_error(configs.error());
  for (const auto& config : *configs) {
    check_round_trip(config);
    const auto selected = partition::select_config(*configs, config.name);
    SEPTET_ASSERT(selected.has_value() && selected->name == config.name);
  }
}

void check_workloads(const YamlDocument& document) {
  const auto workloads = partition::read_workloads(document);
  if (!workloads) return check_error(workloads.error());
  SEPTET_ASSERT(!workloads->empty());
  for (const auto& workload : *workloads) {
    SEPTET_ASSERT(!workload.name.empty() && workload.replicas > 0);
    SEPTET_ASSERT(!plan::to_string(workload).empty());
    const bool needs = workload.memory_bytes || workload.compute_percent || workload.sms ||
                       workload.slices || workload.media.any() || workload.objective;
    SEPTET_ASSERT(needs || !workload.profile.empty());
    SEPTET_ASSERT(workload.objective.has_value() == !workload.measured.empty());
    for (const auto& id : workload.products) SEPTET_ASSERT(plan::allowed_on(workload, id));
    for (const auto& name : workload.apart_from)
      SEPTET_ASSERT(std::ranges::find(*workloads, name, &plan::Workload::name) != workloads->end());
  }
}

mig::Node two_boards() {
  driver::simulated::NodeSpec spec;
  for (const char* const product : {"h100-sxm5-80gb", "a30-24gb"}) {
    driver::simulated::BoardSpec board;
    board.product = product;
    board.mig = true;
    spec.boards.push_back(board);
  }
  const auto state = driver::simulated::make_node(spec);
  SEPTET_ASSERT(state.has_value());
  mig::Node node;
  for (std::uint32_t gpu = 0; gpu < 2; ++gpu)
    node.gpus.push_back(driver::simulated::describe_gpu(*state, gpu));
  return node;
}

void check_layouts(const YamlDocument& document) {
  static const mig::Node node = two_boards();
  const auto layouts = partition::read_layouts(document);
  if (!layouts) return check_error(layouts.error());
  for (const auto& layout : *layouts) {
    const auto targets = partition::targets_of(layout, node);
    if (targets) {
      SEPTET_ASSERT(targets->size() <= node.gpus.size());
      continue;
    }
    SEPTET_ASSERT(targets.error().what.starts_with("fuzz"));
  }
}

void check_jobs(const YamlDocument& document) {
  const auto file = partition::read_jobs(document, mig::find_product("a100-80gb")->geometry);
  if (!file) return check_error(file.error());
  SEPTET_ASSERT(!file->jobs.empty() && file->jobs.size() <= plan::kMostJobs);
  for (const auto& job : file->jobs) {
    SEPTET_ASSERT(!job.name.empty() && !job.takes.empty());
    for (const auto& [profile, ticks] : job.takes)
      SEPTET_ASSERT(ticks > 0 && ticks <= plan::kLongestJob);
  }
}

void check_amounts(const std::string& text) {
  if (const auto bytes = plan::parse_memory(text)) {
    SEPTET_ASSERT(plan::parse_memory(plan::memory_text(*bytes)).has_value());
  }
  if (const auto percent = plan::parse_percent(text)) {
    SEPTET_ASSERT(*percent > 0.0 && *percent <= 100.0);
  }
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::check_amounts(text);
  const auto document = parse_yaml("fuzz", text);
  if (!document) {
    fuzz::check_error(document.error());
    return 0;
  }
  (void)partition::looks_like_workloads(*document);
  (void)partition::looks_like_parted(*document);
  fuzz::check_parted(*document);
  fuzz::check_workloads(*document);
  fuzz::check_jobs(*document);
  (void)partition::looks_like_layouts(*document);
  fuzz::check_layouts(*document);
  return 0;
}
