// plan/fleet/fleet.h — GPUs of several products, what they already hold, and what they shall carry.
//
// Units.  A GPU's cost in thousandths of whatever the reader pays with (money per hour, watts, "one
//         GPU"); only ratios matter.
// Shapes. A *pool* is GPUs that are alike: one product, one cost, the same instances on each. What
//         a pool holds stays where it is. A *demand* is a workload with every (product, profile)
//         that would do for it, the smallest and all larger ones: the plan may give more than was
//         asked for where that is cheaper. Of products that it may not run on there is none.
// Errors. size_for_fleet: kInfeasible when no profile of any product does (each product's reason is
//         in the cause). kNotSupported: the workload keeps apart from others than itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/layout.h"
#include "plan/right_size.h"
#include "plan/workload.h"

namespace septet::plan {

struct FleetProduct {
  std::string id;
  const mig::Geometry* geometry = nullptr;
};

struct Pool {
  std::size_t product = 0;  // into Fleet::products
  std::uint64_t gpus = 0;
  std::int64_t cost = 1000;  // of each GPU that takes a workload
  std::vector<mig::Instance> held;
  // Beside those: instances that may go elsewhere. For compaction (plan/compact) only; whoever
  // plans workloads must refuse a pool that has them.
  std::vector<mig::Instance> may_move = {};
};

struct FleetChoice {
  std::size_t product = 0;
  const mig::GpuInstanceProfile* profile = nullptr;
  friend bool operator==(const FleetChoice&, const FleetChoice&) = default;
};

struct FleetDemand {
  Workload workload;
  std::vector<FleetChoice> choices;             // never empty
  std::vector<std::optional<Sizing>> smallest;  // by product; nullopt: none does there
};

struct Fleet {
  std::vector<FleetProduct> products;
  std::vector<Pool> pools;
  std::vector<FleetDemand> demands;

  // Every cost of every plan is a multiple of it; at least 1.
  std::int64_t cost_step() const;
  bool keeps_apart() const;  // some workload has no two replicas on one GPU
};

Result<FleetDemand> size_for_fleet(const std::vector<FleetProduct>& products,
                                   const Workload& workload);

// GPUs of a pool that are cut alike. `added` beside what the pool holds; all of it is asked for.
struct FleetRow {
  std::size_t pool = 0;
  std::vector<mig::Instance> added;
  std::uint64_t gpus = 0;
  // Where replicas keep apart: the demand in each of `added`, on each of these GPUs.
  std::vector<std::size_t> carries = {};
};

// Replicas of a demand that run in this profile of this product.
struct FleetShare {
  std::size_t demand = 0;
  FleetChoice choice;
  std::uint64_t replicas = 0;
};

// What the proof rests on, as whole numbers over one denominator. Any prices >= 0 prove a bound:
// nothing cheaper than (sum of price * replicas) - (sum of a GPU's worth * GPUs) can exist, where a
// GPU's worth is what the dearest layout on it is worth beyond its cost.
struct Prices {
  std::int64_t denominator = 1;
  std::vector<std::int64_t> replica;  // of a demand
  std::vector<std::int64_t> gpu;      // of a pool: its worth
};

enum class FleetVerdict : std::uint8_t {
  kFits,
  kImpossible,  // the prices prove it: the replicas are worth more than all GPUs together
  kNotFound,    // neither a plan nor a proof that there is none
};

struct FleetPlan {
  FleetVerdict verdict = FleetVerdict::kNotFound;
  std::vector<FleetRow> rows;
  std::vector<FleetShare> shares;
  std::int64_t cost = 0;
  // kFits: of the bound on the cost; kImpossible: of the proof, where GPUs cost nothing.
  Prices prices;
  std::int64_t bound = 0;     // no plan costs less: the prices' bound, rounded up to a cost step
  double linear_value = 0;    // of the linear program, by the library
  bool closed_form = false;   // one product, one profile per workload: no solver was needed
  bool searched_all = false;  // the library says that nothing better exists in whole numbers

  bool optimal() const { return cost == bound; }  // and the prices prove it
  double gap() const {
    return cost == 0 ? 0.0 : static_cast<double>(cost - bound) / static_cast<double>(cost);
  }
};

}  // namespace septet::plan
