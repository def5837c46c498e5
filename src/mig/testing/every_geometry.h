// mig/testing/every_geometry.h — all geometries septet knows, for tests that must hold on each of
// them.
#pragma once

#include <string>
#include <vector>

#include "mig/layout.h"
#include "mig/product.h"

namespace septet::mig::testing {

struct NamedGeometry {
  std::string name;  // "a100-40gb", "a100-40gb before 525"
  const Product* product;
  const Geometry* geometry;
};

inline std::vector<NamedGeometry> every_geometry() {
  std::vector<NamedGeometry> all;
  for (const Product& product : products()) {
    const std::string id(product.id);
    all.push_back({id, &product, &product.geometry});
    for (const OlderGeometry& older : product.older) {
      all.push_back(
          {id + " before " + std::to_string(older.before_major), &product, &older.geometry});
    }
  }
  return all;
}

inline bool any_profile(const GpuInstanceProfile&) { return true; }

// 8 memory units, 7 compute slices, 1g 2g 3g 4g 7g: the boards that papers count layouts of.
inline bool seven_slices(const Geometry& geometry) {
  return geometry.units == 8 && geometry.slices == 7;
}

}  // namespace septet::mig::testing
