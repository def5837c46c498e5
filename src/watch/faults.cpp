#include "watch/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "publish/plugin_settings.h"

namespace septet::watch {

namespace {

std::optional<std::uint64_t> xid_number(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size() || word.empty()) return std::nullopt;
  return number;
}

std::unexpected<Error> no_xid(const char* variable, const std::string& word) {
  return fail(Code::kInvalidArgument, fmt::format("{}: \"{}\" is no Xid", variable, word),
              "write numbers separated by commas, or all");
}

const mig::GpuInstance* instance_of(const mig::Gpu& gpu, std::optional<std::uint32_t> id) {
  if (!id) return nullptr;
  const auto found = std::ranges::find(gpu.instances, *id, &mig::GpuInstance::id);
  return found == gpu.instances.end() ? nullptr : &*found;
}

std::set<std::uint32_t> pids_of(const std::vector<mig::Process>& processes) {
  std::set<std::uint32_t> pids;
  for (const mig::Process& process : processes) pids.insert(process.pid);
  return pids;
}

std::set<std::string> mig_uuids(const mig::Gpu& gpu) {
  std::set<std::string> uuids;
  for (const mig::GpuInstance& instance : gpu.instances) {
    for (const mig::ComputeInstance& compute : instance.compute) uuids.insert(compute.uuid);
  }
  return uuids;
}

bool meet(const auto& a, const auto& b) {
  return std::ranges::any_of(a, [&b](const auto& one) { return b.contains(one); });
}

std::string kind_text(const driver::Event& event) {
  switch (event.kind) {
    case driver::EventKind::kXid: return fmt::format("Xid {}", event.xid);
    case driver::EventKind::kDoubleBitEcc: return "double bit ECC error";
    case driver::EventKind::kSingleBitEcc: return "single bit ECC error";
  }
  return "fault";
}

std::string where_text(const Fault& fault) {
  if (fault.blast != Blast::kInstance || !fault.event.gpu_instance) return fault.event.gpu_uuid;
  return fmt::format("{}, GPU instance {}", fault.event.gpu_uuid, *fault.event.gpu_instance);
}

}  // namespace

bool FaultPolicy::counts(std::uint64_t xid) const {
  if (!watch) return false;
  if (never_ignored.contains(xid)) return true;
  return !ignore_others && !ignored.contains(xid);
}

Result<FaultPolicy> fault_policy(const std::optional<std::string>& disable,
                                 const std::optional<std::string>& enable) {
  FaultPolicy policy;
  for (const std::string& word : publish::words_of_list(disable.value_or(""))) {
    if (word == "all" || word == "xids") {
      policy.ignore_others = true;
    } else if (const auto number = xid_number(word)) {
      policy.ignored.insert(*number);
    } else {
      return no_xid("DP_DISABLE_HEALTHCHECKS", word);
    }
  }
  for (const std::string& word : publish::words_of_list(enable.value_or(""))) {
    if (word == "all") {
      policy.ignored.clear();
      policy.ignore_others = false;
    } else if (const auto number = xid_number(word)) {
      policy.never_ignored.insert(*number);
    } else {
      return no_xid("DP_ENABLE_HEALTHCHECKS", word);
    }
  }
  policy.watch = !policy.ignore_others || !policy.never_ignored.empty();
  return policy;
}

// 48 double bit ECC, 62 and 69 internal halts, 64 remap failure, 74 NVLink, 79 off the bus, 92 too
// many single bit errors, 95 uncontained ECC, 119 and 120 GSP, 140 unrecovered ECC, 143 GPU init,
// 154 recovery action. Of the rest an instance's fault stays within it: that is what MIG is for.
Blast blast_of(std::uint64_t xid) {
  switch (xid) {
    case 48:
    case 62:
    case 64:
    case 79:
    case 95:
    case 119:
    case 120:
    case 140:
    case 143:
    case 154: return Blast::kGpuUntilReset;
    case 69:
    case 74:
    case 92: return Blast::kGpu;
    default: return Blast::kInstance;
  }
}

void Faults::happened(const driver::Event& event, double now_s) {
  if (event.kind == driver::EventKind::kSingleBitEcc) return;  // corrected
  Fault fault;
  fault.event = event;
  fault.since_s = now_s;
  if (event.kind == driver::EventKind::kXid) {
    if (!policy_.counts(event.xid)) return;
    fault.blast = blast_of(event.xid);
    if (fault.blast == Blast::kInstance && !event.gpu_instance) fault.blast = Blast::kGpu;
  } else {
    fault.blast = event.gpu_instance ? Blast::kInstance : Blast::kGpu;
  }
  const auto same = [&event, &fault](const Fault& other) {
    return other.event.kind == event.kind && other.event.xid == event.xid &&
           other.event.gpu_uuid == event.gpu_uuid && other.blast == fault.blast &&
           other.event.gpu_instance == event.gpu_instance;
  };
  std::erase_if(faults_, same);
  news_.push_back({false, fmt::format("{}: {}", where_text(fault), kind_text(event))});
  faults_.push_back(std::move(fault));
}

bool Faults::over(const Fault& fault, const mig::Gpu& gpu, double now_s) const {
  const std::set<std::string> uuids = mig_uuids(gpu);
  const bool others_now = !fault.instances.empty() && !meet(fault.instances, uuids);
  if (restarted_ || fault.away || others_now) return true;
  if (fault.blast == Blast::kGpuUntilReset) return false;
  if (now_s - fault.since_s < policy_.quiet_s) return false;
  if (fault.blast == Blast::kGpu) return !meet(fault.processes, pids_of(gpu.processes));
  const mig::GpuInstance* const instance = instance_of(gpu, fault.event.gpu_instance);
  return instance == nullptr || !meet(fault.processes, pids_of(instance->processes));
}

void Faults::seen(const mig::Node& node, double now_s) {
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem && lost_.insert(gpu.uuid).second)
      news_.push_back({false, fmt::format("{}: {}", gpu.uuid, *gpu.problem)});
    if (!gpu.problem && lost_.erase(gpu.uuid) != 0)
      news_.push_back({true, gpu.uuid + ": answers again"});
  }
  std::erase_if(faults_, [&](Fault& fault) {
    const auto gpu = std::ranges::find(node.gpus, fault.event.gpu_uuid, &mig::Gpu::uuid);
    if (gpu == node.gpus.end() || gpu->problem) {
      fault.away = true;
      return false;
    }
    if (!fault.observed) {
      const mig::GpuInstance* const instance = instance_of(*gpu, fault.event.gpu_instance);
      const bool inside = fault.blast == Blast::kInstance && instance != nullptr;
      fault.processes = pids_of(inside ? instance->processes : gpu->processes);
      fault.instances = mig_uuids(*gpu);
      fault.observed = true;
    }
    const bool gone = fault.blast == Blast::kInstance && fault.event.gpu_instance &&
                      instance_of(*gpu, fault.event.gpu_instance) == nullptr;
    if (!gone && !over(fault, *gpu, now_s)) return false;
    news_.push_back(
        {true, fmt::format("{}: {} is over", where_text(fault), kind_text(fault.event))});
    return true;
  });
  restarted_ = false;
}

std::optional<std::string> Faults::problem_of(const publish::Device& device,
                                              const mig::Node& node) const {
  const auto gpu = std::ranges::find(node.gpus, device.gpu, &mig::Gpu::index);
  if (gpu == node.gpus.end()) return "its GPU is not there";
  if (gpu->problem) return *gpu->problem;
  for (const Fault& fault : faults_) {
    if (fault.event.gpu_uuid != gpu->uuid) continue;
    const bool whole = fault.blast != Blast::kInstance || !device.gpu_instance;
    if (whole || device.gpu_instance == fault.event.gpu_instance) return kind_text(fault.event);
  }
  return std::nullopt;
}

std::vector<HealthNews> Faults::news() { return std::exchange(news_, {}); }

std::map<std::string, std::string> ill_devices(const Faults& faults, const mig::Node& node) {
  std::map<std::string, std::string> ill;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) ill[gpu.uuid] = *gpu.problem;
    for (const Fault& fault : faults.faults()) {
      const bool inside = fault.blast == Blast::kInstance && !gpu.instances.empty();
      if (fault.event.gpu_uuid == gpu.uuid && !inside)
        ill.emplace(gpu.uuid, kind_text(fault.event));
    }
    publish::Device device;
    device.gpu = gpu.index;
    for (const mig::GpuInstance& instance : gpu.instances) {
      device.gpu_instance = instance.id;
      const auto problem = faults.problem_of(device, node);
      for (const mig::ComputeInstance& compute : instance.compute) {
        if (problem) ill[compute.uuid] = *problem;
      }
    }
  }
  return ill;
}

}  // namespace septet::watch
