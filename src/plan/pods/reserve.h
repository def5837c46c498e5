// plan/pods/reserve.h — whole nodes kept for pods of several GPUs, fewer and fewer as load comes.
//
// As many nodes are kept as the histogram lets expect pods of several GPUs until all GPUs are
// asked for: expected GPUs of theirs, over 8. Other pods take a kept node only when no other has
// room (nothing is refused); as load comes in, nodes are let go in proportion, all at 100 %.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "plan/pods/typical.h"

namespace septet::plan::pods {

class Reserve {
 public:
  Reserve() = default;  // keeps nothing
  // `histogram`: all pods, not only the commonest, because pods of 8 GPUs are rare.
  Reserve(std::span<const Node> nodes, std::span<const Typical> histogram);

  bool keeps(std::uint32_t node) const { return !kept_.empty() && kept_[node]; }
  // Added to the score of the node for this shape.
  float handicap(std::uint32_t node, const Node& state, const Shape& shape) const;
  // A pod has asked for this much.
  void note(double gpu_milli) { asked_ += gpu_milli; }
  // One node to let go now, if it is time; ask again until there is none.
  std::optional<std::uint32_t> let_go();
  void taken(std::uint32_t node);  // no longer kept

 private:
  std::vector<bool> kept_;
  std::vector<std::uint32_t> order_;  // of the kept ones, the next to let go last
  double capacity_ = 0, wanted_ = 0, asked_ = 0;
};

}  // namespace septet::plan::pods
