#include "mig/node.h"

#include <gtest/gtest.h>

#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

// A GPU that offers what the product's table says.
Gpu gpu_of(const char* product) {
  const Product* known = find_product(product);
  auto owned = std::make_shared<OwnedGeometry>();
  owned->profiles.assign(known->geometry.profiles.begin(), known->geometry.profiles.end());
  owned->geometry = known->geometry;
  owned->geometry.profiles = owned->profiles;
  Gpu gpu;
  gpu.index = 3;
  gpu.product = known;
  gpu.geometry = std::move(owned);
  return gpu;
}

GpuInstance live(std::uint32_t id, std::uint32_t profile, Placement at, std::size_t compute = 1) {
  GpuInstance instance;
  instance.id = id;
  instance.profile_id = profile;
  instance.at = at;
  instance.compute.resize(compute);
  return instance;
}

TEST(LayoutOf, is_what_the_driver_reports_by_start) {
  Gpu gpu = gpu_of("h100-sxm5-80gb");
  gpu.instances = {live(1, 5, {0, 4}), live(2, 9, {4, 4})};
  const auto layout = layout_of(gpu);
  ASSERT_TRUE(layout) << layout.error().describe();
  EXPECT_EQ(to_string(*layout), "4g.40gb@0 3g.40gb@4");
  EXPECT_EQ(layout->instances().front().profile, gpu.geometry->geometry.find_id(5));
}

TEST(LayoutOf, an_empty_gpu_has_the_empty_layout_with_or_without_mig) {
  EXPECT_EQ(*layout_of(gpu_of("a30-24gb")), Layout{});
  EXPECT_EQ(*layout_of(Gpu{}), Layout{});
}

TEST(LayoutOf, stops_rather_than_guess) {
  Gpu unknown = gpu_of("h100-sxm5-80gb");
  unknown.instances = {live(1, 77, {0, 4})};
  Gpu impossible = gpu_of("h100-sxm5-80gb");
  impossible.instances = {live(1, 9, {2, 4})};
  Gpu overlapping = gpu_of("h100-sxm5-80gb");
  overlapping.instances = {live(1, 9, {0, 4}), live(7, 19, {0, 1})};
  Gpu without_tables;
  without_tables.index = 3;
  without_tables.instances = {live(1, 9, {0, 4})};
  for (const Gpu* gpu : {&unknown, &impossible, &overlapping, &without_tables}) {
    const auto layout = layout_of(*gpu);
    ASSERT_FALSE(layout);
    EXPECT_EQ(layout.error().code, Code::kInternal);
    EXPECT_NE(layout.error().what.find("GPU 3"), std::string::npos) << layout.error().describe();
    EXPECT_FALSE(layout.error().remedy.empty());
  }
  EXPECT_NE(layout_of(overlapping).error().describe().find("3g.40gb@0"), std::string::npos);
}

TEST(MigDeviceCount, counts_compute_instances_not_gpu_instances) {
  Gpu gpu = gpu_of("h100-sxm5-80gb");
  EXPECT_EQ(gpu.mig_device_count(), 0u);
  gpu.instances = {live(1, 5, {0, 4}, 0), live(2, 9, {4, 4}, 3)};
  EXPECT_EQ(gpu.mig_device_count(), 3u);
}

}  // namespace
}  // namespace septet::mig
