// How near the GPUs of a node are to each other: PCIe, and NVLinks straight between two of them.
#include <algorithm>
#include <cstring>

#include "driver/nvml/read_gpu.h"

namespace septet::driver::nvml {
namespace {

constexpr Uint kMostLinks = 18;  // NVML_NVLINK_MAX_LINKS
constexpr Uint kActive = 1;      // NVML_FEATURE_ENABLED

// nvmlGpuTopologyLevel_t
std::optional<mig::CommonAncestor> ancestor_of(Uint level) {
  switch (level) {
    case 0: return mig::CommonAncestor::kBoard;
    case 10: return mig::CommonAncestor::kOneSwitch;
    case 20: return mig::CommonAncestor::kMultipleSwitches;
    case 30: return mig::CommonAncestor::kHostBridge;
    case 40: return mig::CommonAncestor::kNumaNode;
    case 50: return mig::CommonAncestor::kSystem;
    default: return std::nullopt;  // of a newer driver
  }
}

// The other ends of the GPU's active links, by PCI id; several times where several lead there.
std::vector<std::string> link_ends(const Calls& calls, Device device) {
  std::vector<std::string> ends;
  for (Uint link = 0; link < kMostLinks; ++link) {
    Uint active = 0;
    const int status = calls.nvlink_state(device, link, &active);
    if (status == kNotSupported || status == kInvalidArgument || status == kMissing) break;
    PciInfo end{};
    if (status != kSuccess || active != kActive ||
        calls.nvlink_remote(device, link, &end) != kSuccess)
      continue;
    ends.emplace_back(end.bus_id, strnlen(end.bus_id, sizeof end.bus_id));
  }
  return ends;
}

std::vector<mig::Peer> peers_of(const Calls& calls, const mig::Node& node, const mig::Gpu& gpu) {
  std::vector<mig::Peer> peers;
  Device device = nullptr;
  if (gpu.problem || calls.device(gpu.index, &device) != kSuccess) return peers;
  const std::vector<std::string> ends = link_ends(calls, device);
  for (const mig::Gpu& other : node.gpus) {
    Device there = nullptr;
    Uint level = 0;
    if (other.index == gpu.index || other.problem ||
        calls.device(other.index, &there) != kSuccess ||
        calls.common_ancestor(device, there, &level) != kSuccess)
      continue;
    const auto ancestor = ancestor_of(level);
    if (!ancestor) continue;
    const auto links = std::ranges::count(ends, other.pci_bus_id);
    peers.push_back({other.index, *ancestor, static_cast<std::uint32_t>(links)});
  }
  return peers;
}

}  // namespace

void PeerReader::fill(const Session& session, mig::Node& node) {
  std::vector<std::string> uuids;
  for (const mig::Gpu& gpu : node.gpus) uuids.push_back(gpu.problem ? "" : gpu.uuid);
  if (uuids != uuids_) {
    peers_.clear();
    for (const mig::Gpu& gpu : node.gpus) peers_.push_back(peers_of(session.calls, node, gpu));
    uuids_ = std::move(uuids);
  }
  for (std::size_t i = 0; i < node.gpus.size(); ++i) node.gpus[i].peers = peers_[i];
}

}  // namespace septet::driver::nvml
