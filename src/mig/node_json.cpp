#include "mig/node_json.h"

#include "mig/slice_share.h"

namespace septet::mig {

namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json mode(MigMode value) {
  switch (value) {
    case MigMode::kOn: return "on";
    case MigMode::kOff: return "off";
    case MigMode::kUnsupported: return "unsupported";
  }
  return nullptr;
}

Json placement(Placement at) { return {{"start", at.start}, {"size", at.size}}; }

Json usage(const Usage& u) {
  return {{"memory_used_mib", or_null(u.memory_used_mib)},
          {"memory_total_mib", or_null(u.memory_total_mib)},
          {"bar1_used_mib", or_null(u.bar1_used_mib)},
          {"bar1_total_mib", or_null(u.bar1_total_mib)},
          {"sm_percent", or_null(u.sm_percent)},
          {"memory_percent", or_null(u.memory_percent)},
          {"ecc_uncorrected", or_null(u.ecc_uncorrected)}};
}

Json processes(const std::vector<Process>& list) {
  Json out = Json::array();
  for (const Process& p : list) {
    out.push_back({{"pid", p.pid},
                   {"name", p.name},
                   {"memory_mib", or_null(p.memory_mib)},
                   {"gpu_instance", or_null(p.gpu_instance)},
                   {"compute_instance", or_null(p.compute_instance)},
                   {"graphics", p.graphics}});
  }
  return out;
}

Json instances(const Gpu& gpu) {
  Json out = Json::array();
  for (const GpuInstance& gi : gpu.instances) {
    Json compute = Json::array();
    for (const ComputeInstance& ci : gi.compute) {
      compute.push_back({{"id", ci.id},
                         {"profile", ci.name},
                         {"profile_id", ci.profile_id},
                         {"placement", placement(ci.at)},
                         {"uuid", ci.uuid},
                         {"mig_index", ci.mig_index},
                         {"sm", ci.sm}});
    }
    out.push_back({{"id", gi.id},
                   {"profile", gi.name},
                   {"profile_id", gi.profile_id},
                   {"placement", placement(gi.at)},
                   {"usage", usage(gi.usage)},
                   {"compute_instances", std::move(compute)},
                   {"processes", processes(gi.processes)}});
  }
  return out;
}

}  // namespace

Json to_json(const Gpu& gpu) {
  return {{"index", gpu.index},
          {"name", gpu.name},
          {"product", gpu.product != nullptr ? Json(std::string(gpu.product->id)) : Json(nullptr)},
          {"uuid", gpu.uuid},
          {"pci_bus_id", gpu.pci_bus_id},
          {"minor", gpu.minor},
          {"numa_node", or_null(gpu.numa_node)},
          {"problem", or_null(gpu.problem)},
          {"mig_mode", mode(gpu.mode)},
          {"mig_mode_pending", mode(gpu.pending)},
          {"usage", usage(gpu.usage)},
          {"power_mw", or_null(gpu.power_mw)},
          {"power_limit_mw", or_null(gpu.power_limit_mw)},
          {"temperature_c", or_null(gpu.temperature_c)},
          {"sm_clock_mhz", or_null(gpu.sm_clock_mhz)},
          {"memory_clock_mhz", or_null(gpu.memory_clock_mhz)},
          {"gpu_instances", instances(gpu)},
          {"processes", processes(gpu.processes)}};
}

Json to_json(const Node& node) {
  const SliceShare share = slice_share(node);
  Json gpus = Json::array();
  for (const Gpu& gpu : node.gpus) gpus.push_back(to_json(gpu));
  return {{"driver_version", node.driver_version},
          {"nvml_version", node.nvml_version},
          {"cuda_version", node.cuda_version},
          {"simulated", node.simulated},
          {"simulated_state", node.simulated ? Json(node.simulated_state) : Json(nullptr)},
          {"slices",
           {{"compute_used", share.compute_used},
            {"compute_total", share.compute_total},
            {"memory_used", share.memory_used},
            {"memory_total", share.memory_total}}},
          {"gpus", std::move(gpus)}};
}

}  // namespace septet::mig
