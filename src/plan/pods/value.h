// plan/pods/value.h — what a node is still worth: the GPU that pods to come will be able to take.
//
// Ours. FGD counts, pod by pod, what a typical pod could not use now. This asks what the pods to
// come together will fill:
//   usable(gap)  what a gap on one GPU will hold: 0.8 x the best packing's price of it
//                (packing_price.h) + 0.2 x what random arrivals that fit would fill;
//   U            the sum of usable over the node's GPUs;
//   shortage     where the CPU does not last: pods that fill U want kappa x U of CPU, give or take
//                (normal, variance v x U); the expected CPU missing, over kappa;
//   scarce       0.5 x the pressure on the node's GPU model, from pods that insist on it, x GPU
//                left: others stay away while they can.
//   worth = U - shortage + scarce
// A pod goes where worth falls least. kappa and v come from the histogram of typical pods that FGD
// too is given; nothing else is known, and no pod that fits anywhere is refused.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "plan/pods/typical.h"

namespace septet::plan::pods {

class Value {
 public:
  Value(std::span<const Node> nodes, std::span<const Typical> typical);

  struct Worth {
    double total = 0;   // gpu_milli
    double usable = 0;  // U
  };
  Worth worth(const Node& node) const;

  struct Choice {
    double change = 0;  // of the worth: higher is better
    GpuSet gpus = 0;
  };
  // `now` is worth(node). The node must have room.
  Choice choice(const Node& node, const Worth& now, const Shape& shape) const;

  double usable(int gap) const { return usable_[static_cast<std::size_t>(gap)]; }
  double cpu_per_gpu() const { return cpu_per_gpu_; }  // kappa, CPU milli per gpu_milli

 private:
  void price_models(std::span<const Node> nodes, std::span<const Typical> typical);
  double total(double usable, std::int32_t cpu_milli, double gpu_milli, std::uint8_t model) const;

  std::vector<double> usable_;  // by gap, 0..1000
  double cpu_per_gpu_ = 0, cpu_variance_ = 0;
  std::array<double, 32> scarce_{};  // by model
};

}  // namespace septet::plan::pods
