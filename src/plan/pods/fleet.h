// plan/pods/fleet.h — nodes with CPU, memory and whole or shared GPUs, and what pods ask of them.
//
// The world of the FGD paper (Weng et al., USENIX ATC'23) and its trace "openb": a pod wants CPU
// and memory of one node and no GPU, a part of one GPU, or 1..8 whole ones.
// Units. CPU in thousandths of a core, memory in MiB, a GPU in thousandths (gpu_milli).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace septet::plan::pods {

inline constexpr int kMostGpus = 8;
inline constexpr int kWholeGpu = 1000;
// Of the largest node, by which the published scores divide (open-gpu-share/utils/const.go).
inline constexpr double kLargestCpu = 128000, kLargestGpu = 8000;

// What one pod asks for; pods that ask for the same are one shape.
struct Shape {
  std::int32_t cpu_milli = 0, memory_mib = 0;
  std::int32_t gpus = 0;       // 0 for CPU only
  std::int32_t gpu_milli = 0;  // of each: below 1000 only when gpus is 1
  std::uint32_t models = ~0u;  // bit m: GPU model m will do
  std::string spec;            // the models as written; "" for any

  bool shares() const { return gpus == 1 && gpu_milli < kWholeGpu; }
  std::int32_t total_gpu_milli() const { return gpus * gpu_milli; }
  bool operator==(const Shape&) const = default;
};

// What is left of one node.
struct Node {
  std::int32_t cpu_milli = 0, memory_mib = 0;
  std::array<std::int16_t, kMostGpus> gpu_milli{};  // of its GPUs; 0 beyond them
  std::uint8_t gpus = 0;
  std::uint8_t model = 0;
  // Bit 0: holds a pod that shares a GPU; bit k: one of k whole GPUs (GpuClustering's affinity).
  std::uint16_t holds = 0;

  std::int32_t total_gpu_milli() const;
  int free_gpus() const;  // untouched ones
  bool operator==(const Node&) const = default;
};

bool fits(const Node& node, const Shape& shape);

// Bit g: GPU g. A pod of whole GPUs takes the first untouched ones.
using GpuSet = std::uint8_t;
GpuSet first_untouched(const Node& node, int gpus);
// The GPU with the least left that still fits, the first of equals.
GpuSet tightest(const Node& node, const Shape& shape);

// Takes what `shape` asks for; `gpus` as one of the above. Nothing goes below zero (asserted).
void take(Node& node, const Shape& shape, GpuSet gpus);

}  // namespace septet::plan::pods
