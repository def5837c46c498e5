#include "plan/fleet/counting_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <numeric>

namespace septet::plan {

namespace {

using Vector = std::vector<std::int64_t>;  // weights, then `most`

std::int64_t dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0});
}

// The cone of (weights, most) that satisfy the constraints so far, as its extreme rays.
class Cone {
 public:
  // Nothing but: no weight and no `most` is negative.
  explicit Cone(std::size_t dimensions) {
    for (std::size_t d = 0; d < dimensions; ++d) {
      Vector unit(dimensions, 0);
      unit[d] = 1;
      rays_.push_back(unit);
      constraints_.push_back(std::move(unit));
    }
  }

  // Keeps what satisfies constraint . ray >= 0: the double description step.
  void cut(const Vector& constraint) {
    SEPTET_ASSERT(constraints_.size() < TightSet().size());
    std::vector<Vector> kept;
    const auto tight = tight_sets();
    std::vector<std::int64_t> side;
    for (const Vector& ray : rays_) side.push_back(dot(constraint, ray));
    for (std::size_t p = 0; p < rays_.size(); ++p) {
      const std::int64_t inside = side[p];
      if (inside >= 0) kept.push_back(rays_[p]);
      if (inside <= 0) continue;
      for (std::size_t q = 0; q < rays_.size(); ++q) {
        const std::int64_t outside = side[q];
        if (outside >= 0 || !adjacent(tight, p, q)) continue;
        kept.push_back(between(rays_[p], inside, rays_[q], outside));
      }
    }
    std::ranges::sort(kept);
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    rays_ = std::move(kept);
    constraints_.push_back(constraint);
  }

  const std::vector<Vector>& rays() const { return rays_; }

 private:
  using TightSet = std::bitset<256>;  // by constraint

  std::vector<TightSet> tight_sets() const {
    std::vector<TightSet> sets;
    for (const Vector& ray : rays_) {
      TightSet& set = sets.emplace_back();
      for (std::size_t c = 0; c < constraints_.size(); ++c) {
        set[c] = dot(constraints_[c], ray) == 0;
      }
    }
    return sets;
  }

  // Two rays span an edge if no third lies on every constraint that both lie on.
  static bool adjacent(const std::vector<TightSet>& tight, std::size_t p, std::size_t q) {
    const TightSet both = tight[p] & tight[q];
    for (std::size_t other = 0; other < tight.size(); ++other) {
      if (other != p && other != q && (both & ~tight[other]).none()) return false;
    }
    return true;
  }

  static Vector between(const Vector& p, std::int64_t inside, const Vector& q,
                        std::int64_t outside) {
    Vector ray(p.size());
    std::int64_t divisor = 0;
    for (std::size_t d = 0; d < ray.size(); ++d) {
      ray[d] = inside * q[d] - outside * p[d];
      divisor = std::gcd(divisor, ray[d]);
    }
    for (std::int64_t& value : ray) value /= divisor;
    return ray;
  }

  std::vector<Vector> rays_, constraints_;
};

bool implied_by(const CountingBound& weaker, const CountingBound& stronger) {
  for (std::size_t c = 0; c < weaker.weight.size(); ++c) {
    if (weaker.weight[c] * stronger.most > stronger.weight[c] * weaker.most) return false;
  }
  return true;
}

std::string weights_text(const CountingBound& bound, const std::vector<PackingClass>& classes) {
  std::string text;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (bound.weight[c] == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} counts {}", classes[c].profiles.front()->name, bound.weight[c]);
  }
  return text;
}

}  // namespace

std::vector<CountingBound> counting_bounds(std::size_t classes,
                                           const std::vector<Filling>& fillings) {
  Cone cone(classes + 1);
  for (const Filling& filling : fillings) {
    Vector constraint;
    for (const std::uint16_t count : filling.added) constraint.push_back(-std::int64_t{count});
    constraint.push_back(1);
    cone.cut(constraint);
  }
  std::vector<CountingBound> found;
  for (const Vector& ray : cone.rays()) {
    if (ray.back() > 0) found.push_back({Vector(ray.begin(), ray.end() - 1), ray.back()});
  }
  std::vector<CountingBound> bounds;
  for (const CountingBound& bound : found) {
    const bool needless = std::ranges::any_of(found, [&bound](const CountingBound& other) {
      return &other != &bound && implied_by(bound, other);
    });
    if (!needless) bounds.push_back(bound);
  }
  std::ranges::stable_sort(bounds, {}, &CountingBound::most);
  return bounds;
}

std::string to_words(const CountingBound& bound, const mig::Geometry& geometry,
                     const std::vector<PackingClass>& classes) {
  // Scaled to the widest class, so that twelve units that come in threes are still memory units.
  const auto weighs_like = [&](auto of_profile, std::int64_t all) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const std::int64_t amount = of_profile(*classes[c].profiles.front());
      if (bound.weight[c] * all != amount * bound.most) return false;
    }
    return all > 0;
  };
  if (weighs_like([](const auto& profile) { return std::int64_t{profile.size}; }, geometry.units)) {
    return fmt::format("memory units, {} a GPU", geometry.units);
  }
  if (weighs_like([](const auto& profile) { return std::int64_t{profile.slices}; },
                  geometry.slices)) {
    return fmt::format("compute slices, {} a GPU", geometry.slices);
  }
  return fmt::format("{}: at most {} a GPU", weights_text(bound, classes), bound.most);
}

}  // namespace septet::plan
