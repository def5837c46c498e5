// plan/pods/fragmentation.h — how much of a node's free GPU the expected pods could not use: FGD.
//
// F(node) = sum over typical pods of share x (the GPU left where the node cannot host the pod;
// else what is left on GPUs too full for it). FGD (Weng et al., USENIX ATC'23) places a pod where
// F grows least. Its simulator rounds: score = trunc(100 / (1 + exp(-(F_before - F_after) /
// 1000))).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "plan/pods/typical.h"

namespace septet::plan::pods {

class Fragmentation {
 public:
  explicit Fragmentation(std::span<const Typical> typical);

  double of(const Node& node) const;  // in gpu_milli
  // What a share of a GPU can ask for among the typical pods, ascending, 1000 included.
  std::span<const std::int32_t> sizes() const { return sizes_; }

 private:
  struct Wish {
    std::int32_t cpu_milli;
    std::uint32_t models;
    std::uint8_t gpus, size;  // size: into sizes_
    double share;
  };
  std::vector<std::int32_t> sizes_;
  std::vector<Wish> wishes_;
};

// Where FGD puts a pod within a node, and the score of that; `before` is F of the node.
struct FgdChoice {
  int score = 0;  // 0..100
  GpuSet gpus = 0;
};
FgdChoice fgd_choice(const Fragmentation& fragmentation, const Node& node, double before,
                     const Shape& shape);

}  // namespace septet::plan::pods
