// plan/fleet/one_product.h — the fewest GPUs of one product that hold given instances, in closed
// form.
//
// The count is the largest of a handful of quotients (counting_bounds.h), rounded up: no search, no
// loop over GPUs. It is exact for any number of GPUs on every product of the tables: what the
// bounds allow on G GPUs is always one legal layout beside something that they allow on G - 1.
// one_product_test.cpp proves that by visiting every demand up to (classes - 1) GPUs, which is
// enough: the lattice points of a d-dimensional polytope's multiples decompose from d - 1 on (Cox,
// Little, Schenck, Toric Varieties, theorem 2.2.12 and its proof).
// The layouts come from the same test, taken one filling at a time, as often as what is left still
// fits in the GPUs that are left: a few dozen rows with multiplicities for any number of GPUs.
// Limits. Demands up to 2^40 of a class.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "plan/fleet/counting_bounds.h"
#include "plan/fleet/fillings.h"

namespace septet::plan {

struct LayoutRow {
  ClassCount holds;        // by class: all of it asked for
  mig::Layout layout;      // of the classes' first profiles
  std::uint64_t gpus = 0;  // that are cut so
};

struct OneProductPacking {
  std::uint64_t gpus = 0;
  std::uint64_t bound = 0;      // proven least; equals `gpus` on every product of the tables
  std::vector<LayoutRow> rows;  // `gpus` GPUs in all
  std::size_t binding = 0;      // the counting bound that a GPU less would break; 0 when gpus is 0
};

class OneProduct {
 public:
  // Some milliseconds: finds the fillings and the bounds. `geometry` must outlive it.
  explicit OneProduct(const mig::Geometry& geometry);

  const mig::Geometry& geometry() const { return geometry_; }
  const std::vector<PackingClass>& classes() const { return classes_; }
  const std::vector<Filling>& fillings() const { return fillings_; }
  const std::vector<CountingBound>& bounds() const { return bounds_; }

  using Demand = std::span<const std::uint64_t>;  // by class
  std::uint64_t fewest_gpus(Demand demand) const;
  bool fit(Demand demand, std::uint64_t gpus) const;  // fewest_gpus(demand) <= gpus
  OneProductPacking pack(Demand demand) const;

 private:
  std::uint64_t times(const Filling& filling, Demand left, std::uint64_t gpus) const;
  bool fill(Demand demand, std::uint64_t gpus, std::vector<LayoutRow>& rows) const;

  const mig::Geometry& geometry_;
  std::vector<PackingClass> classes_;
  std::vector<Filling> fillings_;
  std::vector<CountingBound> bounds_;
};

// One layout per GPU, in the order of the rows: `visit(number, layout)`.
void expand(const OneProductPacking& packing,
            const std::function<void(std::uint64_t, const mig::Layout&)>& visit);

}  // namespace septet::plan
