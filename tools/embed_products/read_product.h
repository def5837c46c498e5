// embed_products/read_product.h — a product file as values, every complaint with its line.
#pragma once

#include <string>

#include "base/result.h"
#include "embed_products/product_data.h"

namespace septet::embed {

// Reads and checks one file of src/mig/products/. Format: CONTRIBUTING.md, "Add a product".
Result<ProductData> read_product(const std::string& path);

}  // namespace septet::embed
