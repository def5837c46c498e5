#include "plan/compact/compact_fleet.h"

namespace septet::plan {

std::vector<ProductCompaction> compact_fleet(const Fleet& fleet) {
  std::vector<ProductCompaction> all;
  for (std::size_t product = 0; product < fleet.products.size(); ++product) {
    ProductCompaction one;
    one.product = product;
    std::vector<OccupiedGpus> groups;
    for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
      const Pool& pool = fleet.pools[p];
      if (pool.product != product) continue;
      one.pools.push_back(p);
      groups.push_back({pool.held, pool.may_move, pool.gpus});
    }
    one.answer = Compactor(*fleet.products[product].geometry).compact(groups);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace septet::plan
