// embed_products/write_tables.h — product data as constant C++ tables of mig/product.h.
#pragma once

#include <string>
#include <vector>

#include "embed_products/product_data.h"

namespace septet::embed {

// A C++ source file that defines septet::mig::products().
std::string write_tables(const std::vector<ProductData>& products);

}  // namespace septet::embed
