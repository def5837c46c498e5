// cli/strategy_text.h — a strategy by name in words: what it means, the layout, what stays idle and
// why no more fits.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "mig/node.h"
#include "plan/diff.h"
#include "plan/strategy.h"

namespace septet::cli {

struct StrategyChoice {
  std::string name;                   // --strategy; empty: none
  std::vector<std::string> profiles;  // --profiles, for custom
};

// What a strategy comes to on one kind of GPU.
struct StrategyOnKind {
  std::string board;                // "a100-80gb", "NVIDIA H100 80GB HBM3"
  std::vector<std::uint32_t> gpus;  // empty: of a product, not of a node
  plan::StrategyLayout layout;
};

// kInvalidArgument names the strategies.
Result<plan::StrategyLayout> layout_by(const StrategyChoice& choice, const mig::Geometry& geometry);
Result<> check(const StrategyChoice& choice);

// Every GPU of the node that can be cut, cut by the strategy; `told` gets one entry per kind.
Result<std::vector<plan::GpuCut>> targets_by(const StrategyChoice& choice, const mig::Node& node,
                                             std::vector<StrategyOnKind>& told);

std::string strategy_text(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds);
Json to_json(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds);

}  // namespace septet::cli
