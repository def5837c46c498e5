#include "metrics/xid_tally.h"

#include <algorithm>
#include <set>

namespace septet::metrics {

namespace {

// The MIG UUID that an event names: of its compute instance, else of the first in its GPU instance.
std::string struck(const driver::Event& event, const mig::Node& node) {
  const auto gpu = std::ranges::find(node.gpus, event.gpu_uuid, &mig::Gpu::uuid);
  if (gpu == node.gpus.end()) return {};
  const auto instance =
      std::ranges::find(gpu->instances, *event.gpu_instance, &mig::GpuInstance::id);
  if (instance == gpu->instances.end()) return {};
  for (const mig::ComputeInstance& compute : instance->compute)
    if (!event.compute_instance || compute.id == *event.compute_instance) return compute.uuid;
  return {};
}

}  // namespace

void XidTally::happened(const driver::Event& event, const mig::Node* node) {
  if (event.kind != driver::EventKind::kXid) return;
  const auto count = [&](const std::string& uuid) {
    if (uuid.empty()) return;
    Tally& tally = by_uuid_[uuid];
    ++tally.counts[event.xid];
    tally.last = event.xid;
  };
  count(event.gpu_uuid);
  if (node != nullptr && event.gpu_instance) count(struck(event, *node));
}

void XidTally::seen(const mig::Node& node) {
  std::set<std::string> there;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) return;  // a GPU that cannot be read may still have its instances
    for (const mig::GpuInstance& instance : gpu.instances)
      for (const mig::ComputeInstance& compute : instance.compute) there.insert(compute.uuid);
  }
  std::erase_if(by_uuid_, [&there](const auto& entry) {
    return entry.first.starts_with("MIG-") && !there.contains(entry.first);
  });
}

const XidTally::Counts& XidTally::of(const std::string& uuid) const {
  static const Counts none;
  const auto found = by_uuid_.find(uuid);
  return found == by_uuid_.end() ? none : found->second.counts;
}

std::optional<std::uint64_t> XidTally::last_of(const std::string& uuid) const {
  const auto found = by_uuid_.find(uuid);
  if (found == by_uuid_.end()) return std::nullopt;
  return found->second.last;
}

}  // namespace septet::metrics
