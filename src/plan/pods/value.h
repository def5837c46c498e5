// plan/pods/value.h — ours
#pragma once
#include <span>
#include <vector>
#include "plan/pods/typical.h"
namespace septet::plan::pods {
struct ValueChoice {
  float score = 0;
  GpuSet gpus = 0;
};
class Value {
 public:
  Value(std::span<const Node> nodes, std::vector<Typical> typical);
  ValueChoice choice(const Node& node, const Shape& shape) const;
};
}  // namespace septet::plan::pods
