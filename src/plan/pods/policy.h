// plan/pods/policy.h — the published policies' scores of a node for a pod.
//
// Re-implemented from the formulas of FGD's simulator (github.com/hkust-adsl/kubernetes-scheduler-
// simulator @ 8f3d641, pkg/simulator/plugin/*_score.go): whole numbers, the highest wins, and of
// equals the first node in the simulator's (random) order of nodes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plan/pods/fragmentation.h"

namespace septet::plan::pods {

enum class Policy : std::uint8_t {
  kRandom,         // any node with room; a share goes to any GPU with room
  kDotProduct,     // Tetris: least (CPU left x CPU wanted + GPU left x GPU wanted)
  kGpuClustering,  // beside pods of the same kind
  kGpuPacking,     // on GPUs in use, then on nodes in use
  kBestFit,        // least CPU and GPU left, equally weighed
  kFgd,            // least growth of fragmentation
  kOurs            // by the price of what is used up: value.h
};
inline constexpr Policy kPolicies[] = {
    Policy::kRandom,  Policy::kDotProduct, Policy::kGpuClustering, Policy::kGpuPacking,
    Policy::kBestFit, Policy::kFgd,        Policy::kOurs};
std::string_view to_string(Policy policy);  // "best-fit": what --policy takes
std::optional<Policy> policy_named(std::string_view word);

// Of a node that fits. kRandom has no score; FGD's (fragmentation.h) and ours (value.h) need to
// know more.
int published_score(Policy policy, const Node& node, const Shape& shape);

}  // namespace septet::plan::pods
