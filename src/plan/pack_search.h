// plan/pack_search.h — the exact search behind pack: which GPU takes which of the workloads.
//
// Minimizes, in this order: instances created, GPUs that carry a workload, mode changes (resets
// count more), instances destroyed. Depth first over the GPUs, with the counting bounds of
// pack_bound.h and a memory of the states seen. Sound shortcut: an empty GPU that is used at all
// takes a fill that nothing more fits beside, since what is moved there from a later GPU costs
// nothing; GPUs that hold something come first, so that nothing that is kept would have to move.
// Limits. `budget` tries of an option; past it the best found so far is returned, with proven =
// false.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plan/pack_bound.h"
#include "plan/pack_options.h"

namespace septet::plan {

struct SearchBin {
  unsigned type = 0;       // GPUs of one type have the same options
  bool empty = false;      // holds nothing
  unsigned mode_cost = 0;  // 0: MIG is on; more: it must be turned on, with or without a reset
};

struct SearchType {
  std::vector<Option> options;
  Fill serving;  // instances there that class c could be given, at most
};

struct Solution {
  std::vector<const Option*> choice;  // per bin; nullptr: left as it is
  unsigned created = 0, gpus = 0, destroyed = 0;
};

class PackSearch {
 public:
  // `bins` with the empty ones last. All references must outlive the search.
  PackSearch(const std::vector<SearchType>& types, const std::vector<SearchBin>& bins,
             const std::vector<Argument>& arguments, std::uint64_t budget);

  std::optional<Solution> best(const Fill& demand);
  bool feasible(const Fill& demand);
  bool proven() const { return tries_ <= budget_; }  // of the last call

 private:
  using Cost = std::uint64_t;  // created, gpus, mode, destroyed: 16 bits each, added without carry
  void start(const Fill& demand, bool first_is_enough);
  void visit(std::size_t bin, Fill& remaining, Cost cost);
  void take(std::size_t bin, Fill& remaining, Cost cost, const Option& option);
  void visit_held(std::size_t bin, Fill& remaining, Cost cost);
  void visit_empty(std::size_t bin, Fill& remaining, Cost cost);
  Cost bound(std::size_t bin, const Fill& remaining) const;
  bool seen(std::size_t bin, const Fill& remaining, Cost cost);
  bool stop() const {
    return tries_ > budget_ || (found_ && (first_is_enough_ || best_cost_ == root_));
  }

  const std::vector<SearchType>& types_;
  const std::vector<SearchBin>& bins_;
  const std::vector<Argument>& arguments_;
  const std::uint64_t budget_;
  std::vector<std::vector<const Option*>> order_;    // per type, best first
  std::vector<std::vector<const Option*>> maximal_;  // per type
  std::vector<std::unordered_map<std::string, const Option*>> by_fill_;
  std::vector<Fill> serving_from_;  // per bin: what it and later ones could serve
  std::unordered_map<std::string, Cost> seen_;
  std::vector<const Option*> path_, best_path_;
  std::uint64_t tries_ = 0;
  bool found_ = false, first_is_enough_ = false;
  Cost best_cost_ = 0, root_ = 0;
};

}  // namespace septet::plan
