#include "plan/online/policy.h"

#include <algorithm>

#include "plan/online/losses.h"
#include "plan/online/ordered_policies.h"
#include "plan/online/ranked_policies.h"
#include "plan/online/static_layouts.h"
#include "plan/online/value_policy.h"

namespace septet::plan::online {

namespace {

using Made = std::unique_ptr<Policy>;

template <double (*kLoss)(const Shape&, Shape::Layout, unsigned)>
Made ranked(FleetState& state, const Known&) {
  return std::make_unique<RankedPolicy>(state, kLoss);
}

// Each shape has its own shares of classes.
Made fgd(FleetState& state, const Known& known) {
  std::vector<std::pair<const Shape*, std::vector<double>>> shares;
  for (const Pool& pool : state.pools())
    shares.emplace_back(pool.shape.get(), class_shares(pool, known.share));
  return std::make_unique<RankedPolicy>(state, [shares](const Shape& shape, Shape::Layout layout,
                                                        unsigned window) {
    const auto own = std::ranges::find(shares, &shape, [](const auto& one) { return one.first; });
    return fgd_loss(shape, layout, window, own->second);
  });
}

Made random(FleetState& state, const Known& known) {
  return std::make_unique<RandomPolicy>(state, Random(known.seed));
}

template <FirstFit::Start kStart>
Made first_fit(FleetState& state, const Known&) {
  return std::make_unique<FirstFit>(state, kStart);
}

Made round_robin(FleetState& state, const Known&) { return std::make_unique<RoundRobin>(state); }

template <NodePolicy::Rule kRule>
Made by_node(FleetState& state, const Known&) {
  return std::make_unique<NodePolicy>(state, kRule);
}

Made ting(FleetState& state, const Known&) { return std::make_unique<ConditionalBalance>(state); }

// nullptr where the product has no such layout, or the fleet more than one product.
template <unsigned... kCounts>
Made cut(FleetState& state, const Known&) {
  if (state.pools().size() != 1 || state.pools().front().shape->classes() != sizeof...(kCounts))
    return nullptr;
  const auto shares = same_everywhere(state, {kCounts...});
  if (shares.empty()) return nullptr;
  return std::make_unique<StaticLayouts>(state, shares);
}

Made mixed(FleetState& state, const Known& known) {
  if (state.pools().size() != 1) return nullptr;
  return std::make_unique<StaticLayouts>(state, best_mixed(state, known));
}

Made ours(FleetState& state, const Known& known) {
  TuningEffort effort;
  effort.seed = known.seed ^ 0x5eed;  // its rehearsals are not what it is judged by
  effort.move_share = known.move_share;
  return std::make_unique<ValuePolicy>(state, effort);
}

std::vector<PolicyRow> all_rows() {
  using Rule = NodePolicy::Rule;
  using Start = FirstFit::Start;
  return {
      {"random", "any GPU with room, any of its starts", random},
      {"round-robin", "the next GPU with room, lowest start", round_robin},
      {"first-fit", "the lowest GPU with room, lowest start", first_fit<Start::kLowest>},
      {"driver-default", "first-fit; the start that the driver itself would take",
       first_fit<Start::kDriverDefault>},
      {"worst-fit", "the emptiest GPU, lowest start", ranked<worst_fit_loss>},
      {"best-fit", "the fullest GPU with room, lowest start", ranked<best_fit_loss>},
      {"best-index", "the fullest GPU, the start that keeps the most placements",
       ranked<best_index_loss>},
      {"binpack", "re-implemented from HAMi's policy: fullest node of 8, then fullest GPU",
       by_node<Rule::kBinpack>},
      {"spread", "re-implemented as MIGBench models NVIDIA's DRA driver: emptiest node, GPU",
       by_node<Rule::kSpread>},
      {"instaslice", "re-implemented from InstaSlice: node with most free slots, first GPU",
       by_node<Rule::kFreeSlots>},
      {"dot-product", "re-implemented from FGD's simulator (after Tetris): least free x asked",
       ranked<dot_product_loss>},
      {"clustering", "re-implemented from FGD's simulator (after Gandiva): same class together",
       ranked<clustering_loss>},
      {"packing", "re-implemented from FGD's simulator: used GPUs first; here the same as best-fit",
       ranked<best_fit_loss>},
      {"fgd", "re-implemented from FGD (ATC 2023), on MIG geometry; told the mix", fgd},
      {"mfi", "re-implemented from MFI (arXiv 2511.18906)", ranked<mfi_loss>},
      {"ting", "re-implemented from Ting et al. (arXiv 2512.16099): balance, then start index",
       ting},
      {"static-1g", "cut once: 7x 1g everywhere", cut<7, 0, 0, 0, 0, 0>},
      {"static-2g", "cut once: 3x 2g + 1g everywhere", cut<1, 0, 3, 0, 0, 0>},
      {"static-3g", "cut once: 2x 3g everywhere", cut<0, 0, 0, 2, 0, 0>},
      {"static-7g", "whole GPUs", cut<0, 0, 0, 0, 0, 1>},
      {"static-mixed", "cut once, GPU by GPU, by one who is told the mix and the load", mixed},
      {"septet", "the value of what remains, learnt while running", ours},
  };
}

}  // namespace

const std::vector<PolicyRow>& policies() {
  static const std::vector<PolicyRow> kRows = all_rows();
  return kRows;
}

const PolicyRow* find_policy(std::string_view name) {
  const auto found = std::ranges::find(policies(), name, &PolicyRow::name);
  return found == policies().end() ? nullptr : &*found;
}

}  // namespace septet::plan::online
