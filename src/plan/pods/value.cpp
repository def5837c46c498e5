#include "plan/pods/value.h"
namespace septet::plan::pods {
Value::Value(std::span<const Node>, std::vector<Typical>) {}
ValueChoice Value::choice(const Node& node, const Shape& shape) const {
  return {0, tightest(node, shape)};
}
}  // namespace septet::plan::pods
