// embed_products OUTPUT.cpp PRODUCT.yaml... — checks the product files and writes them as C++
// tables. embed_products --check PRODUCT.yaml...     — only checks them.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "embed_products/read_product.h"
#include "embed_products/write_tables.h"

namespace septet::embed {
namespace {

// One device id belongs to one product; otherwise the tables would answer by chance.
Result<> check_apart(const std::vector<ProductData>& products) {
  std::map<std::uint32_t, std::string> by_pci;
  for (const ProductData& product : products) {
    for (const BoardData& board : product.boards) {
      if (board.pci.value == 0) continue;
      const auto [other, fresh] = by_pci.emplace(board.pci.value, product.id);
      if (!fresh && other->second != product.id)
        return fail(Code::kInvalidArgument,
                    product.file + ": a PCI device id is also that of " + other->second);
    }
  }
  return {};
}

Result<> embed(const std::string& output, std::vector<std::string> files) {
  std::ranges::sort(files);
  std::vector<ProductData> products;
  for (const std::string& file : files) {
    auto product = TRY(read_product(file));
    products.push_back(std::move(product));
  }
  TRY(check_apart(products));
  if (output == "--check") return {};
  std::ofstream stream(output, std::ios::binary | std::ios::trunc);
  stream << write_tables(products);
  stream.close();
  if (!stream) return fail(Code::kUnavailable, "write " + output + " failed");
  return {};
}

}  // namespace
}  // namespace septet::embed

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fputs("usage: embed_products OUTPUT.cpp|--check PRODUCT.yaml...\n", stderr);
    return 1;
  }
  const auto done = septet::embed::embed(arguments[0], {arguments.begin() + 1, arguments.end()});
  if (done) return 0;
  std::fprintf(stderr, "embed_products: %s\n", done.error().describe().c_str());
  return 1;
}
