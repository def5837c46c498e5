// simnvml/gpm.cpp — GPM: how busy a GPU or a GPU instance was between two samples. Hopper and
// later.
//
// Units.  Percent; MB/s for traffic.
// Source. A sample holds the load at its moment; a metric is the mean of its two samples. A pretend
//         workload states its SM and memory activity, uses no media engine and moves nothing over
//         PCIe or NVLink. Occupancy is taken as half of SM activity (estimate: half of the warps
//         resident).
#include <array>
#include <mutex>
#include <optional>

#include "simnvml/abi/prototypes_gpm.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

struct nvmlGpmSample_st {
  bool in_use = false;
  bool taken = false;
  std::uint32_t gpu = 0, gi = sim::kNone;
  std::uint32_t sm_percent = 0, memory_percent = 0;
};

using namespace septet::simnvml;

namespace {

constexpr std::size_t kSamples = 4096;
constinit std::mutex g_guard;  // of the table below
constinit std::array<nvmlGpmSample_st, kSamples> g_samples{};

// nullptr: not a sample that is allocated.
nvmlGpmSample_st* slot_of(nvmlGpmSample_t sample) {
  const auto offset =
      reinterpret_cast<std::uintptr_t>(sample) - reinterpret_cast<std::uintptr_t>(g_samples.data());
  const bool ours =
      offset < sizeof(nvmlGpmSample_st) * kSamples && offset % sizeof(nvmlGpmSample_st) == 0;
  return ours && sample->in_use ? sample : nullptr;
}

bool has_gpm(const View& view) {
  return view.board.product->architecture != mig::Architecture::kAmpere;
}

nvmlReturn_t store(nvmlGpmSample_t handle, std::uint32_t gpu, std::uint32_t gi,
                   const sim::Load& load) {
  const std::lock_guard lock(g_guard);
  nvmlGpmSample_st* const sample = slot_of(handle);
  if (sample == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *sample = {true, true, gpu, gi, load.sm_percent, load.memory_percent};
  return NVML_SUCCESS;
}

// Never written to; the struct that NVML passes them in has no const.
struct Words {
  char short_name[24], long_name[40], unit[8];
};

constinit std::array<Words, 4> g_words = {{
    {"SM activity", "Streaming multiprocessor activity", "%"},
    {"SM occupancy", "Streaming multiprocessor occupancy", "%"},
    {"DRAM activity", "Memory bandwidth utilization", "%"},
    {"Traffic", "Engine activity or traffic", ""},
}};

struct Known {
  double value;
  std::size_t words;
};

bool is_idle_by_design(unsigned id) {
  return id == NVML_GPM_METRIC_PCIE_TX_PER_SEC || id == NVML_GPM_METRIC_PCIE_RX_PER_SEC ||
         (id >= NVML_GPM_METRIC_NVDEC_0_UTIL && id <= NVML_GPM_METRIC_NVOFA_1_UTIL) ||
         id == NVML_GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC ||
         id == NVML_GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC;
}

// nullopt: the node has no model for it.
std::optional<Known> metric_of(unsigned id, double sm, double memory) {
  if (id == NVML_GPM_METRIC_GRAPHICS_UTIL || id == NVML_GPM_METRIC_SM_UTIL) return Known{sm, 0};
  if (id == NVML_GPM_METRIC_SM_OCCUPANCY) return Known{sm / 2, 1};
  if (id == NVML_GPM_METRIC_DRAM_BW_UTIL) return Known{memory, 2};
  if (is_idle_by_design(id)) return Known{0, 3};
  return std::nullopt;
}

void fill(nvmlGpmMetric_t& metric, double sm, double memory) {
  const auto known = metric_of(metric.metricId, sm, memory);
  metric.value = known ? known->value : 0;
  metric.nvmlReturn = known ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
  Words& words = g_words[known ? known->words : 3];
  metric.metricInfo = {words.short_name, words.long_name, words.unit};
}

}  // namespace

nvmlReturn_t nvmlGpmQueryDeviceSupport(nvmlDevice_t device, nvmlGpmSupport_t* support) {
  return on_device(__func__, device, given(support), [&](const View& view) {
    if (support->version != NVML_GPM_SUPPORT_VERSION) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    support->isSupportedDevice = has_gpm(view) ? 1 : 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlGpmSampleAlloc(nvmlGpmSample_t* out) {
  const nvmlReturn_t answer = on_node(
      __func__, given(out), [](const Session&, const sim::NodeState&) { return NVML_SUCCESS; });
  if (answer != NVML_SUCCESS) return answer;
  const std::lock_guard lock(g_guard);
  for (nvmlGpmSample_st& sample : g_samples) {
    if (sample.in_use) continue;
    sample = {.in_use = true};
    *out = &sample;
    return NVML_SUCCESS;
  }
  return NVML_ERROR_MEMORY;
}

nvmlReturn_t nvmlGpmSampleFree(nvmlGpmSample_t handle) {
  const nvmlReturn_t answer = on_node(
      __func__, given(handle), [](const Session&, const sim::NodeState&) { return NVML_SUCCESS; });
  if (answer != NVML_SUCCESS) return answer;
  const std::lock_guard lock(g_guard);
  nvmlGpmSample_st* const sample = slot_of(handle);
  if (sample == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *sample = {};
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlGpmSampleGet(nvmlDevice_t device, nvmlGpmSample_t sample) {
  sim::Load load;
  std::uint32_t gpu = 0;
  const nvmlReturn_t answer = on_gpu(__func__, device, given(sample), [&](const View& view) {
    if (!has_gpm(view)) return NVML_ERROR_NOT_SUPPORTED;
    gpu = view.at.gpu;
    load = sim::gpu_load(view.node, gpu);
    return NVML_SUCCESS;
  });
  return answer == NVML_SUCCESS ? store(sample, gpu, sim::kNone, load) : answer;
}

nvmlReturn_t nvmlGpmMigSampleGet(nvmlDevice_t device, unsigned int gi, nvmlGpmSample_t sample) {
  sim::Load load;
  std::uint32_t gpu = 0;
  const nvmlReturn_t answer = on_mig_parent(__func__, device, given(sample), [&](const View& view) {
    if (!has_gpm(view) || view.gpu.mig_current == 0) return NVML_ERROR_NOT_SUPPORTED;
    if (gi >= sim::kMaxGpuInstances || view.gpu.instances[gi].stamp == 0) {
      return NVML_ERROR_INVALID_ARGUMENT;
    }
    gpu = view.at.gpu;
    load = sim::instance_load(view.node, gpu, gi, std::nullopt);
    return NVML_SUCCESS;
  });
  return answer == NVML_SUCCESS ? store(sample, gpu, gi, load) : answer;
}

nvmlReturn_t nvmlGpmMetricsGet(nvmlGpmMetricsGet_t* get) {
  const nvmlReturn_t answer =
      on_node(__func__, given(get), [&](const Session&, const sim::NodeState&) {
        if (get->version != NVML_GPM_METRICS_GET_VERSION)
          return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
        return get->numMetrics > NVML_GPM_METRIC_MAX ? NVML_ERROR_INVALID_ARGUMENT : NVML_SUCCESS;
      });
  if (answer != NVML_SUCCESS) return answer;
  const std::lock_guard lock(g_guard);
  const nvmlGpmSample_st* const first = slot_of(get->sample1);
  const nvmlGpmSample_st* const second = slot_of(get->sample2);
  if (first == nullptr || second == nullptr || !first->taken || !second->taken ||
      first->gpu != second->gpu || first->gi != second->gi) {
    return NVML_ERROR_INVALID_ARGUMENT;
  }
  const double sm = (first->sm_percent + second->sm_percent) / 2.0;
  const double memory = (first->memory_percent + second->memory_percent) / 2.0;
  for (unsigned i = 0; i < get->numMetrics; ++i) fill(get->metrics[i], sm, memory);
  return NVML_SUCCESS;
}

// Streaming shares one collection among clients; here there is nothing to collect.
nvmlReturn_t nvmlGpmQueryIfStreamingEnabled(nvmlDevice_t device, unsigned int* state) {
  return on_gpu(__func__, device, given(state), [&](const View& view) {
    if (!has_gpm(view)) return NVML_ERROR_NOT_SUPPORTED;
    *state = 0;
    return NVML_SUCCESS;
  });
}
nvmlReturn_t nvmlGpmSetStreamingEnabled(nvmlDevice_t device, unsigned int state) {
  return on_gpu(__func__, device, state <= 1, [&](const View& view) {
    return has_gpm(view) && state == 0 ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
  });
}
