#include "publish/offer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/quoted.h"

namespace septet::publish {
namespace {

constexpr std::string_view kVendor = "nvidia.com/", kWholeGpu = "gpu";
constexpr std::size_t kLongestName =
    63;  // NVIDIA's limit; Kubernetes' for the part after the slash

// Devices that may be one resource: of one profile, and as large as each other. Whole GPUs are all
// alike, as NVIDIA's plugin has it.
using Kind =
    std::tuple<std::string, std::uint32_t, std::uint64_t>;  // profile, multiprocessors, MiB

struct Found {
  Device device;
  Kind kind;
};

Device whole_device(const mig::Gpu& gpu) {
  Device device;
  device.id = device.uuid = gpu.uuid;
  device.index = std::to_string(gpu.index);
  device.gpu = gpu.index;
  device.gpu_minor = gpu.minor;
  device.numa_node = gpu.numa_node;
  return device;
}

Found slice_found(const mig::Gpu& gpu, const mig::GpuInstance& instance,
                  const mig::ComputeInstance& compute) {
  Found found{whole_device(gpu), {}};
  Device& device = found.device;
  device.id = device.uuid = compute.uuid;
  device.index = fmt::format("{}:{}", gpu.index, compute.mig_index);
  device.gpu_instance = instance.id;
  device.compute_instance = compute.id;
  device.profile = compute.name;
  device.at = instance.at;
  const std::uint64_t memory = compute.attributes ? compute.attributes->memory_mib : 0;
  found.kind = {compute.name.empty() ? "unknown" : compute.name, compute.sm, memory};
  return found;
}

std::vector<Found> slices_found(const mig::Gpu& gpu) {
  struct Part {
    const mig::GpuInstance* instance;
    const mig::ComputeInstance* compute;
  };
  std::vector<Part> parts;
  for (const mig::GpuInstance& instance : gpu.instances)
    for (const mig::ComputeInstance& compute : instance.compute)
      parts.push_back({&instance, &compute});
  std::ranges::sort(parts, {}, [](const Part& part) {
    return std::tuple(part.instance->at, part.compute->at, part.compute->id);
  });
  std::vector<Found> found;
  for (const Part& part : parts) found.push_back(slice_found(gpu, *part.instance, *part.compute));
  return found;
}

std::string_view counted(std::size_t count) { return count == 1 ? "slice" : "slices"; }

// A lower-case DNS subdomain, as Kubernetes wants the part after the slash.
bool is_subdomain(std::string_view name) {
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  char before = '.';
  for (const char c : name) {
    if (!word(c) && c != '-' && c != '.') return false;
    if (before == '.' && !word(c)) return false;  // each label begins with a word
    if (c == '.' && !word(before)) return false;  // and ends with one
    before = c;
  }
  return word(before);
}

class OfferMaker {
 public:
  OfferMaker(const mig::Node& node, const PluginConfig& config) : node_(node), config_(config) {}

  Offer run() {
    for (const mig::Gpu& gpu : node_.gpus) {
      if (gpu.problem) {
        leave_out(gpu, fmt::format("it cannot be read: {}. Look at the driver's log, reset the GPU "
                                   "or replace it",
                                   *gpu.problem));
        continue;
      }
      switch (config_.strategy) {
        case MigStrategy::kNone: add(gpu, "", whole_device(gpu)); break;
        case MigStrategy::kMixed: mixed(gpu); break;
        case MigStrategy::kSingle: gather(gpu); break;
      }
    }
    if (config_.strategy == MigStrategy::kSingle) single();
    return finish();
  }

 private:
  void leave_out(const mig::Gpu& gpu, std::string reason) {
    offer_.not_offered.push_back({gpu.index, gpu.uuid, std::move(reason)});
  }

  void add(const mig::Gpu& gpu, std::string_view profile, Device device) {
    const std::string bare = profile.empty() ? std::string(kWholeGpu) : mig_resource_name(profile);
    const std::string name = std::string(kVendor) + bare;
    const SharedResource* share = shared_as(name);
    const bool renamed = share != nullptr && config_.sharing.rename_by_default;
    const std::string shown = renamed ? name + ".shared" : name;
    if (shown.size() > kLongestName ||
        !is_subdomain(std::string_view(shown).substr(kVendor.size()))) {
      refuse_name(gpu, shown);
      return;
    }
    Resource& resource = resources_[shown];
    if (resource.devices.empty()) describe(resource, shown, share);
    if (share == nullptr) {
      resource.devices.push_back(std::move(device));
      return;
    }
    for (unsigned replica = 0; replica < share->replicas; ++replica) {
      device.id = fmt::format("{}::{}", device.uuid, replica);
      resource.devices.push_back(device);
    }
  }

  void describe(Resource& resource, const std::string& name, const SharedResource* share) const {
    resource.name = name;
    resource.socket = fmt::format("nvidia-{}.sock", std::string_view(name).substr(kVendor.size()));
    if (share == nullptr) return;
    resource.replicas = share->replicas;
    resource.sharing = config_.sharing.kind;
    resource.one_at_a_time = config_.sharing.fail_requests_greater_than_one;
  }

  void refuse_name(const mig::Gpu& gpu, const std::string& name) {
    const bool told = std::ranges::any_of(offer_.not_offered, [&](const NotOffered& one) {
      return one.gpu == gpu.index && one.reason.contains(quoted(name));
    });
    if (told) return;
    leave_out(gpu, fmt::format("the resource name {} is longer than {} characters or no DNS name, "
                               "which Kubernetes refuses. Offer the profile under a shorter name "
                               "(renameByDefault: false), or cut another profile",
                               quoted(name), kLongestName));
  }

  const SharedResource* shared_as(const std::string& name) const {
    if (config_.sharing.kind == SharingKind::kNone) return nullptr;
    const auto found = std::ranges::find(config_.sharing.resources, name, &SharedResource::name);
    return found == config_.sharing.resources.end() ? nullptr : &*found;
  }

  // What a GPU with MIG on lacks to be offered whole.
  void say_what_is_unfinished(const mig::Gpu& gpu) {
    if (gpu.instances.empty()) {
      leave_out(gpu,
                "MIG is on and it has no slices. Cut it (septet apply, a MigLayout), or turn "
                "MIG off");
      return;
    }
    std::vector<std::string> hollow;
    for (const mig::GpuInstance& instance : gpu.instances)
      if (instance.compute.empty())
        hollow.push_back(fmt::format("{} ({})", instance.id, instance.name));
    if (hollow.empty()) return;
    leave_out(gpu,
              fmt::format("GPU {} {} no compute instance. Create one with nvidia-smi mig -cci, "
                          "or let septet apply the layout",
                          hollow.size() == 1 ? "instance" : "instances",
                          fmt::format("{} {}", fmt::join(hollow, ", "),
                                      hollow.size() == 1 ? "has" : "have")));
  }

  void mixed(const mig::Gpu& gpu) {
    if (gpu.mode != mig::MigMode::kOn) {
      add(gpu, "", whole_device(gpu));
      return;
    }
    say_what_is_unfinished(gpu);
    for (Found& found : slices_found(gpu)) {
      if (found.device.profile.empty()) {
        leave_out(gpu, fmt::format("the profile of its device {} is not known, so it has no "
                                   "resource name. Compare with septet products check",
                                   found.device.index));
        continue;
      }
      const std::string profile = found.device.profile;
      add(gpu, profile, std::move(found.device));
    }
  }

  void gather(const mig::Gpu& gpu) {
    if (gpu.mode != mig::MigMode::kOn) {
      gathered_[{}].push_back({whole_device(gpu), {}});
      return;
    }
    say_what_is_unfinished(gpu);
    for (Found& found : slices_found(gpu)) gathered_[found.kind].push_back(std::move(found));
  }

  // One resource whose devices must be alike: the kind with the most devices, then on the most
  // GPUs, then slices before whole GPUs (the strategy is for slices), then by name.
  Kind most_common() const {
    const auto rank = [](const auto& entry) {
      std::vector<std::uint32_t> gpus;
      for (const Found& found : entry.second) gpus.push_back(found.device.gpu);
      const auto twice = std::ranges::unique(gpus);
      const auto different = gpus.size() - twice.size();
      return std::tuple(entry.second.size(), different, !std::get<0>(entry.first).empty());
    };
    return std::ranges::max_element(gathered_, {}, rank)->first;
  }

  void single() {
    if (gathered_.empty()) return;
    const Kind kind = most_common();
    std::map<std::uint32_t, std::map<std::string, std::size_t>> unlike;  // by GPU, by profile
    for (auto& [other, found] : gathered_) {
      for (Found& one : found) {
        const mig::Gpu& gpu = gpu_of(one.device);
        if (other == kind)
          add(gpu, "", std::move(one.device));
        else
          ++unlike[gpu.index][std::get<0>(other)];
      }
    }
    for (const mig::Gpu& gpu : node_.gpus)
      if (const auto found = unlike.find(gpu.index); found != unlike.end())
        leave_out(gpu, unlike_reason(found->second, std::get<0>(kind)));
  }

  static std::string unlike_reason(const std::map<std::string, std::size_t>& unlike,
                                   const std::string& kind) {
    const std::string offered = kind.empty() ? std::string("whole GPUs") : kind;
    const std::string remedy = fmt::format(
        "Cut all GPUs alike, or use MIG strategy mixed, which offers each profile by its name");
    if (unlike.size() == 1 && unlike.begin()->first.empty()) {
      return fmt::format("MIG is off, and strategy single offers one kind of device, here {}. {}",
                         offered, remedy);
    }
    std::vector<std::string> parts;
    std::size_t count = 0;
    for (const auto& [profile, number] : unlike) {
      parts.push_back(fmt::format("{} x {}", number, profile));
      count += number;
    }
    return fmt::format(
        "strategy single offers one kind of device, here {}, which its {} ({}) {} "
        "not. {}",
        offered, counted(count), fmt::join(parts, ", "), count == 1 ? "is" : "are", remedy);
  }

  const mig::Gpu& gpu_of(const Device& device) const {
    return *std::ranges::find(node_.gpus, device.gpu, &mig::Gpu::index);
  }

  Offer finish() {
    for (auto& [name, resource] : resources_) offer_.resources.push_back(std::move(resource));
    std::ranges::stable_sort(offer_.not_offered, {}, &NotOffered::gpu);
    return std::move(offer_);
  }

  const mig::Node& node_;
  const PluginConfig& config_;
  std::map<std::string, Resource> resources_;
  std::map<Kind, std::vector<Found>> gathered_;
  Offer offer_;
};

}  // namespace

Offer offer(const mig::Node& node, const PluginConfig& config) {
  return OfferMaker(node, config).run();
}

std::string mig_resource_name(std::string_view profile) {
  std::string name = "mig-" + std::string(profile);
  std::ranges::replace(name, '+', '.');
  std::ranges::replace(name, ',', '.');
  return name;
}

}  // namespace septet::publish
