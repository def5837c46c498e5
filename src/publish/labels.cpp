#include "publish/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace septet::publish {
namespace {

constexpr const char* kGpuResource = "nvidia.com/gpu";
constexpr std::size_t kLongestValue = 63;  // of a label, as Kubernetes has it

bool is_label_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What may stand in a label's value: other characters are dropped, runs of blanks become one dash.
// Beginning and end are letters or digits, at most 63 characters.
std::string label_value(std::string_view text) {
  std::string value;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n') {
      blank = !value.empty();
      continue;
    }
    if (!is_label_word(c) && c != '-' && c != '_' && c != '.') continue;
    if (blank) value += '-';
    blank = false;
    value += c;
  }
  if (value.size() > kLongestValue) value.resize(kLongestValue);
  while (!value.empty() && !is_label_word(value.back())) value.pop_back();
  const auto first = std::ranges::find_if(value, is_label_word);
  value.erase(value.begin(), first);
  return value;
}

std::string family_of(const mig::ComputeCapability& capability) {
  switch (capability.major) {
    case 1: return "tesla";
    case 2: return "fermi";
    case 3: return "kepler";
    case 5: return "maxwell";
    case 6: return "pascal";
    case 7: return capability.minor < 5 ? "volta" : "turing";
    case 8: return capability.minor < 9 ? "ampere" : "ada-lovelace";
    case 9: return "hopper";
    case 10:
    case 11:
    case 12: return "blackwell";
    default: return "undefined";
  }
}

std::optional<mig::ComputeCapability> capability_of(const mig::Gpu& gpu) {
  if (gpu.compute_capability) return gpu.compute_capability;
  if (gpu.product == nullptr || gpu.product->cc_major == 0) return std::nullopt;
  return mig::ComputeCapability{gpu.product->cc_major, gpu.product->cc_minor};
}

// Of the driver's own answer; where it gives none, of the tables.
mig::DeviceAttributes attributes_of(const mig::Gpu& gpu, const mig::GpuInstance& instance,
                                    const mig::ComputeInstance& compute) {
  if (compute.attributes) return *compute.attributes;
  mig::DeviceAttributes attributes;
  attributes.multiprocessors = compute.sm;
  const mig::GpuInstanceProfile* profile =
      gpu.geometry ? gpu.geometry->geometry.find_id(instance.profile_id) : nullptr;
  if (profile == nullptr) return attributes;
  const auto* const inner = profile->find_compute(compute.profile_id);
  attributes.copy_engines = profile->ce.value;
  attributes.decoders = profile->dec.value;
  attributes.encoders = profile->enc.value;
  attributes.jpeg_engines = profile->jpg.value;
  attributes.ofa_engines = profile->ofa.value;
  attributes.gpu_slices = profile->slices;
  attributes.compute_slices = inner != nullptr ? inner->slices : profile->slices;
  attributes.memory_mib = profile->memory_mib.value;
  return attributes;
}

std::vector<std::string_view> version_parts(std::string_view version) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = version.find('.');
    parts.push_back(version.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    version.remove_prefix(dot + 1);
  }
}

// "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb-SHARED". A long model gives way to what follows it.
std::string product_of(std::string_view model, std::string_view suffix,
                       std::string_view mark = {}) {
  std::string tail;
  for (const std::string_view part : {suffix, mark})
    if (!part.empty()) tail += "-" + label_value(part);
  std::string head = label_value(model);
  head.resize(std::min(head.size(), kLongestValue - std::min(kLongestValue, tail.size())));
  return label_value(head + tail);
}

class LabelMaker {
 public:
  LabelMaker(const mig::Node& node, const PluginConfig& config, const Offer& offer)
      : node_(node), config_(config), offer_(offer) {
    for (const mig::Gpu& gpu : node.gpus)
      if (!gpu.problem) gpus_.push_back(&gpu);
  }

  Labels run(const LabelContext& context) {
    if (context.timestamp && !config_.no_timestamp)
      put("nvidia.com/gfd.timestamp", *context.timestamp);
    if (!offer_.not_offered.empty()) put("septet.dev/not-offered", gpus_not_offered());
    if (gpus_.empty()) return std::move(labels_);
    const std::string machine = label_value(context.machine);
    put("nvidia.com/gpu.machine", machine.empty() ? "unknown" : machine);
    versions();
    abilities();
    whole_gpus();
    if (config_.strategy == MigStrategy::kNone) return std::move(labels_);
    put("nvidia.com/mig.strategy", to_string(config_.strategy));
    if (config_.strategy == MigStrategy::kSingle) single();
    if (config_.strategy == MigStrategy::kMixed) mixed();
    return std::move(labels_);
  }

 private:
  struct SliceKind {
    const mig::Gpu* gpu;
    const mig::GpuInstance* instance;
    const mig::ComputeInstance* compute;
    std::size_t count;
  };

  template <typename Value>
  void put(const std::string& name, const Value& value) {
    labels_[name] = fmt::format("{}", value);
  }

  std::size_t gpus_not_offered() const {
    std::set<std::uint32_t> gpus;
    for (const NotOffered& one : offer_.not_offered) gpus.insert(one.gpu);
    return gpus.size();
  }

  void versions() {
    const auto parts = version_parts(node_.driver_version);
    const auto part = [&parts](std::size_t i) {
      return label_value(i < parts.size() ? parts[i] : std::string_view());
    };
    put("nvidia.com/cuda.driver.major", part(0));
    put("nvidia.com/cuda.driver.minor", part(1));
    put("nvidia.com/cuda.driver.rev", part(2));
    put("nvidia.com/cuda.driver-version.major", part(0));
    put("nvidia.com/cuda.driver-version.minor", part(1));
    put("nvidia.com/cuda.driver-version.revision", part(2));
    put("nvidia.com/cuda.driver-version.full", label_value(node_.driver_version));
    if (node_.cuda_version <= 0) return;  // the driver would not say
    const int major = node_.cuda_version / 1000, minor = node_.cuda_version % 1000 / 10;
    put("nvidia.com/cuda.runtime.major", major);
    put("nvidia.com/cuda.runtime.minor", minor);
    put("nvidia.com/cuda.runtime-version.major", major);
    put("nvidia.com/cuda.runtime-version.minor", minor);
    put("nvidia.com/cuda.runtime-version.full", fmt::format("{}.{}", major, minor));
  }

  void abilities() {
    const auto cut = [](const mig::Gpu* gpu) { return gpu->mode != mig::MigMode::kUnsupported; };
    put("nvidia.com/mig.capable", std::ranges::any_of(gpus_, cut));
    // Unlike NVIDIA's: slices can be shared by MPS as well.
    put("nvidia.com/mps.capable", config_.sharing.kind == SharingKind::kMps);
    put("nvidia.com/gpu.mode", gpu_mode());
    std::set<std::string> cliques;
    for (const mig::Gpu* gpu : gpus_)
      if (gpu->fabric_clique) cliques.insert(*gpu->fabric_clique);
    if (cliques.size() == 1) put("nvidia.com/gpu.clique", label_value(*cliques.begin()));
    vgpus();
  }

  // Unknown of one GPU and no vGPU beside it: nothing is said.
  void vgpus() {
    const auto guest = [](const mig::Gpu* gpu) {
      return gpu->virtualization == mig::Virtualization::kVgpu;
    };
    const auto known = [](const mig::Gpu* gpu) { return gpu->virtualization.has_value(); };
    const bool present = std::ranges::any_of(gpus_, guest);
    if (present || std::ranges::all_of(gpus_, known)) put("nvidia.com/vgpu.present", present);
    for (const mig::Gpu* gpu : gpus_) {
      if (!gpu->vgpu_host) continue;
      put("nvidia.com/vgpu.host-driver-version", label_value(gpu->vgpu_host->driver_version));
      put("nvidia.com/vgpu.host-driver-branch", label_value(gpu->vgpu_host->driver_branch));
    }
  }

  std::string_view gpu_mode() const {
    constexpr std::uint32_t kVga = 0x0300, k3d = 0x0302;
    const auto of = [this](std::uint32_t pci_class) {
      return std::ranges::all_of(
          gpus_, [pci_class](const mig::Gpu* gpu) { return gpu->pci_class == pci_class; });
    };
    return of(k3d) ? "compute" : of(kVga) ? "graphics" : "unknown";
  }

  // Of the last model in the order of the driver; on a node of several models NVIDIA's tells of one
  // of them, too. A model of which no GPU is whole is told without its sharing.
  void whole_gpus() {
    std::map<std::string, std::vector<const mig::Gpu*>> models;
    for (const mig::Gpu* gpu : gpus_) models[gpu->name].push_back(gpu);
    const std::vector<const mig::Gpu*>* told = nullptr;
    const auto cut = [](const mig::Gpu* gpu) { return gpu->mode == mig::MigMode::kOn; };
    for (const auto& [name, gpus] : models) {
      const bool whole = !std::ranges::all_of(gpus, cut);
      if (told == nullptr || (whole && std::ranges::all_of(*told, cut))) told = &gpus;
    }
    const mig::Gpu& gpu = *told->front();
    const bool whole = !std::ranges::all_of(*told, cut);
    resource(kGpuResource, gpu.name, told->size(), whole);
    if (gpu.usage.memory_total_mib.value_or(0) != 0)
      put("nvidia.com/gpu.memory", *gpu.usage.memory_total_mib);
    const auto capability = capability_of(gpu);
    if (!capability) return;
    put("nvidia.com/gpu.family", family_of(*capability));
    put("nvidia.com/gpu.compute.major", capability->major);
    put("nvidia.com/gpu.compute.minor", capability->minor);
  }

  // product, count, replicas and sharing-strategy. `sharing`: false where NVIDIA's leaves it out,
  // replicas 0 then.
  void resource(const std::string& name, const std::string& model, std::size_t count, bool sharing,
                const std::string& suffix = {}) {
    unsigned replicas = sharing ? 1 : 0;
    const Sharing& shared = config_.sharing;
    if (sharing && shared.kind != SharingKind::kNone) {
      const auto found = std::ranges::find(shared.resources, name, &SharedResource::name);
      if (found != shared.resources.end()) replicas = found->replicas;
    }
    const bool marked = replicas > 1 && !shared.rename_by_default;
    put(name + ".product", product_of(model, suffix, marked ? "SHARED" : ""));
    put(name + ".count", count);
    put(name + ".replicas", replicas);
    const bool mps = shared.kind == SharingKind::kMps;
    put(name + ".sharing-strategy", replicas < 2 ? "none" : mps ? "mps" : "time-slicing");
  }

  std::map<std::string, SliceKind> slice_kinds() const {
    std::map<std::string, SliceKind> kinds;
    for (const mig::Gpu* gpu : gpus_)
      for (const mig::GpuInstance& instance : gpu->instances)
        for (const mig::ComputeInstance& compute : instance.compute)
          ++kinds.try_emplace(compute.name, SliceKind{gpu, &instance, &compute, 0})
                .first->second.count;
    return kinds;
  }

  void slices(const std::string& name, const SliceKind& kind) {
    resource(name, kind.gpu->name, kind.count, true, "MIG-" + kind.compute->name);
    const auto have = attributes_of(*kind.gpu, *kind.instance, *kind.compute);
    put(name + ".memory", have.memory_mib);
    put(name + ".multiprocessors", have.multiprocessors);
    put(name + ".slices.gi", have.gpu_slices);
    put(name + ".slices.ci", have.compute_slices);
    put(name + ".engines.copy", have.copy_engines);
    put(name + ".engines.decoder", have.decoders);
    put(name + ".engines.encoder", have.encoders);
    put(name + ".engines.jpeg", have.jpeg_engines);
    put(name + ".engines.ofa", have.ofa_engines);
  }

  void single() {
    const auto on = [](const mig::Gpu* gpu) { return gpu->mode == mig::MigMode::kOn; };
    const auto empty = [](const mig::Gpu* gpu) { return gpu->mig_device_count() == 0; };
    if (std::ranges::none_of(gpus_, on)) return;
    auto kinds = slice_kinds();
    const auto served = served_uuids();
    const bool valid = std::ranges::all_of(gpus_, on) && std::ranges::none_of(gpus_, empty) &&
                       kinds.size() == 1 && kinds.begin()->second.count == served.size();
    if (valid) {
      slices(kGpuResource, kinds.begin()->second);
      return;
    }
    say_what_is_served(served, kinds);
    const mig::Gpu& first = **std::ranges::find_if(gpus_, on);
    put("nvidia.com/gpu.product", product_of(first.name, "MIG-INVALID"));
  }

  std::set<std::string> served_uuids() const {
    std::set<std::string> uuids;
    for (const Resource& resource : offer_.resources)
      for (const Device& device : resource.devices) uuids.insert(device.uuid);
    return uuids;
  }

  // On a node that strategy single cannot describe: NVIDIA's plugin serves nothing there and its
  // labels say 0; ours say what is served.
  void say_what_is_served(const std::set<std::string>& served,
                          std::map<std::string, SliceKind>& kinds) {
    for (auto& [profile, kind] : kinds) {
      if (!served.contains(kind.compute->uuid)) continue;
      kind.count = served.size();
      slices(kGpuResource, kind);
      return;
    }
    if (!served.empty()) {  // whole GPUs
      resource(kGpuResource, "", served.size(), true);
      return;
    }
    put("nvidia.com/gpu.count", 0);
    put("nvidia.com/gpu.replicas", 0);
    put("nvidia.com/gpu.memory", 0);
    put("nvidia.com/gpu.sharing-strategy", "");
  }

  bool offered(const std::string& name) const {
    return std::ranges::any_of(offer_.resources, [&name](const Resource& resource) {
      return resource.name == name || resource.name == name + ".shared";
    });
  }

  void mixed() {
    for (const auto& [profile, kind] : slice_kinds()) {
      const std::string name = "nvidia.com/" + mig_resource_name(profile);
      if (offered(name)) slices(name, kind);
    }
  }

  const mig::Node& node_;
  const PluginConfig& config_;
  const Offer& offer_;
  std::vector<const mig::Gpu*> gpus_;
  Labels labels_;
};

}  // namespace

Labels labels(const mig::Node& node, const PluginConfig& config, const Offer& offer,
              const LabelContext& context) {
  return LabelMaker(node, config, offer).run(context);
}

std::string label_file_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += fmt::format("{}={}\n", name, value);
  return text;
}

}  // namespace septet::publish
