#include "partition/checkpoint_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::ComputeCut;
using plan::GpuCut;
using plan::InstanceCut;

constexpr const char* kVersion = "v1";
constexpr std::uint64_t kMostProfile = 255, kMostSavedUnits = 15;
constexpr std::size_t kMostSavedGpus = 1024, kMostSavedInstances = 15, kMostSavedCompute = 8;

Json saved_place(mig::Placement at) { return {{"Start", at.start}, {"Size", at.size}}; }

Json or_null(Json list) { return list.empty() ? Json(nullptr) : std::move(list); }

Json compute_json(const mig::GpuInstance& instance) {
  auto compute = instance.compute;
  std::ranges::stable_sort(compute, {}, &mig::ComputeInstance::profile_id);
  Json json = Json::array();
  for (const mig::ComputeInstance& one : compute) {
    json.push_back({{"ProfileID", one.profile_id},
                    {"EngProfileID", 0},  // all engines shared: there is no other
                    {"Placement", saved_place(one.at)}});
  }
  return or_null(std::move(json));
}

Result<Json> instances_json(const mig::Gpu& gpu) {
  (void)TRY(mig::layout_of(gpu));  // so that every find_id below succeeds
  const mig::Geometry& geometry = gpu.geometry->geometry;
  std::vector<std::pair<std::uint8_t, const mig::GpuInstance*>> instances;
  for (const mig::GpuInstance& one : gpu.instances)
    instances.emplace_back(geometry.find_id(one.profile_id)->nvml_enum, &one);
  std::ranges::stable_sort(instances, {}, [](const auto& pair) { return pair.first; });
  Json json = Json::array();
  for (const auto& [profile, one] : instances) {
    json.push_back({{"ProfileID", profile},
                    {"Placement", saved_place(one->at)},
                    {"ComputeInstances", compute_json(*one)}});
  }
  return or_null(std::move(json));
}

class CheckpointReader {
 public:
  CheckpointReader(const YamlDocument& document, const mig::Node& node)
      : document_(document), node_(node) {}

  Result<std::vector<GpuCut>> run() {
    TRY(check_keys(document_, document_.root, {"Version", "MigState"}));
    const auto version_node = TRY(child(document_.root, "Version"));
    const auto version = TRY(as_text(document_, version_node, "Version"));
    if (version != kVersion) {
      return fail_at(document_, version_node, "version " + quoted(version) + " is not known",
                     "this reads checkpoints of version v1");
    }
    const auto state = TRY(child(document_.root, "MigState"));
    TRY(check_keys(document_, state, {"Devices"}));
    const auto devices = TRY(child(state, "Devices"));
    TRY(check_list(devices, "Devices", kMostSavedGpus));
    std::vector<GpuCut> cuts;
    std::set<std::string> seen;
    for (const YAML::Node& device : devices) {
      auto cut = TRY(read_device(device, seen));
      if (cut) cuts.push_back(*std::move(cut));
    }
    return cuts;
  }

 private:
  Result<YAML::Node> child(const YAML::Node& map, const char* key) const {
    const YAML::Node found = map[key];
    if (found) return found;
    return fail_at(document_, map, fmt::format("{} is missing", key),
                   "is this a checkpoint of mig-parted or septet?");
  }

  Result<> check_list(const YAML::Node& list, const char* what, std::size_t most) const {
    if (list.IsNull()) return {};
    if (!list.IsSequence()) return fail_at(document_, list, fmt::format("{} must be a list", what));
    if (list.size() <= most) return {};
    return fail_at(document_, list,
                   fmt::format("{}: {} of them, there can be {} at most", what, list.size(), most));
  }

  Result<std::uint64_t> number(const YAML::Node& map, const char* key, std::uint64_t most) const {
    const auto found = TRY(child(map, key));
    return as_count(document_, found, key, most);
  }

  Result<mig::Placement> place(const YAML::Node& map) const {
    TRY(check_keys(document_, map, {"Start", "Size"}));
    const auto start = TRY(number(map, "Start", kMostSavedUnits));
    const auto size = TRY(number(map, "Size", kMostSavedUnits));
    return mig::Placement{static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(size)};
  }

  Result<const mig::Gpu*> find_gpu(const YAML::Node& at, const std::string& uuid) const {
    auto gpu = std::ranges::find(node_.gpus, uuid, &mig::Gpu::uuid);
    if (gpu == node_.gpus.end()) {  // one that is lost may not even tell its UUID
      gpu = std::ranges::find_if(node_.gpus,
                                 [](const mig::Gpu& g) { return g.problem && g.uuid.empty(); });
    }
    if (gpu == node_.gpus.end()) {
      return fail(Code::kNotFound,
                  fmt::format("{}: this node has no GPU {}", where(document_, at), quoted(uuid)),
                  "a checkpoint fits the GPUs it was made of; septet status shows those here");
    }
    if (!gpu->problem) return &*gpu;
    return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu->index, *gpu->problem),
                "its state is unknown, so nothing can be restored on it");
  }

  // nullopt: it cannot be cut, and is not to be.
  Result<std::optional<GpuCut>> read_device(const YAML::Node& device,
                                            std::set<std::string>& seen) const {
    TRY(check_keys(document_, device, {"UUID", "MigMode", "GpuInstances"}));
    const auto uuid_node = TRY(child(device, "UUID"));
    const auto uuid = TRY(as_text(document_, uuid_node, "UUID"));
    if (!seen.insert(uuid).second)
      return fail_at(document_, uuid_node, fmt::format("GPU {} is there twice", quoted(uuid)));
    const bool on = TRY(number(device, "MigMode", 1)) == 1;
    const auto list = TRY(child(device, "GpuInstances"));
    TRY(check_list(list, "GpuInstances", kMostSavedInstances));
    if (!on && list.size() > 0) return fail_at(document_, list, "GpuInstances, but MigMode is 0");
    const auto* const gpu = TRY(find_gpu(uuid_node, uuid));
    if (gpu->mode == MigMode::kUnsupported || gpu->geometry == nullptr) {
      if (!on) return std::optional<GpuCut>{};
      return fail(Code::kNotSupported,
                  fmt::format("{}: GPU {} ({}) cannot be cut", where(document_, device), gpu->index,
                              gpu->name),
                  "the checkpoint is of another kind of GPU");
    }
    const MigMode mode = on ? MigMode::kOn : MigMode::kOff;
    GpuCut cut{gpu->index, gpu->uuid, mode, mode, {}};
    std::vector<mig::Instance> instances;
    for (const YAML::Node& instance : list)
      cut.instances.push_back(TRY(read_instance(instance, *gpu, instances)));
    if (auto legal = mig::Layout::make(gpu->geometry->geometry, std::move(instances)); !legal)
      return fail_because(std::move(legal).error(), where(document_, list));
    std::ranges::sort(cut.instances, {}, [](const InstanceCut& one) { return one.at.start; });
    return std::optional(std::move(cut));
  }

  Result<InstanceCut> read_instance(const YAML::Node& instance, const mig::Gpu& gpu,
                                    std::vector<mig::Instance>& instances) const {
    TRY(check_keys(document_, instance, {"ProfileID", "Placement", "ComputeInstances"}));
    const auto id = TRY(number(instance, "ProfileID", kMostProfile));
    const auto* const profile = gpu.geometry->geometry.find_enum(static_cast<std::uint32_t>(id));
    if (profile == nullptr) {
      return fail_at(
          document_, instance["ProfileID"],
          fmt::format("GPU {} ({}) has no profile {} (NVML's enumerator)", gpu.index, gpu.name, id),
          "septet profiles lists what it has");
    }
    const auto at_node = TRY(child(instance, "Placement"));
    const auto at = TRY(place(at_node));
    if (!profile->allows(at)) {
      return fail_at(
          document_, at_node,
          fmt::format("{} cannot be at {} with size {}", profile->name, at.start, at.size),
          "septet profiles lists its places");
    }
    instances.push_back({profile, at});
    InstanceCut cut{profile->id, std::string(profile->name), at, {}};
    const auto list = TRY(child(instance, "ComputeInstances"));
    TRY(check_list(list, "ComputeInstances", kMostSavedCompute));
    unsigned slices = 0, taken = 0;
    for (const YAML::Node& compute : list) {
      cut.compute.push_back(TRY(read_compute(compute, *profile, slices, taken)));
    }
    return cut;
  }

  Result<ComputeCut> read_compute(const YAML::Node& compute, const mig::GpuInstanceProfile& profile,
                                  unsigned& slices, unsigned& taken) const {
    TRY(check_keys(document_, compute, {"ProfileID", "EngProfileID", "Placement"}));
    const auto id = TRY(number(compute, "ProfileID", kMostProfile));
    (void)TRY(number(compute, "EngProfileID", 0));
    const auto* const row = profile.find_compute(static_cast<std::uint32_t>(id));
    if (row == nullptr) {
      return fail_at(document_, compute["ProfileID"],
                     fmt::format("{} has no compute instance profile {}", profile.name, id));
    }
    slices += row->slices;
    if (slices > profile.slices) {
      return fail_at(document_, compute,
                     fmt::format("{} has {} slices, its compute instances take {}", profile.name,
                                 profile.slices, slices));
    }
    ComputeCut cut{row->id, std::string(row->name), {}, {}};
    const YAML::Node at_node = compute["Placement"];
    if (!at_node) return cut;
    const auto at = TRY(place(at_node));
    const bool allowed = at.size == row->size && ((row->starts >> at.start) & 1u) != 0;
    if (!allowed || (taken & at.mask()) != 0) {
      return fail_at(
          document_, at_node,
          fmt::format("{} {} {} with size {}", row->name,
                      allowed ? "overlaps another at" : "cannot be at", at.start, at.size));
    }
    taken |= at.mask();
    cut.at = at;
    return cut;
  }

  const YamlDocument& document_;
  const mig::Node& node_;
};

}  // namespace

Result<Checkpoint> checkpoint_of(const mig::Node& node) {
  Checkpoint made;
  Json devices = Json::array();
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "a checkpoint without it would be wrong");
    }
    if (gpu.mode == MigMode::kUnsupported) continue;
    if (gpu.pending != gpu.mode)
      made.losses.push_back(fmt::format("GPU {}: a mode change waits for a reset", gpu.index));
    const bool on = gpu.mode == MigMode::kOn;
    devices.push_back({{"UUID", gpu.uuid},
                       {"MigMode", on ? 1 : 0},
                       {"GpuInstances", on ? TRY(instances_json(gpu)) : Json(nullptr)}});
  }
  made.json = {{"Version", kVersion}, {"MigState", {{"Devices", or_null(std::move(devices))}}}};
  return made;
}

Result<std::vector<plan::GpuCut>> targets_of_checkpoint(const YamlDocument& document,
                                                        const mig::Node& node) {
  return CheckpointReader(document, node).run();
}

}  // namespace septet::partition
