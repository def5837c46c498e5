// embed_products/check_rows.h — what must hold between the values of a product file.
//
// Errors. The `what` of an Error is a sentence about the row; the caller adds FILE:LINE:COLUMN.
// Source. GI ids: rules of the driver's "swizzle id" (one class per memory size, buddy numbering).
#pragma once

#include <array>
#include <optional>

#include "base/result.h"
#include "embed_products/product_data.h"

namespace septet::embed {

// Takes slices, media and graphics from the name ("1g.24gb+me.all"); they must agree with the row.
Result<> read_attributes(InstanceRow& row);

// GPU instance ids by start, on normal and on rotated chips. `stated[start]` >= 0 overrides both.
Result<> number_instances(InstanceRow& row, unsigned units,
                          const std::array<int, kMostUnits>& stated);

// `row` against the rows before it and against what its placements allow.
Result<> check_row(const GeometryData& geometry, const InstanceRow& row,
                   bool one_compute_one_graphics);
Result<> check_compute_row(const ProductData& product, const ComputeRow& row);

// Every GPU instance has compute instances with one default; estimates say how they were made.
Result<> check_product(const ProductData& product);

}  // namespace septet::embed
