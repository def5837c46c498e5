#include "metrics/history_series.h"

#include <algorithm>
#include <utility>

namespace septet::metrics {

namespace {

Json numbers(const std::vector<Amount>& values) {
  Json list = Json::array();
  for (const Amount& value : values) list.push_back(value ? Json(*value) : Json(nullptr));
  return list;
}

Json instance_json(const InstanceSeries& of) {
  return {{"uuid", of.uuid.empty() ? Json(nullptr) : Json(of.uuid)},
          {"profile", of.profile},
          {"start", of.at.start},
          {"size", of.at.size},
          {"sm", numbers(of.sm)},
          {"memory", numbers(of.memory)},
          {"memory_used_mib", numbers(of.memory_used_mib)}};
}

Json index_of(const std::string& uuid, const mig::Node* now) {
  if (now == nullptr) return nullptr;
  const auto found = std::ranges::find(now->gpus, uuid, &mig::Gpu::uuid);
  return found == now->gpus.end() ? Json(nullptr) : Json(found->index);
}

}  // namespace

std::string layout_text(const mig::Gpu& gpu) {
  std::vector<const mig::GpuInstance*> by_start;
  for (const mig::GpuInstance& instance : gpu.instances) by_start.push_back(&instance);
  std::ranges::sort(by_start, {}, [](const mig::GpuInstance* one) { return one->at; });
  Json instances = Json::array();
  for (const mig::GpuInstance* const instance : by_start)
    instances.push_back(
        {{"profile", instance->name}, {"start", instance->at.start}, {"size", instance->at.size}});
  const Json layout{{"mig", gpu.mode == mig::MigMode::kOn}, {"instances", std::move(instances)}};
  return layout.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json to_json(const Series& series, const mig::Node* now) {
  Json gpus = Json::array();
  for (const GpuSeries& gpu : series.gpus) {
    Json instances = Json::array();
    for (const InstanceSeries& instance : gpu.instances)
      instances.push_back(instance_json(instance));
    gpus.push_back({{"uuid", gpu.uuid},
                    {"index", index_of(gpu.uuid, now)},
                    {"sm", numbers(gpu.sm)},
                    {"memory", numbers(gpu.memory)},
                    {"memory_used_mib", numbers(gpu.memory_used_mib)},
                    {"power_mw", numbers(gpu.power_mw)},
                    {"instances", std::move(instances)}});
  }
  Json layouts = Json::array();
  for (const LayoutThen& layout : series.layouts) {
    Json cut = Json::parse(layout.cut, nullptr, false);
    if (!cut.is_object()) continue;  // not a text of layout_text()
    Json one{{"time_ms", layout.time_ms}, {"gpu", layout.gpu}};
    one.update(cut);
    layouts.push_back(std::move(one));
  }
  return {{"from_ms", series.from_ms},
          {"step_s", series.step_s},
          {"gpus", std::move(gpus)},
          {"layouts", std::move(layouts)}};
}

}  // namespace septet::metrics
