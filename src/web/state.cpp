#include "web/state.h"

#include <fmt/format.h>

#include <bit>

#include "metrics/power_share.h"
#include "mig/node_json.h"
#include "web/answer.h"

namespace septet::web {

namespace {

template <typename T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json starts_of(std::uint16_t mask) {
  Json starts = Json::array();
  for (unsigned start = 0; start < 16; ++start) {
    if ((mask >> start & 1u) != 0) starts.push_back(start);
  }
  return starts;
}

Json fact(const mig::Fact& value) { return value.usable() ? Json(value.value) : Json(nullptr); }

Json geometry_json(const mig::Gpu& gpu) {
  if (!gpu.geometry) return nullptr;
  const mig::Geometry& geometry = gpu.geometry->geometry;
  Json profiles = Json::array();
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    profiles.push_back(
        {{"id", profile.id},
         {"name", profile.name},
         {"memory_units", profile.size},
         {"slices", profile.slices},
         {"memory_mib", fact(profile.memory_mib)},
         {"sm", fact(profile.sm)},
         {"media", profile.media == mig::Media::kMe || profile.media == mig::Media::kAllMe},
         {"most", mig::remaining(geometry, {}, profile)},
         {"starts", starts_of(profile.starts)}});
  }
  return {{"memory_units", geometry.units},
          {"compute_slices", geometry.slices},
          {"profiles", std::move(profiles)}};
}

void add_fit(Json& gpu, const Fit* fit) {
  if (fit == nullptr) {
    for (const char* const key : {"free", "stranded", "fits", "fragmentation"}) gpu[key] = nullptr;
    return;
  }
  gpu["free"] = {{"compute_slices", fit->free_slices}, {"memory_units", fit->free_units}};
  gpu["stranded"] = {{"compute_slices", fit->stranded_slices},
                     {"memory_units", std::popcount(fit->stranded_units)},
                     {"units", starts_of(fit->stranded_units)}};
  Json fits = Json::array();
  for (const Fit::Profile& one : fit->profiles) {
    fits.push_back({{"profile", one.name},
                    {"profile_id", one.id},
                    {"more", one.more},
                    {"starts", starts_of(one.starts)},
                    {"why", text_or_null(one.why)}});
  }
  gpu["fits"] = std::move(fits);
  gpu["fragmentation"] = fit->fragmentation;
}

Json health_json(const Seen& seen, const std::string& uuid) {
  const auto ill = seen.ill.find(uuid);
  const bool healthy = ill == seen.ill.end();
  return {{"healthy", healthy}, {"why", healthy ? Json(nullptr) : Json(ill->second)}};
}

// An instance is as ill as the worst of what is inside it.
Json health_json(const Seen& seen, const mig::GpuInstance& instance) {
  for (const mig::ComputeInstance& compute : instance.compute) {
    if (seen.ill.contains(compute.uuid)) return health_json(seen, compute.uuid);
  }
  return health_json(seen, "");
}

Json xids_json(const Seen& seen, const std::string& uuid) {
  Json list = Json::array();
  for (const auto& [xid, count] : seen.xids.of(uuid))
    list.push_back({{"xid", xid}, {"count", count}});
  return list;
}

// Of an instance: those of everything inside it.
Json xids_json(const Seen& seen, const mig::GpuInstance& instance) {
  metrics::XidTally::Counts counts;
  for (const mig::ComputeInstance& compute : instance.compute) {
    for (const auto& [xid, count] : seen.xids.of(compute.uuid)) counts[xid] += count;
  }
  Json list = Json::array();
  for (const auto& [xid, count] : counts) list.push_back({{"xid", xid}, {"count", count}});
  return list;
}

Json tenants_json(const Seen& seen, const std::string& uuid) {
  Json list = Json::array();
  const auto found = seen.tenants.find(uuid);
  if (found == seen.tenants.end()) return list;
  for (const metrics::Tenant& tenant : found->second) list.push_back(metrics::to_json(tenant));
  return list;
}

// Engines are shared by the compute instances of an instance: any of them tells.
Json engines_json(const mig::GpuInstance& instance) {
  for (const mig::ComputeInstance& compute : instance.compute) {
    if (!compute.attributes) continue;
    const mig::DeviceAttributes& has = *compute.attributes;
    return {{"copy", has.copy_engines},
            {"decoders", has.decoders},
            {"encoders", has.encoders},
            {"jpeg", has.jpeg_engines},
            {"ofa", has.ofa_engines}};
  }
  return nullptr;
}

bool is_ampere(const mig::Gpu& gpu) {
  if (gpu.product != nullptr) return gpu.product->architecture == mig::Architecture::kAmpere;
  return gpu.compute_capability && gpu.compute_capability->major == 8;
}

Json architecture_json(const mig::Gpu& gpu) {
  if (gpu.product == nullptr) return nullptr;
  switch (gpu.product->architecture) {
    case mig::Architecture::kAmpere: return "ampere";
    case mig::Architecture::kHopper: return "hopper";
    case mig::Architecture::kBlackwell: return "blackwell";
  }
  return nullptr;
}

void add_instances(Json& list, const Seen& seen, const mig::Gpu& gpu) {
  const auto power = metrics::power_shares_mw(gpu);
  for (std::size_t i = 0; i < gpu.instances.size(); ++i) {
    const mig::GpuInstance& instance = gpu.instances[i];
    Json& told = list[i];
    told["health"] = health_json(seen, instance);
    told["xids"] = xids_json(seen, instance);
    told["power_mw"] = value_or_null(power[i]);
    told["engines"] = engines_json(instance);
    for (std::size_t c = 0; c < instance.compute.size(); ++c) {
      Json& inside = told["compute_instances"][c];
      inside["health"] = health_json(seen, instance.compute[c].uuid);
      inside["tenants"] = tenants_json(seen, instance.compute[c].uuid);
    }
  }
}

// `told`: the GPU as mig/node_json.h has it.
void add_to_gpu(Json& told, const Seen& seen, const mig::Gpu& gpu, WhatFits& fits) {
  told["architecture"] = architecture_json(gpu);
  told["activity_available"] = !(is_ampere(gpu) && gpu.mode == mig::MigMode::kOn);
  told["health"] = health_json(seen, gpu.uuid);
  told["xids"] = xids_json(seen, gpu.uuid);
  told["tenants"] = tenants_json(seen, gpu.uuid);
  told["geometry"] = geometry_json(gpu);
  add_fit(told, fits.of(gpu).get());
  add_instances(told["gpu_instances"], seen, gpu);
}

Json activity_of(const mig::Usage& usage) {
  return {{"sm", value_or_null(usage.sm_percent)},
          {"memory", value_or_null(usage.memory_percent)},
          {"memory_used_mib", value_or_null(usage.memory_used_mib)}};
}

// What a board or an instance is and who is in it, without what changes each second.
std::string still_part(const mig::Gpu& gpu) {
  std::string text =
      fmt::format("{} {} {} {} {} {}\n", gpu.index, gpu.uuid, gpu.name, static_cast<int>(gpu.mode),
                  static_cast<int>(gpu.pending), gpu.problem.value_or(""));
  for (const mig::Process& process : gpu.processes)
    text +=
        fmt::format("p{}/{}/{}\n", process.pid, process.name, process.gpu_instance.value_or(99));
  for (const mig::GpuInstance& instance : gpu.instances) {
    text += fmt::format("i{}/{}@{}\n", instance.id, instance.profile_id, instance.at.start);
    for (const mig::ComputeInstance& compute : instance.compute)
      text += fmt::format("c{}/{}/{}\n", compute.id, compute.profile_id, compute.uuid);
  }
  return text;
}

}  // namespace

Json state_json(const StateFrame& frame, const Seen& seen, WhatFits& fits) {
  Json state{{"version", frame.version},
             {"host", frame.host},
             {"time_ms", seen.time_ms},
             {"revision", frame.revision},
             {"may_change", frame.may_change},
             {"governed_by", text_or_null(seen.governed_by)},
             {"problem", seen.problem ? error_json(*seen.problem)["what"] : Json(nullptr)}};
  if (!seen.node) {
    for (const char* const key : {"driver_version", "nvml_version", "cuda_version", "simulated",
                                  "simulated_state", "slices", "gpus"})
      state[key] = nullptr;
    return state;
  }
  state.update(mig::to_json(*seen.node));
  for (std::size_t g = 0; g < seen.node->gpus.size(); ++g)
    add_to_gpu(state["gpus"][g], seen, seen.node->gpus[g], fits);
  return state;
}

Json activity_json(const Seen& seen) {
  Json gpus = Json::array();
  if (seen.node) {
    for (const mig::Gpu& gpu : seen.node->gpus) {
      Json told{{"index", gpu.index}};
      told.update(activity_of(gpu.usage));
      told["power_mw"] = value_or_null(gpu.power_mw);
      told["temperature_c"] = value_or_null(gpu.temperature_c);
      told["instances"] = Json::array();
      for (const mig::GpuInstance& instance : gpu.instances) {
        Json inside{{"id", instance.id}};
        inside.update(activity_of(instance.usage));
        told["instances"].push_back(std::move(inside));
      }
      gpus.push_back(std::move(told));
    }
  }
  return {{"time_ms", seen.time_ms}, {"gpus", std::move(gpus)}};
}

std::string digest_of(const Seen& seen) {
  std::string digest = seen.governed_by + "\n";
  if (seen.problem) digest += seen.problem->what + "\n";
  for (const auto& [uuid, why] : seen.ill) digest += uuid + "=" + why + "\n";
  for (const auto& [uuid, tenants] : seen.tenants) {
    for (const metrics::Tenant& tenant : tenants) digest += uuid + ":" + tenant.name + "\n";
  }
  if (!seen.node) return digest;
  for (const mig::Gpu& gpu : seen.node->gpus) {
    digest += still_part(gpu);
    for (const auto& [xid, count] : seen.xids.of(gpu.uuid))
      digest += fmt::format("x{}/{}\n", xid, count);
  }
  return digest;
}

}  // namespace septet::web
