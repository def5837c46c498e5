#include "plan/online/repack.h"

#include <limits>

#include "plan/fleet/one_product.h"

namespace septet::plan::online {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<Repack> Repack::of(const std::vector<Pool>& pools) {
  if (pools.size() != 1) {
    return fail(Code::kNotSupported,
                "what a fleet of several products holds has no closed form to repack by",
                "ask for the fluid bound, which takes any fleet");
  }
  const Pool& pool = pools.front();
  const OneProduct product(pool.shape->geometry());
  const std::size_t bounds = product.bounds().size();
  const std::size_t requests = pool.serves.empty() ? pool.shape->classes() : pool.serves.size();
  Repack repack;
  for (const CountingBound& bound : product.bounds())
    repack.left_.push_back(bound.most * std::int64_t{pool.gpus});
  repack.weight_.assign(requests * bounds, kNever);
  repack.running_.assign(requests, 0);
  for (std::size_t request = 0; request < requests; ++request) {
    const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
    if (cls == kNoClass) continue;
    const std::size_t packs =
        class_of(product.classes(), &pool.shape->profile(static_cast<unsigned>(cls)));
    for (std::size_t b = 0; b < bounds; ++b)
      repack.weight_[request * bounds + b] = product.bounds()[b].weight[packs];
  }
  return repack;
}

bool Repack::fits(unsigned request) const {
  const std::int64_t* weight = weight_.data() + request * left_.size();
  bool fits = true;
  for (std::size_t b = 0; b < left_.size(); ++b) fits &= weight[b] <= left_[b];
  return fits;
}

bool Repack::accept(unsigned request) {
  if (!fits(request)) return false;
  const std::int64_t* weight = weight_.data() + request * left_.size();
  for (std::size_t b = 0; b < left_.size(); ++b) left_[b] -= weight[b];
  ++running_[request];
  return true;
}

void Repack::release(unsigned request) {
  SEPTET_ASSERT(running_[request] > 0);
  --running_[request];
  const std::int64_t* weight = weight_.data() + request * left_.size();
  for (std::size_t b = 0; b < left_.size(); ++b) left_[b] += weight[b];
}

}  // namespace septet::plan::online
