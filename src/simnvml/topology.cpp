// simnvml/topology.cpp — what a GPU is near to: CPUs, memory, other GPUs.
//
// Source. The node's NUMA nodes share this machine's CPUs out in equal runs; a node that would get
//         none has all of them, since an empty set is fatal to Slurm.
#include <climits>

#include "simnvml/abi/prototypes_device.h"
#include "simnvml/abi/prototypes_memory_and_ecc.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

constexpr unsigned kWordBits = sizeof(unsigned long) * CHAR_BIT;

// Bits [first, last) of a set of `size` words; what does not fit is left out.
void fill_set(unsigned long* set, unsigned size, unsigned first, unsigned last) {
  for (unsigned word = 0; word < size; ++word) set[word] = 0;
  for (unsigned bit = first; bit < last && bit / kWordBits < size; ++bit) {
    set[bit / kWordBits] |= 1ul << (bit % kWordBits);
  }
}

nvmlReturn_t cpu_set(CallName name, nvmlDevice_t device, unsigned int size, unsigned long* set) {
  return on_device(name, device, given(set) && size > 0, [&](const View& view) {
    const unsigned share = view.session.cpus / view.session.numa_nodes;
    const auto numa = static_cast<unsigned>(view.gpu.numa_node);
    if (view.gpu.numa_node < 0 || share == 0) {
      fill_set(set, size, 0, view.session.cpus);
    } else {
      fill_set(set, size, numa * share, (numa + 1) * share);
    }
    return NVML_SUCCESS;
  });
}

// The answer about two GPUs: body(first, second as states of one node).
template <typename Body>
nvmlReturn_t on_pair(CallName name, nvmlDevice_t first, nvmlDevice_t second, bool arguments_given,
                     const Body& body) {
  const auto other = named_by(second);
  return on_gpu(name, first, arguments_given, [&](const View& view) {
    if (!other || other->gi != sim::kNone) return NVML_ERROR_INVALID_ARGUMENT;
    const nvmlReturn_t there = check_live(view.session, view.node, *other);
    return there == NVML_SUCCESS ? body(view, view.node.gpus[other->gpu]) : there;
  });
}

}  // namespace

nvmlReturn_t nvmlDeviceGetCpuAffinity(nvmlDevice_t device, unsigned int size, unsigned long* set) {
  return cpu_set(__func__, device, size, set);
}
nvmlReturn_t nvmlDeviceGetCpuAffinityWithinScope(nvmlDevice_t device, unsigned int size,
                                                 unsigned long* set, nvmlAffinityScope_t scope) {
  return cpu_set(__func__, device, scope > NVML_AFFINITY_SCOPE_SOCKET ? 0 : size, set);
}

nvmlReturn_t nvmlDeviceGetMemoryAffinity(nvmlDevice_t device, unsigned int size, unsigned long* set,
                                         nvmlAffinityScope_t scope) {
  const bool valid = size > 0 && scope <= NVML_AFFINITY_SCOPE_SOCKET;
  return on_device(__func__, device, given(set) && valid, [&](const View& view) {
    const auto numa = static_cast<unsigned>(std::max(view.gpu.numa_node, 0));
    fill_set(set, size, numa, numa + 1);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetNumaNodeId(nvmlDevice_t device, unsigned int* id) {
  return on_gpu(__func__, device, given(id), [&](const View& view) {
    if (view.gpu.numa_node < 0) return NVML_ERROR_NOT_SUPPORTED;
    *id = static_cast<unsigned>(view.gpu.numa_node);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetTopologyCommonAncestor(nvmlDevice_t first, nvmlDevice_t second,
                                                 nvmlGpuTopologyLevel_t* level) {
  return on_pair(
      __func__, first, second, given(level), [&](const View& view, const sim::GpuState& other) {
        if (&view.gpu == &other) {
          *level = NVML_TOPOLOGY_INTERNAL;
        } else {
          *level =
              view.gpu.numa_node == other.numa_node ? NVML_TOPOLOGY_NODE : NVML_TOPOLOGY_SYSTEM;
        }
        return NVML_SUCCESS;
      });
}

nvmlReturn_t nvmlDeviceOnSameBoard(nvmlDevice_t first, nvmlDevice_t second, int* same) {
  return on_pair(__func__, first, second, given(same),
                 [&](const View& view, const sim::GpuState& other) {
                   *same = &view.gpu == &other ? 1 : 0;
                   return NVML_SUCCESS;
                 });
}

// GPUs reach each other over PCI, and over the links of a bridge, unless one is cut into instances
// (rules R11).
nvmlReturn_t nvmlDeviceGetP2PStatus(nvmlDevice_t first, nvmlDevice_t second,
                                    nvmlGpuP2PCapsIndex_t capability, nvmlGpuP2PStatus_t* status) {
  const bool known = capability < NVML_P2P_CAPS_INDEX_UNKNOWN;
  return on_pair(__func__, first, second, given(status) && known,
                 [&](const View& view, const sim::GpuState& other) {
                   const bool cut = view.gpu.mig_current != 0 || other.mig_current != 0;
                   const bool bridged = view.gpu.nvlinks != 0 &&
                                        &other == &view.node.gpus[sim::bridge_peer(view.at.gpu)];
                   const bool none = cut || (capability == NVML_P2P_CAPS_INDEX_NVLINK && !bridged);
                   *status = none ? NVML_P2P_STATUS_NOT_SUPPORTED : NVML_P2P_STATUS_OK;
                   return NVML_SUCCESS;
                 });
}
