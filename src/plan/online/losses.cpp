#include "plan/online/losses.h"

namespace septet::plan::online {

std::vector<double> class_shares(const Pool& pool, const std::vector<double>& request_share) {
  std::vector<double> share(pool.shape->classes(), 0.0);
  for (std::size_t request = 0; request < request_share.size(); ++request) {
    const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
    if (cls < share.size()) share[cls] += request_share[request];
  }
  return share;
}

double best_fit_loss(const Shape& shape, Shape::Layout layout, unsigned) {
  return shape.free_units(layout);
}

double worst_fit_loss(const Shape& shape, Shape::Layout layout, unsigned) {
  return -static_cast<double>(shape.free_units(layout));
}

double best_index_loss(const Shape& shape, Shape::Layout layout, unsigned window) {
  const int left = std::popcount(shape.fits(shape.added(layout, window)));
  return 64.0 * shape.free_units(layout) - left;
}

// The product of what is free and what is asked, in memory units and in compute slices, each as a
// share of the GPU: FGD's simulator prefers the smaller.
double dot_product_loss(const Shape& shape, Shape::Layout layout, unsigned window) {
  const double units = shape.units();
  const double slices = shape.geometry().slices;
  double free_slices = slices;
  for (unsigned cls = 0; cls < shape.classes(); ++cls)
    free_slices -= shape.count(layout, cls) * double(shape.profile(cls).slices);
  const auto& wanted = shape.profile(shape.window(window).cls);
  return (shape.free_units(layout) / units * (wanted.size / units) +
          free_slices / slices * (wanted.slices / slices)) /
         2;
}

// Four tiers, as FGD's simulator has them: GPUs with only this class, with this class among others,
// idle, with other classes only; in a tier the fuller GPU.
double clustering_loss(const Shape& shape, Shape::Layout layout, unsigned window) {
  const std::uint64_t held = shape.held(layout);
  const std::uint64_t same = held & shape.windows_of(shape.window(window).cls);
  double tier = 3;
  if (same != 0) {
    tier = same == held ? 0 : 1;
  } else if (held == 0) {
    tier = 2;
  }
  return tier * 64.0 + shape.free_units(layout);
}

double mfi_fragmentation(const Shape& shape, Shape::Layout layout) {
  double blocked = 0;
  for (unsigned cls = 0; cls < shape.classes(); ++cls) {
    if (shape.class_units(cls) > shape.free_units(layout)) continue;
    const int windows = std::popcount(shape.windows_of(cls));
    const int open = std::popcount(shape.fits(layout, cls));
    blocked += double(shape.profile(cls).size) * (windows - open);
  }
  return blocked;
}

double mfi_loss(const Shape& shape, Shape::Layout layout, unsigned window) {
  return mfi_fragmentation(shape, shape.added(layout, window)) - mfi_fragmentation(shape, layout);
}

double fgd_fragmentation(const Shape& shape, Shape::Layout layout,
                         const std::vector<double>& share) {
  double unusable = 0;
  for (unsigned cls = 0; cls < shape.classes(); ++cls) {
    const unsigned usable = shape.class_units(cls) * shape.remaining(layout, cls);
    unusable += share[cls] * (shape.free_units(layout) - double(usable));
  }
  return unusable;
}

double fgd_loss(const Shape& shape, Shape::Layout layout, unsigned window,
                const std::vector<double>& share) {
  return fgd_fragmentation(shape, shape.added(layout, window), share) -
         fgd_fragmentation(shape, layout, share);
}

double start_index_loss(const Shape& shape, Shape::Layout layout, unsigned window) {
  return std::popcount(shape.fits(layout)) - std::popcount(shape.fits(shape.added(layout, window)));
}

}  // namespace septet::plan::online
