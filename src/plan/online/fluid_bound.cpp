#include "plan/online/fluid_bound.h"

#include <algorithm>
#include <set>

#include "plan/linear_program.h"

namespace septet::plan::online {

namespace {

using Counts = std::vector<unsigned>;  // by class of a shape

bool covered(const Counts& counts, const Counts& by) {
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] > by[c]) return false;
  }
  return true;
}

// The multisets of the shape's layouts that no other covers.
std::vector<Counts> fullest_counts(const Shape& shape) {
  std::set<Counts> all;
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    const auto number = static_cast<Shape::Layout>(layout);
    if (shape.fits(number) != 0) continue;
    Counts counts;
    for (unsigned cls = 0; cls < shape.classes(); ++cls) counts.push_back(shape.count(number, cls));
    all.insert(std::move(counts));
  }
  std::vector<Counts> fullest;
  for (const Counts& counts : all) {
    const bool beaten = std::ranges::any_of(
        all, [&](const Counts& other) { return other != counts && covered(counts, other); });
    if (!beaten) fullest.push_back(counts);
  }
  return fullest;
}

// Rows: each request class's offer; per pool its GPUs and each class of its shape.
class FluidProgram {
 public:
  FluidProgram(const std::vector<Pool>& pools, const Fluid& fluid) : fluid_(fluid) {
    for (const double offered : fluid.offered)
      offers_.push_back(program_.add_row(-LinearProgram::kNoLimit, offered));
    for (const Pool& pool : pools) add_pool(pool);
  }

  Result<FluidBound> solve() const {
    const Fractions best = best_fractions(program_);
    if (best.outcome != Outcome::kOptimal)
      return fail(Code::kInternal, "the solver did not finish the fluid bound");
    FluidBound bound;
    bound.accepted.assign(fluid_.offered.size(), 0);
    for (const auto& [column, request] : runs_)
      bound.accepted[request] += best.x[static_cast<std::size_t>(column)];
    double offered = 0, accepted = 0;
    for (std::size_t r = 0; r < fluid_.offered.size(); ++r) {
      offered += fluid_.offered[r] * fluid_.value[r];
      accepted += bound.accepted[r] * fluid_.value[r];
    }
    bound.share = offered > 0 ? accepted / offered : 1;
    return bound;
  }

 private:
  void add_pool(const Pool& pool) {
    const Shape& shape = *pool.shape;
    const int gpus = program_.add_row(-LinearProgram::kNoLimit, pool.gpus);
    std::vector<int> held;  // by class: what runs, less what the layouts hold
    for (unsigned cls = 0; cls < shape.classes(); ++cls)
      held.push_back(program_.add_row(-LinearProgram::kNoLimit, 0));
    for (const Counts& counts : fullest_counts(shape)) {
      std::vector<LinearProgram::Entry> entries{{gpus, 1.0}};
      for (std::size_t cls = 0; cls < counts.size(); ++cls) {
        if (counts[cls] > 0) entries.push_back({held[cls], -static_cast<double>(counts[cls])});
      }
      program_.add_column(0, LinearProgram::kNoLimit, entries);
    }
    for (std::size_t r = 0; r < offers_.size(); ++r) {
      const std::size_t cls = pool.serves.empty() ? r : pool.serves[r];
      if (cls == kNoClass) continue;
      const int column = program_.add_column(-fluid_.value[r], LinearProgram::kNoLimit,
                                             {{offers_[r], 1.0}, {held[cls], 1.0}});
      runs_.emplace_back(column, r);
    }
  }

  const Fluid& fluid_;
  LinearProgram program_;
  std::vector<int> offers_;
  std::vector<std::pair<int, std::size_t>> runs_;
};

}  // namespace

Result<FluidBound> fluid_bound(const std::vector<Pool>& pools, const Fluid& fluid) {
  TRY(solver_ready());
  return FluidProgram(pools, fluid).solve();
}

}  // namespace septet::plan::online
