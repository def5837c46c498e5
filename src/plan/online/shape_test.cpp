#include "plan/online/shape.h"

#include <gtest/gtest.h>

#include <set>

namespace septet::plan::online {
namespace {

Shape shape_of(const char* product) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return Shape(geometry, plain_profiles(geometry));
}

// problems.md (a): 18 placements, 723 layouts, 192 masks; A30 7, 26, 16.
TEST(Shape, CountsAreThoseOfTheReference) {
  const Shape h100 = shape_of("h100-sxm5-80gb");
  EXPECT_EQ(h100.classes(), 6u);
  EXPECT_EQ(h100.windows(), 18u);
  EXPECT_EQ(h100.layouts(), 723u);
  EXPECT_EQ(h100.distinct_masks(), 192u);
  const Shape a30 = shape_of("a30-24gb");
  EXPECT_EQ(a30.windows(), 7u);
  EXPECT_EQ(a30.layouts(), 26u);
  EXPECT_EQ(a30.distinct_masks(), 16u);
  const Shape twelve_units = shape_of("rtx-pro-6000-blackwell-96gb");
  EXPECT_EQ(twelve_units.units(), 12u);
  EXPECT_EQ(twelve_units.layouts(), 26u);
}

TEST(Shape, ClassesAreSmallestFirst) {
  const Shape shape = shape_of("h100-sxm5-80gb");
  const char* const names[] = {"1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"};
  for (unsigned cls = 0; cls < 6; ++cls) EXPECT_EQ(shape.profile(cls).name, names[cls]);
}

// On every product, with every profile it lists: what the tables say is what mig says.
TEST(Shape, TablesAgreeWithTheGeometry) {
  for (const mig::Product& product : mig::products()) {
    const Shape shape(product.geometry, every_profile(product.geometry));
    std::set<std::uint64_t> seen;
    for (unsigned i = 0; i < shape.layouts(); ++i) {
      const auto layout = static_cast<Shape::Layout>(i);
      ASSERT_TRUE(seen.insert(shape.held(layout)).second);
      ASSERT_EQ(shape.find(shape.held(layout)), layout);
      mig::Occupancy taken;
      for (unsigned w = 0; w < shape.windows(); ++w) {
        if (((shape.held(layout) >> w) & 1u) != 0)
          taken.add(shape.profile(shape.window(w).cls), shape.window(w).at);
      }
      ASSERT_EQ(shape.mask(layout), taken.units);
      for (unsigned w = 0; w < shape.windows(); ++w) {
        const auto& window = shape.window(w);
        const bool held = ((shape.held(layout) >> w) & 1u) != 0;
        const bool fits = mig::may_add(product.geometry, taken, shape.profile(window.cls),
                                       window.at) == mig::Refusal::kNone;
        ASSERT_EQ(((shape.fits(layout) >> w) & 1u) != 0, fits) << product.id;
        ASSERT_EQ(shape.added(layout, w) != Shape::kNone, fits);
        ASSERT_EQ(shape.removed(layout, w) != Shape::kNone, held);
        if (fits) {
          ASSERT_EQ(shape.removed(shape.added(layout, w), w), layout);
        }
      }
      for (unsigned cls = 0; cls < shape.classes(); ++cls) {
        ASSERT_EQ(shape.remaining(layout, cls),
                  mig::remaining(product.geometry, taken, shape.profile(cls)));
      }
    }
  }
}

}  // namespace
}  // namespace septet::plan::online
